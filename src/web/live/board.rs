//! Live as it stands, brought forward by what changes.

use model::wallboard::{AgentRow, CallRow, Change, FallbackRow, LiveUpdate, QueueRow, Wallboard};
use model::{AgentId, CallId, QueueId, Timestamp};
use views::live::{Totals, Trend};

/// What a page has to do to follow a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Totals(Totals),
    Trend(Trend),
    Queue(QueueRow),
    Agent(AgentRow),
    Call(CallRow),
    NewCall(CallRow),
    NoQueue(QueueId),
    NoAgent(AgentId),
    NoCall(CallId),
    Fallback(Vec<FallbackRow>),
    Switch(bool),
}

/// The settings have changed: what is where on the page has to be asked for anew.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rearranged;

/// Brings the board forward and says what pages have to do.
pub(super) fn apply(board: &mut Wallboard, update: &LiveUpdate, counted_since: Timestamp) -> Result<Vec<Step>, Rearranged> {
    let before = Totals::of(board, counted_since);
    board.at = update.at;
    let mut steps = Vec::with_capacity(update.changes.len() + 1);
    for change in &update.changes {
        steps.extend(follow(board, change)?);
    }
    let after = Totals::of(board, counted_since);
    if after != before {
        steps.push(Step::Totals(after));
    }
    Ok(steps)
}

fn follow(board: &mut Wallboard, change: &Change) -> Result<Option<Step>, Rearranged> {
    Ok(match change {
        Change::Totals(totals) => {
            board.totals = totals.clone();
            None
        }
        Change::Fallback(rows) => {
            board.fallback.clone_from(rows);
            Some(Step::Fallback(rows.clone()))
        }
        Change::Switch(up) => {
            board.switch_up = *up;
            Some(Step::Switch(*up))
        }
        Change::Call(id, row) => call(&mut board.calls, *id, row.as_ref()),
        Change::Queue(id, row) => {
            let place = board.queues.iter().position(|known| known.id == *id);
            match (place, row) {
                (Some(place), Some(row)) => {
                    board.queues[place].clone_from(row);
                    Some(Step::Queue(row.clone()))
                }
                (Some(place), None) => {
                    board.queues.remove(place);
                    Some(Step::NoQueue(*id))
                }
                (None, Some(_)) => return Err(Rearranged),
                (None, None) => None,
            }
        }
        Change::Agent(id, row) => {
            let place = board.agents.iter().position(|known| known.id == *id);
            match (place, row) {
                (Some(place), Some(row)) => {
                    board.agents[place].clone_from(row);
                    Some(Step::Agent(row.clone()))
                }
                (Some(place), None) => {
                    board.agents.remove(place);
                    Some(Step::NoAgent(*id))
                }
                (None, Some(_)) => return Err(Rearranged),
                (None, None) => None,
            }
        }
    })
}

