//! The whole program stands still for a while, as one that is stopped or has no processor.

use std::time::Duration;

use acd::effect::Op;
use acd::event::{Ask, Event};
use model::{Actor, AgentState, OurLeg, Span, Timestamp};

use super::{Run, Site, agent, settings};

/// How long phones ring here.
const RINGS: Span = Span::from_secs(1);

/// The first agent's phone rings.
async fn ringing(site: &Site) -> (Run, OurLeg) {
    let queue = model::Queue { ring_timeout: RINGS, ..settings().queues.remove(0) };
    store::queues::save(&site.db, &Actor::CommandLine, Timestamp::from_ms(1), queue).await.unwrap();
    let mut run = site.run().await;
    run.returns().await;
    run.asks(1001, Ask::Ready).await;
    run.calls("c1", "700").await;
    let leg = loop {
        if let Op::Dial { leg, .. } = run.orders.recv().await.unwrap().op {
            break leg;
        }
    };
    run.tell(Event::LegRang { leg }).await;
    becomes(&run, |state| matches!(state, AgentState::Ringing(_))).await;
    (run, leg)
}

/// Waits until the first agent's state is such.
async fn becomes(run: &Run, such: impl Fn(&AgentState) -> bool) -> AgentState {
    let of = |row: &&model::wallboard::AgentRow| row.id == agent(1001) && such(&row.state);
    let board = run.until(|board| board.agents.iter().any(|row| of(&row))).await;
    board.agents.iter().find(of).unwrap().state.clone()
}

/// All that runs in this thread stands still, the loop among it, until the phone has rung for too long.
#[expect(clippy::disallowed_methods, reason = "nothing else holds up a whole program")]
fn stands_still() {
    std::thread::sleep(RINGS.to_duration() + Duration::from_millis(600));
}

#[tokio::test]
async fn a_phone_that_was_picked_up_during_a_standstill_counts_as_answered() {
    let site = Site::new().await;
    let (run, leg) = ringing(&site).await;
    stands_still();
    // The loop wakes; what Asterisk said meanwhile comes a moment later.
    tokio::time::sleep(Duration::from_millis(50)).await;
    run.tell(Event::LegAnswered { leg }).await;
    let after = becomes(&run, |state| !matches!(state, AgentState::Ringing(_))).await;
    assert!(matches!(after, AgentState::Talking(_)), "{after:?}");
    run.stop().await;
}

#[tokio::test]
async fn a_phone_that_nobody_picked_up_during_a_standstill_is_given_up_all_the_same() {
    let site = Site::new().await;
    let (mut run, leg) = ringing(&site).await;
    stands_still();
    // Asterisk is asked first, and has nothing to say.
    while run.orders.recv().await.unwrap().op != (Op::HearOut { leg }) {}
    run.tell(Event::HeardOut { leg }).await;
    becomes(&run, |state| matches!(state, AgentState::NotReady(_))).await;
    run.stop().await;
}
