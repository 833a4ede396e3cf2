//! Requests that Asterisk does at once travel over the event socket, if it takes them there.

use std::time::Duration;

use acd::effect::{HangupReason, Lane, Op};
use acd::event::{Event, OrderFailure};
use model::{BridgeId, LegId, ServerId, TheirLeg};

use super::faults::{failed, lane, lost, seen};
use super::stand_in::{Answer, StandIn};
use super::{PATIENCE, Rig, call, config};
use crate::{Config, Patience, Transport};

const CREATE: &str = "POST /bridges/callsync-mbbbbbbb-bridge-9-00000000000000000000000000000001-1";

/// Waits so long to hear that the socket takes requests.
fn split(stand_in: &StandIn, first_answer: Duration) -> Config {
    let patience = Patience { first_answer, ..Patience::default() };
    Config { transport: Transport::Split, patience, ..config(&stand_in.url, "callsync") }
}

fn caller() -> TheirLeg {
    TheirLeg { server: ServerId(9), id: "a.1".to_owned() }
}

/// A program that has taken the account, of an Asterisk that takes requests over the socket.
async fn connected(stand_in: &StandIn) -> Rig {
    connected_within(stand_in, PATIENCE).await
}

async fn connected_within(stand_in: &StandIn, first_answer: Duration) -> Rig {
    let mut rig = Rig::start(split(stand_in, first_answer));
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
    rig
}

/// What was asked of it by orders, with what was told.
async fn lives(stand_in: &StandIn, first_answer: Duration) -> (Vec<Event>, Vec<String>) {
    let rig = connected_within(stand_in, first_answer).await;
    let already = stand_in.requests().len();
    rig.order(lane(), create());
    rig.order(lane(), Op::Answer { leg: caller() });
    rig.order(lane(), hangup());
    let told = rig.stop().await;
    let asked = stand_in.requests().split_off(already).into_iter();
    (told, asked.filter(|asked| !asked.contains("/asterisk/")).collect())
}

fn create() -> Op {
    Op::CreateBridge { bridge: BridgeId { server: ServerId(9), call: call(1), n: 1 } }
}

fn hangup() -> Op {
    Op::Hangup { leg: LegId::Theirs(caller()), reason: HangupReason::Normal }
}

#[tokio::test]
async fn what_is_done_at_once_goes_over_the_socket_and_the_rest_does_not() {
    let stand_in = StandIn::serving_sockets(|_, _| None).await;
    let (told, asked) = lives(&stand_in, PATIENCE).await;
    let over = |request: &str| format!("socket {request}");
    assert_eq!(told, [lost()]);
    assert_eq!(asked, [over(CREATE), "POST /channels/a.1/answer".to_owned(), over("DELETE /channels/a.1")]);
}

#[tokio::test]
async fn an_asterisk_whose_socket_takes_no_requests_is_asked_over_http() {
    let stand_in = StandIn::start(|_, _| None).await;
    let (told, asked) = lives(&stand_in, Patience::default().first_answer).await;
    assert_eq!(told, [lost()]);
    assert_eq!(asked, [CREATE, "POST /channels/a.1/answer", "DELETE /channels/a.1"]);
}

#[tokio::test]
async fn an_answer_that_does_not_come_over_the_socket_is_the_last_that_is_awaited_there() {
    let stand_in =
        StandIn::serving_sockets(|request, _| (request == format!("socket {CREATE}")).then_some(Answer::Silence)).await;
    let mut rig = connected(&stand_in).await;
    rig.order(lane(), create());
    assert_eq!(rig.next().await, failed(create(), OrderFailure::Unknown));
    let already = stand_in.requests().len();
    rig.order(lane(), hangup());
    assert_eq!(rig.stop().await, [lost()]);
    let asked = stand_in.requests().split_off(already);
    assert!(asked.contains(&"DELETE /channels/a.1".to_owned()), "{asked:?}");
}

#[tokio::test]
async fn a_refusal_over_the_socket_is_one() {
    let rule = |request: &str, _| request.starts_with("socket DELETE").then(|| Answer::Reply(500, "{}".to_owned()));
    let stand_in = StandIn::serving_sockets(rule).await;
    let (told, _) = lives(&stand_in, PATIENCE).await;
    assert_eq!(told, [failed(hangup(), OrderFailure::Refused { status: 500, text: "{}".to_owned() }), lost()]);
}