/// Calls come and go, the oldest first.
fn call(calls: &mut Vec<CallRow>, id: CallId, row: Option<&CallRow>) -> Option<Step> {
    let place = calls.iter().position(|known| known.id == id);
    match (place, row) {
        (Some(place), Some(row)) => {
            calls[place].clone_from(row);
            Some(Step::Call(row.clone()))
        }
        (Some(place), None) => {
            calls.remove(place);
            Some(Step::NoCall(id))
        }
        (None, Some(row)) => {
            let place = calls.partition_point(|known| known.entered <= row.entered);
            calls.insert(place, row.clone());
            Some(Step::NewCall(row.clone()))
        }
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use model::queue::ServiceLevelTarget;
    use model::wallboard::{CallRow, Change, FallbackRow, LiveUpdate, QueueRow, Today, Wallboard};
    use model::{CallId, CallPhase, QueueId, Span, Timestamp};
    use uuid::Uuid;

    use super::{Rearranged, Step};

    fn empty() -> Wallboard {
        let at = Timestamp::from_ms(0);
        Wallboard {
            at,
            switch_up: true,
            totals: model::wallboard::Totals::default(),
            queues: vec![],
            agents: vec![],
            calls: vec![],
            fallback: vec![],
        }
    }

    fn call(n: u128, entered: i64) -> CallRow {
        CallRow {
            id: CallId(Uuid::from_u128(n)),
            queue: QueueId(Uuid::nil()),
            queue_name: "Продажи".to_owned(),
            number: None,
            phase: CallPhase::Waiting,
            entered: Timestamp::from_ms(entered),
            since: Timestamp::from_ms(entered),
            agent: None,
        }
    }

    fn apply(board: &mut Wallboard, update: &LiveUpdate) -> Result<Vec<Step>, Rearranged> {
        super::apply(board, update, Timestamp::from_ms(0))
    }

    fn update(changes: Vec<Change>) -> LiveUpdate {
        LiveUpdate { number: 1, at: Timestamp::from_ms(9_000), changes }
    }

    #[test]
    fn a_new_call_stands_among_the_others_by_when_it_entered() {
        let mut board = empty();
        for row in [call(1, 100), call(3, 300), call(2, 200)] {
            assert_eq!(apply(&mut board, &update(vec![Change::Call(row.id, Some(row.clone()))])), Ok(vec![Step::NewCall(row)]));
        }
        assert_eq!(board.calls, vec![call(1, 100), call(2, 200), call(3, 300)]);
    }

    #[test]
    fn a_call_that_changes_stays_where_it_is_and_one_that_ends_is_gone() {
        let mut board = empty();
        let (first, second) = (call(1, 100), call(2, 200));
        board.calls = vec![first.clone(), second.clone()];
        let talking = CallRow { phase: CallPhase::Talking, ..first.clone() };
        let steps =
            apply(&mut board, &update(vec![Change::Call(first.id, Some(talking.clone())), Change::Call(second.id, None)]));
        assert_eq!(steps, Ok(vec![Step::Call(talking.clone()), Step::NoCall(second.id)]));
        assert_eq!(board.calls, vec![talking]);
    }

    #[test]
    fn what_was_never_there_and_is_gone_is_nothing() {
        assert_eq!(apply(&mut empty(), &update(vec![Change::Call(call(1, 1).id, None)])), Ok(vec![]));
    }

    #[test]
    fn a_queue_that_nobody_knows_asks_for_everything_anew() {
        let id = QueueId(Uuid::from_u128(7));
        let row = QueueRow {
            id,
            number: "700".to_owned(),
            name: "Продажи".to_owned(),
            waiting: vec![],
            waiting_count: 0,
            ready: 0,
            talking: 0,
            off: 0,
            target: ServiceLevelTarget { percent: 80, within: Span::from_secs(20) },
            today: Today::default(),
        };
        assert_eq!(apply(&mut empty(), &update(vec![Change::Queue(id, Some(row))])), Err(Rearranged));
    }

    #[test]
    fn calls_in_the_backup_queue_are_told_all_at_once_also_that_the_last_is_gone() {
        let mut board = empty();
        let row = FallbackRow { dialled: "700".to_owned(), number: None, since: Timestamp::from_ms(1), agent: None };
        for rows in [vec![row.clone(), row], vec![]] {
            let steps = apply(&mut board, &update(vec![Change::Fallback(rows.clone())]));
            assert_eq!(steps, Ok(vec![Step::Fallback(rows.clone())]));
            assert_eq!(board.fallback, rows);
        }
    }

    #[test]
    fn the_strip_follows_what_it_is_made_of() {
        let mut board = empty();
        board.calls = vec![call(1, 100)];
        let held = CallRow { phase: CallPhase::Held, ..call(1, 100) };
        let steps = apply(&mut board, &update(vec![Change::Call(held.id, Some(held.clone()))])).unwrap();
        assert!(matches!(&steps[..], [Step::Call(_), Step::Totals(_)]), "{steps:?}");
    }
}
