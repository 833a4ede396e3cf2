//! What Live counts is the site's day: it begins anew at midnight, and is right after a restart.

use jiff::tz::{Offset, TimeZone};
use model::wallboard::Today;

use super::{Run, Site, left};
use crate::clock::Reading;

/// A zone in which it is three seconds before midnight.
fn just_before_midnight() -> TimeZone {
    let second = Reading::take().wall().as_ms() / 1000 % 86_400;
    let ahead = 86_397 - second;
    let ahead = if ahead > 43_200 { ahead - 86_400 } else { ahead };
    TimeZone::fixed(Offset::from_seconds(i32::try_from(ahead).unwrap()).unwrap())
}

/// A caller comes and gives up.
async fn gives_up(run: &Run, leg: &str) {
    run.calls(leg, "700").await;
    run.until(|board| board.calls.len() == 1).await;
    run.tell(left(leg)).await;
    run.until(|board| board.calls.is_empty()).await;
}

async fn counted(run: &Run) -> Today {
    let board = run.board().await;
    assert_eq!(board.totals.today, board.queues[0].today, "there is but one queue");
    board.totals.today
}

const ONE_GAVE_UP: Today = Today { answered: 0, answered_in_time: 0, abandoned: 1, abandoned_late: 0, entered: 1, left: 0 };

#[tokio::test]
async fn sums_are_those_of_the_day_at_once_after_a_restart_with_the_journal_and_without() {
    let site = Site::new().await;
    let run = site.run().await;
    run.returns().await;
    gives_up(&run, "c1").await;
    assert_eq!(counted(&run).await, ONE_GAVE_UP);
    let since = run.handle.started();
    run.stop().await;
    let run = site.run().await;
    assert_eq!((counted(&run).await, run.handle.started()), (ONE_GAVE_UP, since));
    run.stop().await;
    std::fs::remove_dir_all(site.keeping().journal()).unwrap();
    let run = site.run().await;
    assert_eq!((counted(&run).await, run.handle.started()), (ONE_GAVE_UP, since), "the books know");
    run.stop().await;
}

#[tokio::test]
async fn sums_begin_anew_at_midnight_and_whoever_watches_live_hears_of_it() {
    let mut site = Site::new().await;
    site.zone = just_before_midnight();
    let run = site.run().await;
    run.returns().await;
    gives_up(&run, "c1").await;
    let (before, mut live) = (run.handle.started(), run.handle.live().await.unwrap());
    let board = run.until(|board| board.totals.today == Today::default()).await;
    assert_eq!(board.queues[0].today, Today::default());
    assert_eq!(run.handle.started().since(before).as_secs(), 86_400, "a day later");
    while live.updates.recv().await.is_ok() {}
    gives_up(&run, "c2").await;
    assert_eq!(counted(&run).await, ONE_GAVE_UP);
    run.stop().await;
    let run = site.run().await;
    assert_eq!(counted(&run).await, ONE_GAVE_UP, "and what was before midnight stays before it");
    run.stop().await;
}
