//! The whole program stands still for a while, as one that is stopped or has no processor.

use std::time::Duration;

use acd::effect::Op;
use acd::event::{Ask, Event};
use model::{Actor, AgentState, Span, Timestamp};

use super::{Site, agent, settings};

/// How long phones ring here.
const RINGS: Span = Span::from_secs(1);

#[tokio::test]
async fn a_phone_that_was_picked_up_during_a_standstill_counts_as_answered() {
    let site = Site::new().await;
    let queue = model::Queue { ring_timeout: RINGS, ..settings().queues.remove(0) };
    store::queues::save(&site.db, &Actor::CommandLine, Timestamp::from_ms(1), queue).await.unwrap();
    let mut run = site.run().await;
    run.returns().await;
    run.asks(1001, Ask::Ready).await;
    run.until(|board| board.agents.iter().any(|row| row.id == agent(1001) && row.state == AgentState::Ready)).await;
    run.calls("c1", "700").await;
    let leg = loop {
        if let Op::Dial { leg, .. } = run.orders.recv().await.unwrap().op {
            break leg;
        }
    };
    // All that runs in this thread stands still, the loop among it.
    std::thread::sleep(RINGS.to_duration() + Duration::from_millis(600));
    // The loop wakes, and its time for ringing has passed; what Asterisk said meanwhile comes a moment later.
    tokio::time::sleep(Duration::from_millis(50)).await;
    run.tell(Event::LegAnswered { leg }).await;
    let board = run
        .until(|board| {
            board.agents.iter().any(|row| {
                row.id == agent(1001)
                    && row.state != AgentState::Ready
                    && !matches!(row.state, AgentState::Reserved(_) | AgentState::Ringing(_))
            })
        })
        .await;
    let row = board.agents.iter().find(|row| row.id == agent(1001)).unwrap();
    assert!(matches!(row.state, AgentState::Talking(_)), "{:?}", row.state);
    run.stop().await;
}

#[tokio::test]
async fn a_phone_that_nobody_picked_up_during_a_standstill_is_given_up_soon_after() {
    let site = Site::new().await;
    let queue = model::Queue { ring_timeout: RINGS, ..settings().queues.remove(0) };
    store::queues::save(&site.db, &Actor::CommandLine, Timestamp::from_ms(1), queue).await.unwrap();
    let mut run = site.run().await;
    run.returns().await;
    run.asks(1001, Ask::Ready).await;
    run.calls("c1", "700").await;
    run.ordered(|op| matches!(op, Op::Dial { .. })).await;
    std::thread::sleep(RINGS.to_duration() + Duration::from_millis(600));
    run.until(|board| board.agents.iter().any(|row| row.id == agent(1001) && matches!(row.state, AgentState::NotReady(_)))).await;
    run.stop().await;
}
