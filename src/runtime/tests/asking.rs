//! Orders on calls and explanations, asked for from outside the loop.

use acd::effect::Op;
use acd::event::{Ask, CallAsk};
use model::{Actor, AgentState, LegId, NotReadyReason, Outcome, Side, UserId};
use uuid::Uuid;

use super::{Run, Site, arrived};

const SUPERVISOR: Actor = Actor::User(UserId(Uuid::from_u128(7)));

impl Run {
    async fn orders(&self, call: model::CallId, ask: CallAsk) {
        self.handle.ask_call(call, ask, SUPERVISOR).await.unwrap();
    }

    /// The place of a caller who waits, and whether somebody put them at the head.
    async fn place(&self, call: model::CallId) -> Option<(u32, bool)> {
        let waits = self.handle.explain(call).await.unwrap()?.waits?;
        Some((waits.place, waits.at_head))
    }
}

#[tokio::test]
async fn caller_who_is_put_at_the_head_stays_there_over_a_restart() {
    let site = Site::new().await;
    let run = site.run().await;
    run.returns().await;
    for leg in ["c1", "c2"] {
        run.tell(arrived(leg, "700")).await;
    }
    let calls = run.until(|board| board.calls.len() == 2).await.calls;
    let second = calls[1].id;
    assert_eq!(run.place(second).await, Some((2, false)));
    run.orders(second, CallAsk::ToHead).await;
    assert_eq!(run.place(second).await, Some((1, true)), "a request is answered after those that came before it");
    run.stop().await;

    let run = site.run().await;
    assert_eq!(run.place(second).await, Some((1, true)));
    run.stop().await;
    let kept = store::calls::story(&site.db, second).await.unwrap().unwrap();
    assert!(kept.facts.iter().any(|recorded| recorded.kind == "call_asked"));
}

/// Whoever orders and looks at once sees what came of the order, however many of both the loop takes in one turn.
#[tokio::test]
async fn live_shows_what_came_of_each_order_before_it() {
    let site = Site::new().await;
    let run = site.run().await;
    run.returns().await;
    let agent = run.until(|board| !board.agents.is_empty()).await.agents[0].id;
    for round in 0..40 {
        let (ask, ready) = if round % 2 == 0 { (Ask::Ready, true) } else { (Ask::NotReady(NotReadyReason::Break), false) };
        let (asked, live) = tokio::join!(run.handle.ask(agent, ask, SUPERVISOR), run.handle.live());
        asked.unwrap();
        let row = live.unwrap().board.agents.into_iter().find(|row| row.id == agent).unwrap();
        assert_eq!(row.state == AgentState::Ready, ready, "{round}: {:?}", row.state);
    }
    run.stop().await;
}

#[tokio::test]
async fn call_that_is_hung_up_ends_by_the_supervisor_in_the_books() {
    let site = Site::new().await;
    let mut run = site.run().await;
    run.returns().await;
    run.calls("c1", "700").await;
    let call = run.until(|board| board.calls.len() == 1).await.calls[0].id;
    run.orders(call, CallAsk::HangUp).await;
    run.ordered(|op| matches!(op, Op::Hangup { leg: LegId::Theirs(leg), .. } if leg.id == "c1")).await;
    assert_eq!(run.handle.explain(call).await.unwrap(), None, "there is no such call any more");
    run.stop().await;
    let ended = store::calls::find(&site.db, call).await.unwrap().unwrap();
    assert_eq!((ended.outcome, ended.ended_by), (Some(Outcome::Abandoned), Some(Side::Supervisor)));
}

#[tokio::test]
async fn loop_that_has_stopped_takes_no_orders_and_explains_nothing() {
    let site = Site::new().await;
    let run = site.run().await;
    let (handle, call) = (run.handle.clone(), model::CallId(Uuid::nil()));
    run.stop().await;
    assert!(handle.ask_call(call, CallAsk::ToHead, SUPERVISOR).await.is_err());
    assert!(handle.explain(call).await.is_err());
}
