//! What the loop and Asterisk's side tell each other besides events and orders.

use acd::effect::Op;
use acd::event::Ask;

use super::{Site, arrived, endpoint};

#[tokio::test]
async fn the_loop_shows_that_it_lives_and_who_is_logged_in() {
    let site = Site::new().await;
    let mut run = site.run().await;
    run.returns().await;
    let first = *run.beats.wait_for(|beat| beat.as_ms() > 0).await.unwrap();
    run.asks(1001, Ask::Ready).await;
    let roster = run.roster.wait_for(|roster| !roster.members.is_empty()).await.unwrap().clone();
    assert_eq!(roster.members[0].endpoint, endpoint(1001));
    assert!(!roster.members[0].paused);
    let second = *run.beats.wait_for(|beat| *beat > first).await.unwrap();
    let apart = second.since(first).as_ms();
    assert!((1_500..20_000).contains(&apart), "{apart}");
    run.stop().await;
}

#[tokio::test]
async fn an_asterisk_that_returns_hears_at_once_that_the_loop_lives() {
    let site = Site::new().await;
    let mut run = site.run().await;
    run.beats.wait_for(|beat| beat.as_ms() > 0).await.unwrap();
    run.beats.mark_unchanged();
    run.returns().await;
    run.until(|board| board.switch_up).await;
    assert!(run.beats.has_changed().unwrap(), "it does not wait for the next beat");
    run.stop().await;
}

#[tokio::test]
async fn orders_that_find_no_room_end_in_a_new_account_and_never_hold_the_loop() {
    let site = Site::new().await;
    let mut run = site.run_through(site.db.clone().into(), acd::step, 4).await;
    run.returns().await;
    for caller in 0..20 {
        run.tell(arrived(&format!("c{caller}"), "700")).await;
    }
    run.until(|board| board.calls.len() == 20).await;
    run.ordered(|op| matches!(op, Op::TakeAccount { server } if *server == super::SERVER)).await;
    run.calls("c20", "700").await;
    run.ordered(|op| matches!(op, Op::Answer { leg } if leg.id == "c20")).await;
    run.stop().await;
}
