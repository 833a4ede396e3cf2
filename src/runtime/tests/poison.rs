//! Events that break a step: set aside, and everybody else goes on.

use acd::State;
use acd::effect::{Effect, Op};
use acd::event::{Ask, Event};
use model::{AgentState, Timestamp};

use super::{Site, left};

/// The core, but for calls to 666, which it has never learnt to bear; and for 999, which break whatever comes after.
fn fragile(state: &mut State, at: Timestamp, event: Event) -> Vec<Effect> {
    if let Event::CallerArrived { dialled, .. } = &event
        && dialled == "666"
    {
        // What a step leaves that breaks half way.
        drop(acd::step(state, at, left("c1")));
        panic!("an order of the test");
    }
    acd::step(state, at, event)
}

fn poisoned(site: &Site) -> usize {
    std::fs::read_dir(site.keeping().poison()).map_or(0, Iterator::count)
}

#[tokio::test]
async fn an_event_that_breaks_a_step_is_set_aside_and_nothing_else_is_lost() {
    let site = Site::new().await;
    let mut run = site.run_with(site.db.clone().into(), fragile).await;
    run.returns().await;
    run.calls("c1", "700").await;
    let before = run.until(|board| board.calls.len() == 1).await;
    run.calls("bad", "666").await;
    run.calls("c2", "700").await;
    let after = run.until(|board| board.calls.len() == 2).await;
    assert_eq!(after.calls[0], before.calls[0], "rebuilt from the journal, not left as the broken step left it");
    assert_eq!(poisoned(&site), 1);
    run.ordered(|op| matches!(op, Op::TakeAccount { .. })).await;
    run.stop().await;

    let run = site.run_with(site.db.clone().into(), fragile).await;
    assert_eq!(run.board().await.calls.len(), 2);
    run.stop().await;
}

#[tokio::test]
async fn a_second_break_within_a_minute_begins_from_nothing_with_the_settings() {
    let site = Site::new().await;
    let mut run = site.run_with(site.db.clone().into(), fragile).await;
    run.returns().await;
    run.asks(1001, Ask::Ready).await;
    run.calls("c1", "700").await;
    run.until(|board| board.calls.len() == 1 && board.agents[0].state != AgentState::LoggedOut).await;
    for _ in 0..3 {
        run.calls("bad", "666").await;
    }
    let board = run.until(|board| board.calls.is_empty() && !board.queues.is_empty()).await;
    assert_eq!(board.agents[0].state, AgentState::LoggedOut);
    run.ordered(|op| matches!(op, Op::TakeAccount { .. })).await;
    run.returns().await;
    run.calls("c3", "700").await;
    run.until(|board| board.calls.len() == 1).await;
    run.stop().await;
    assert!(poisoned(&site) >= 2);
}

#[tokio::test]
async fn a_journal_with_an_event_that_this_program_cannot_bear_is_replayed_without_it() {
    let site = Site::new().await;
    // Written by a program that could.
    let run = site.run().await;
    run.returns().await;
    run.calls("c1", "700").await;
    run.calls("bad", "666").await;
    run.calls("c2", "700").await;
    run.until(|board| board.calls.len() == 2).await;
    site.booked(run.handle.health().facts_made()).await;
    // Killed: no last snapshot spares us the replay.
    let copy = Site::new().await;
    copy_journal(&site, &copy);
    run.stop().await;

    for _ in 0..2 {
        // Without its database, which would be ahead of the journal that is put back.
        let run = copy.run_with(tokio::sync::watch::channel(None).1.into(), fragile).await;
        assert_eq!(run.board().await.calls.len(), 2, "once set aside, it is known");
        run.centre.stop(std::time::Duration::from_secs(10)).await;
        assert_eq!(poisoned(&copy), 1);
        std::fs::remove_dir_all(copy.keeping().journal()).unwrap();
        copy_journal(&site, &copy);
        // The segments of the orderly end are no part of what was killed.
        for extra in crate::journal::segments(&copy.keeping().journal()).unwrap().split_off(1) {
            std::fs::remove_file(extra).unwrap();
        }
    }
}

pub(super) fn copy_journal(from: &Site, to: &Site) {
    std::fs::create_dir_all(to.keeping().journal()).unwrap();
    for path in crate::journal::segments(&from.keeping().journal()).unwrap() {
        std::fs::copy(&path, to.keeping().journal().join(path.file_name().unwrap())).unwrap();
    }
}
