//! Orders that were given on calls, and what came of them.

use model::{Actor, AgentState, CallAsk, Fact, NotReadyReason, Outcome, Side};

use super::at;
use super::books::{AGENT, call, facts, numbered};
use super::stand::on_both;
use crate::{agent_states, books, calls};

#[tokio::test]
async fn an_order_on_a_call_is_kept_with_the_call_and_who_ended_it_reads_back() {
    on_both(|stand| async move {
        let (ask, by) = (CallAsk::HangUp, Actor::Agent(AGENT));
        let gone = AgentState::NotReady(NotReadyReason::Gone);
        let mut told = facts(0)[..1].to_vec();
        told.push((2000, Fact::CallAsked { call: call(0), ask, by }));
        told.push((2000, Fact::CallEnded { call: call(0), outcome: Outcome::Abandoned, by: Side::Supervisor }));
        told.push((3000, Fact::AgentChanged { agent: AGENT, state: gone, by: Actor::Program, why: None }));
        books::apply(&stand.db, &numbered(1, told)).await.unwrap();
        let story = calls::story(&stand.db, call(0)).await.unwrap().unwrap();
        assert_eq!((story.call.outcome, story.call.ended_by), (Some(Outcome::Abandoned), Some(Side::Supervisor)));
        let kept = story.facts.iter().find(|recorded| recorded.kind == "call_asked").unwrap();
        assert_eq!(kept.fact, Some(Fact::CallAsked { call: call(0), ask, by }));
        let day = agent_states::between(&stand.db, AGENT, at(0), at(9999)).await.unwrap();
        assert_eq!(day[0].reason.as_deref(), Some("gone"));
    })
    .await;
}
