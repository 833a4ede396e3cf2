//! Orders that are carried out as one, by an Asterisk that takes them so and by one that does not.

use acd::effect::Op;
use acd::event::{Event, OrderFailure};
use model::{BridgeId, LegId, ServerId, Span, TheirLeg};

use super::faults::{LEG, failed, lane, lost, rig};
use super::stand_in::{Answer, StandIn};
use super::{call, our_leg};

const JOIN: &str = "POST /bridges/callsync-mbbbbbbb-bridge-9-00000000000000000000000000000001-1/addChannel";
const CALLER: &str = "POST /channels/a.1/variable";
const BOTH: &str = "POST /channels/a.1/variables";

fn caller() -> TheirLeg {
    TheirLeg { server: ServerId(9), id: "a.1".to_owned() }
}

/// Puts two together and lifts the guard, in one breath: what comes of it, and what was asked of Asterisk.
async fn joined(rule: impl Fn(&str) -> Option<Answer> + Send + Sync + 'static) -> (Vec<Event>, Vec<String>) {
    let stand_in = StandIn::start(move |request, _| rule(request)).await;
    let rig = rig(&stand_in).await;
    let already = stand_in.requests().len();
    rig.order(lane(), Op::StopMusic { leg: LegId::Theirs(caller()) });
    rig.order(lane(), join());
    rig.order(lane(), guard(None));
    rig.order(lane(), guard(Some(Span::from_secs(60))));
    let told = rig.stop().await;
    let music = "DELETE /channels/a.1/moh";
    let asked = stand_in.requests().split_off(already).into_iter().filter(|asked| asked != music && asked.starts_with("POST /"));
    (told, asked.filter(|asked| !asked.contains("/asterisk/")).collect())
}

fn join() -> Op {
    let bridge = BridgeId { server: ServerId(9), call: call(1), n: 1 };
    Op::Join { bridge, legs: vec![LegId::Theirs(caller()), LegId::Ours(our_leg(1, 1))] }
}

fn guard(within: Option<Span>) -> Op {
    Op::Guard { leg: caller(), within }
}

fn refused() -> Option<Answer> {
    Some(Answer::Reply(404, r#"{"message":"no"}"#.to_owned()))
}

#[tokio::test]
async fn two_who_are_put_together_take_three_requests() {
    let (told, asked) = joined(|_| None).await;
    let agent = format!("POST /channels/{LEG}/variable");
    assert_eq!((told, asked), (vec![lost()], vec![JOIN.to_owned(), agent, BOTH.to_owned()]));
}

#[tokio::test]
async fn a_join_that_is_refused_takes_nothing_from_the_orders_behind_it() {
    let (told, asked) = joined(|request| (request == JOIN).then(refused).flatten()).await;
    assert_eq!(told, [failed(join(), OrderFailure::Gone), lost()]);
    assert_eq!(asked, [JOIN, CALLER, CALLER], "each of the others alone");
}

#[tokio::test]
async fn a_leg_that_is_gone_fails_each_order_by_itself_but_not_the_join() {
    let (told, asked) = joined(|request| request.starts_with("POST /channels/a.1/").then(refused).flatten()).await;
    let gone = OrderFailure::Gone;
    assert_eq!(told, [failed(guard(None), gone.clone()), failed(guard(Some(Span::from_secs(60))), gone), lost()]);
    assert_eq!(asked.iter().filter(|asked| *asked == JOIN).count(), 1, "nobody is put together twice");
}

#[tokio::test]
async fn an_older_asterisk_is_told_one_by_one() {
    let (told, asked) = joined(|request| (request == BOTH).then(refused).flatten()).await;
    let agent = format!("POST /channels/{LEG}/variable");
    assert_eq!(
        (told, asked),
        (vec![lost()], vec![JOIN, &agent, BOTH, CALLER, CALLER, CALLER].into_iter().map(String::from).collect())
    );
}
