//! A program that is stopped and started again goes on from where it was.

use acd::event::{Account, Ask, LegAccount};
use model::{AgentState, CallPhase, LegId, NotReadyReason, TheirLeg};
use tokio::sync::watch;

use super::poison::copy_journal;
use super::{Event, SERVER, Site, left};

#[tokio::test]
async fn callers_who_wait_keep_their_places_and_agents_their_states() {
    let site = Site::new().await;
    let run = site.run().await;
    run.returns().await;
    run.asks(1001, Ask::NotReady(NotReadyReason::Lunch)).await;
    run.calls("c1", "700").await;
    run.calls("c2", "700").await;
    let before = run.until(|board| board.calls.len() == 2).await;
    let since = run.handle.started();
    run.stop().await;

    let run = site.run().await;
    let after = run.board().await;
    assert_eq!(after.calls, before.calls, "the very same calls, with their times");
    assert_eq!(after.agents[0].state, AgentState::NotReady(NotReadyReason::Lunch));
    assert!(!after.switch_up, "nothing is known of Asterisk before it tells");
    assert_eq!(run.handle.started(), since, "and the sums go on");
    run.stop().await;
    let checked = crate::journal::check(&crate::journal::segments(&site.keeping().journal()).unwrap()).unwrap();
    assert_eq!((checked.segments, checked.joined), (4, 3), "start, end, start, end, and each follows from the one before");
}

#[tokio::test]
async fn rows_that_are_open_stay_open_for_calls_that_live_and_are_ended_by_the_account_for_those_that_died() {
    let site = Site::new().await;
    let run = site.run().await;
    run.returns().await;
    run.calls("c1", "700").await;
    run.calls("c2", "700").await;
    let calls = run.until(|board| board.calls.len() == 2).await.calls;
    run.stop().await;

    let run = site.run().await;
    let ended = |index: usize| {
        let (db, id) = (site.db.clone(), calls[index].id);
        async move { store::calls::find(&db, id).await.unwrap().unwrap().ended_at }
    };
    assert_eq!((ended(0).await, ended(1).await), (None, None));
    let leg = LegId::Theirs(TheirLeg { server: SERVER, id: "c1".to_owned() });
    let alive = LegAccount {
        leg,
        up: true,
        rings: false,
        mark: None,
        number: None,
        dialled: "700".to_owned(),
        priority: 0,
        came: None,
        endpoint: None,
    };
    run.tell(Event::SwitchReturned { server: SERVER, account: Account { legs: vec![alive], ..Account::default() } }).await;
    run.until(|board| board.calls.len() == 1).await;
    assert_eq!(run.board().await.calls[0].phase, CallPhase::Waiting);
    run.stop().await;
    assert_eq!(ended(0).await, None);
    assert!(ended(1).await.is_some());
}

#[tokio::test]
async fn with_the_journal_deleted_agents_are_as_the_books_say_and_facts_are_numbered_on() {
    let site = Site::new().await;
    let run = site.run().await;
    run.returns().await;
    run.asks(1001, Ask::NotReady(NotReadyReason::Break)).await;
    run.asks(1002, Ask::Ready).await;
    run.calls("c1", "700").await;
    run.until(|board| board.calls.iter().any(|call| call.phase == CallPhase::Offered)).await;
    run.stop().await;
    let before = site.facts().await;
    std::fs::remove_dir_all(site.keeping().journal()).unwrap();

    let run = site.run().await;
    run.returns().await;
    let board = run.until(|board| board.agents[1].state == AgentState::Ready).await;
    assert_eq!(board.agents[0].state, AgentState::NotReady(NotReadyReason::Break));
    assert!(board.calls.is_empty(), "Asterisk has told of none");
    run.stop().await;
    let after = site.facts().await;
    assert_eq!(after[..before.len()], before);
    assert!(after.len() > before.len() && after.is_sorted_by(|one, next| one.0 < next.0), "numbered on");
}

#[tokio::test]
async fn a_database_that_is_not_there_keeps_no_call_waiting_and_catches_up_when_it_comes() {
    let site = Site::new().await;
    site.run().await.stop().await;
    let booked = site.facts().await.len();

    let (there, opening) = watch::channel(None);
    let run = site.run_with(opening.into(), acd::step).await;
    run.returns().await;
    run.calls("c1", "700").await;
    run.until(|board| board.calls.len() == 1).await;
    run.tell(left("c1")).await;
    run.until(|board| board.calls.is_empty()).await;
    assert_eq!(site.facts().await.len(), booked);
    assert!(run.handle.health().books_lag() > 0);
    there.send_replace(Some(site.db.clone()));
    site.booked(run.handle.health().facts_made()).await;
    run.stop().await;
    let kinds = site.facts().await;
    let of = |kind: &str| kinds.iter().filter(|(_, detail)| detail.contains(kind)).count();
    assert_eq!((of("CallEntered"), of("CallEnded")), (1, 1));
}

