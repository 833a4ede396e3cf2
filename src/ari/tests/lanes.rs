//! Lanes, with orders that take as long as the test wants.

use std::sync::Arc;

use acd::effect::{Lane, Op, Order};
use model::{BridgeId, ServerId, Span, TheirLeg};
use tokio::sync::Semaphore;

use super::call;
use crate::carry_out::Done;
use crate::lanes::Lanes;

fn order(n: u32, lane: u128) -> Order {
    let bridge = BridgeId { server: ServerId(9), call: call(lane), n };
    Order { lane: Lane::Call(call(lane)), op: Op::CreateBridge { bridge } }
}

/// Carries orders of call 1 out only when a permit is given, all others at once.
async fn gated(gate: Arc<Semaphore>, ops: Vec<Op>) -> Vec<Done> {
    if matches!(ops[0], Op::CreateBridge { bridge } if bridge.call == call(1)) {
        gate.acquire().await.unwrap().forget();
    }
    vec![Done::CarriedOut; ops.len()]
}

fn guard(seconds: i64) -> Order {
    let leg = TheirLeg { server: ServerId(9), id: "a.1".to_owned() };
    Order { lane: Lane::Call(call(1)), op: Op::Guard { leg, within: Some(Span::from_secs(seconds)) } }
}

#[tokio::test]
async fn a_lane_that_is_stuck_delays_no_other_and_keeps_its_own_order() {
    let gate = Arc::new(Semaphore::new(0));
    let carry_out = |ops, _| gated(gate.clone(), ops);
    let mut lanes = Lanes::default();
    for n in 1..=3 {
        lanes.push(order(n, 1), carry_out);
        lanes.push(order(n, 2), carry_out);
    }
    for n in 1..=3 {
        assert_eq!(lanes.done(carry_out).await, [(order(n, 2).op, Done::CarriedOut)]);
    }
    gate.add_permits(3);
    for n in 1..=3 {
        assert_eq!(lanes.done(carry_out).await, [(order(n, 1).op, Done::CarriedOut)]);
    }
    assert!(lanes.idle());
}

#[tokio::test]
async fn orders_that_are_stopped_come_back_in_the_order_in_which_they_came() {
    let gate = Arc::new(Semaphore::new(0));
    let mut lanes = Lanes::default();
    let orders = [order(1, 1), order(2, 1), order(3, 1)];
    for order in &orders {
        lanes.push(order.clone(), |ops, _| gated(gate.clone(), ops));
    }
    assert_eq!(lanes.stop().await, orders.map(|order| order.op));
}

#[tokio::test]
async fn a_fault_of_ours_in_one_order_does_not_stop_its_lane() {
    let mut lanes = Lanes::default();
    lanes.push(order(1, 1), |_, _| async { panic!("this panic is the test's own") });
    lanes.push(order(2, 1), |_, _| async { vec![Done::CarriedOut] });
    let failed = Done::Failed(acd::event::OrderFailure::Unknown);
    assert_eq!(lanes.done(|_, _| async { vec![Done::CarriedOut] }).await, [(order(1, 1).op, failed)]);
    assert_eq!(lanes.done(|_, _| async { vec![Done::CarriedOut] }).await, [(order(2, 1).op, Done::CarriedOut)]);
}

#[tokio::test]
async fn orders_that_wait_and_are_one_are_carried_out_together_and_answered_for_one_by_one() {
    let gate = Arc::new(Semaphore::new(0));
    let carry_out = |ops: Vec<Op>, _| gated(gate.clone(), ops);
    let mut lanes = Lanes::default();
    for order in [order(1, 1), guard(60), guard(30), order(2, 1), guard(10)] {
        lanes.push(order, carry_out);
    }
    gate.add_permits(2);
    let done = |orders: &[Order]| orders.iter().map(|order| (order.op.clone(), Done::CarriedOut)).collect::<Vec<_>>();
    assert_eq!(lanes.done(carry_out).await, done(&[order(1, 1)]));
    assert_eq!(lanes.done(carry_out).await, done(&[guard(60), guard(30)]));
    assert_eq!(lanes.done(carry_out).await, done(&[order(2, 1)]));
    assert_eq!(lanes.done(carry_out).await, done(&[guard(10)]));
    assert!(lanes.idle());
}

#[tokio::test]
async fn orders_that_were_carried_out_together_come_back_one_by_one_when_they_are_stopped() {
    let gate = Arc::new(Semaphore::new(1));
    let mut lanes = Lanes::default();
    let orders = [order(1, 1), guard(60), guard(30), order(2, 1)];
    for order in &orders {
        lanes.push(order.clone(), |ops, _| gated(gate.clone(), ops));
    }
    lanes.done(|_, _| std::future::pending()).await;
    assert_eq!(lanes.stop().await, orders[1..].iter().map(|order| order.op.clone()).collect::<Vec<_>>());
}