/// Asterisk does one after another of what comes over a socket. Six callers come at once, and it answers none of them.
#[tokio::test]
async fn what_can_wait_goes_round_a_busy_socket_and_what_is_urgent_does_not() {
    let rule = |request: &str, _| request.starts_with("socket POST /channels/b.").then_some(Answer::Silence);
    let stand_in = StandIn::serving_sockets(rule).await;
    let rig = connected(&stand_in).await;
    for n in 1..=6 {
        let leg = LegId::Theirs(TheirLeg { server: ServerId(9), id: format!("b.{n}") });
        rig.order(Lane::Leg(leg.clone()), Op::StartMusic { leg, class: "default".to_owned() });
    }
    rig.order(lane(), create());
    rig.order(lane(), hangup());
    seen(&stand_in, "DELETE /channels/a.1").await;
    let asked = stand_in.requests();
    let music = |over: &str| asked.iter().filter(|asked| asked.starts_with(&format!("{over}POST /channels/b."))).count();
    assert_eq!((music("socket "), music("")), (4, 2), "{asked:?}");
    assert!(asked.contains(&format!("socket {CREATE}")), "{asked:?}");
}

/// Ten callers come at once, and Asterisk takes its time to answer them.
#[tokio::test]
async fn callers_who_come_by_the_dozen_leave_room_for_two_who_are_to_be_joined() {
    let rule = |request: &str, _| request.starts_with("POST /channels/b.").then_some(Answer::Silence);
    let stand_in = StandIn::serving_sockets(rule).await;
    let rig = connected(&stand_in).await;
    for n in 1..=10 {
        let leg = TheirLeg { server: ServerId(9), id: format!("b.{n}") };
        rig.order(Lane::Leg(LegId::Theirs(leg.clone())), Op::Answer { leg });
    }
    seen(&stand_in, "POST /channels/b.6/answer").await;
    let Op::CreateBridge { bridge } = create() else { panic!("it makes a bridge") };
    rig.order(lane(), Op::Join { bridge, legs: vec![LegId::Theirs(caller())] });
    seen(&stand_in, &format!("{CREATE}/addChannel")).await;
    let answers = stand_in.requests().iter().filter(|asked| asked.starts_with("POST /channels/b.")).count();
    assert_eq!(answers, 6);
}

/// Asterisk answers none of ten callers who came at once, and is busy on the socket.
#[tokio::test]
async fn nobody_is_kept_on_the_line_by_callers_who_come_by_the_dozen() {
    let rule = |request: &str, _| request.contains("POST /channels/b.").then_some(Answer::Silence);
    let stand_in = StandIn::serving_sockets(rule).await;
    let rig = connected(&stand_in).await;
    for n in 1..=20 {
        let leg = TheirLeg { server: ServerId(9), id: format!("b.{n}") };
        let lane = Lane::Leg(LegId::Theirs(leg.clone()));
        let music = Op::StartMusic { leg: LegId::Theirs(leg.clone()), class: "default".to_owned() };
        rig.order(lane, if n <= 10 { music } else { Op::Answer { leg } });
    }
    let all = async {
        while stand_in.requests().iter().filter(|asked| asked.contains("POST /channels/b.")).count() < 10 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("four on the socket and six beside it");
    rig.order(lane(), hangup());
    seen(&stand_in, "DELETE /channels/a.1").await;
    let asked = stand_in.requests().iter().filter(|asked| asked.contains("POST /channels/b.")).count();
    assert_eq!(asked, 10, "the others wait");
}

/// Thirty phones are to ring at once, and Asterisk does not answer.
#[tokio::test]
async fn no_more_is_under_way_on_the_socket_than_asterisk_can_answer_a_ping_behind() {
    let rule = |request: &str, _| request.starts_with("socket POST /bridges/").then_some(Answer::Silence);
    let stand_in = StandIn::serving_sockets(rule).await;
    let rig = connected(&stand_in).await;
    for n in 1..=30 {
        let bridge = BridgeId { server: ServerId(9), call: call(n), n: 1 };
        rig.order(Lane::Call(bridge.call), Op::CreateBridge { bridge });
    }
    // What came first is given up in the end, and makes room for what came next; so it is looked while it is still awaited.
    let sixteenth = format!("callsync-mbbbbbbb-bridge-9-{:032x}-1", 16);
    seen(&stand_in, &format!("socket POST /bridges/{sixteenth}")).await;
    rig.order(Lane::Leg(LegId::Theirs(caller())), hangup());
    seen(&stand_in, "DELETE /channels/a.1").await;
    let asked = stand_in.requests().iter().filter(|asked| asked.starts_with("socket POST /bridges/")).count();
    assert_eq!(asked, 16);
}