#[tokio::test]
async fn facts_that_a_dead_database_never_took_are_booked_by_the_next_run() {
    let site = Site::new().await;
    site.run().await.stop().await;
    let (_never, opening) = watch::channel(None);
    let run = site.run_with(opening.into(), acd::step).await;
    run.returns().await;
    run.calls("c1", "700").await;
    run.until(|board| board.calls.len() == 1).await;
    let made = run.handle.health().facts_made();
    drop(_never);
    run.stop().await;
    assert!((site.facts().await.len() as u64) < made);

    let run = site.run().await;
    site.booked(made).await;
    run.stop().await;
    let facts = site.facts().await;
    assert_eq!(facts.iter().filter(|(_, detail)| detail.contains("CallEntered")).count(), 1);
}

#[tokio::test]
async fn settings_that_changed_while_the_program_was_away_are_taken_over() {
    let site = Site::new().await;
    site.run().await.stop().await;
    let queue = model::Queue { name: "Renamed".to_owned(), ..super::settings().queues.remove(0) };
    store::queues::save(&site.db, &model::Actor::CommandLine, super::Timestamp::from_ms(2), queue).await.unwrap();
    let run = site.run().await;
    assert_eq!(run.board().await.queues[0].name, "Renamed");
    run.stop().await;
}

/// As a standby's folder, or one that was restored, beside a database that has gone on.
#[tokio::test]
async fn a_journal_from_before_what_is_booked_rings_nobody_who_has_gone_home_and_ends_no_call_again() {
    let (site, old) = (Site::new().await, Site::new().await);
    let run = site.run().await;
    run.returns().await;
    run.asks(1001, Ask::Ready).await;
    run.calls("c1", "700").await;
    let call = run.until(|board| board.calls.len() == 1).await.calls[0].id;
    run.stop().await;
    copy_journal(&site, &old);
    let run = site.run().await;
    run.returns().await;
    run.asks(1001, Ask::LogOut).await;
    run.tell(left("c1")).await;
    run.until(|board| board.calls.is_empty() && board.agents[0].state == AgentState::LoggedOut).await;
    run.stop().await;
    let ended = store::calls::find(&site.db, call).await.unwrap();
    let journal = site.keeping().journal();
    std::fs::remove_dir_all(&journal).unwrap();
    copy_journal(&old, &site);

    let run = site.run().await;
    let board = run.board().await;
    assert_eq!(board.agents[0].state, AgentState::LoggedOut);
    assert!(board.calls.is_empty());
    run.returns().await;
    run.calls("c2", "700").await;
    run.until(|board| board.calls.len() == 1).await;
    let made = run.handle.health().facts_made();
    run.stop().await;
    site.booked(made).await;
    assert_eq!(store::calls::find(&site.db, call).await.unwrap(), ended);
}

#[tokio::test]
async fn a_run_that_began_without_its_database_from_an_old_journal_goes_on_behind_what_is_booked() {
    let (site, old) = (Site::new().await, Site::new().await);
    let run = site.run().await;
    run.returns().await;
    run.stop().await;
    copy_journal(&site, &old);
    let run = site.run().await;
    run.returns().await;
    for caller in 0..20 {
        run.calls(&format!("c{caller}"), "700").await;
    }
    run.until(|board| board.calls.len() == 20).await;
    let ahead = run.handle.health().facts_made();
    run.stop().await;
    std::fs::remove_dir_all(site.keeping().journal()).unwrap();
    copy_journal(&old, &site);

    let (there, opening) = watch::channel(None);
    let run = site.run_with(opening.into(), acd::step).await;
    run.returns().await;
    run.calls("before", "700").await;
    run.until(|board| board.calls.len() == 1).await;
    assert!(run.handle.health().books_lag() > 0);
    there.send_replace(Some(site.db.clone()));
    // It is known how far the books reach.
    let opened = async {
        while run.handle.health().books_lag() > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), opened).await.unwrap();
    run.calls("after", "700").await;
    let board = run.until(|board| board.calls.len() == 2).await;
    let made = run.handle.health().facts_made();
    assert!(made > ahead);
    run.stop().await;
    site.booked(made).await;
    let after = board.calls.last().unwrap().id;
    assert!(store::calls::find(&site.db, after).await.unwrap().is_some());
}
