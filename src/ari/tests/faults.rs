//! What networks and other versions do to us.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use acd::effect::{Lane, Op};
use acd::event::{Account, Cause, Event, OrderFailure};
use model::stamp::Mark;
use model::{CallPhase, Endpoint, LegId, Outcome, QueueId, ServerId, Span, Stamp, TheirLeg, Timestamp};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::stand_in::{Answer, Do, StandIn};
use super::{PATIENCE, Rig, call, config, our_leg};
use crate::socket::{Ending, Socket};
use crate::{Config, Patience};

pub(super) const LEG: &str = "callsync-mbbbbbbb-leg-9-00000000000000000000000000000001-1";

pub(super) fn lane() -> Lane {
    Lane::Call(call(1))
}

fn caller() -> TheirLeg {
    TheirLeg { server: ServerId(9), id: "a.1".to_owned() }
}

fn answer() -> Op {
    Op::Answer { leg: caller() }
}

pub(super) fn dial() -> Op {
    let entered = Timestamp::from_ms(1000);
    let mark = Mark {
        call: call(1),
        queue: QueueId(uuid::Uuid::nil()),
        entered,
        priority: 0,
        phase: CallPhase::Offered,
        since: entered,
        agent: None,
    };
    let endpoint = Endpoint { server: ServerId(9), name: "1001".to_owned() };
    let give_up_after = Span::from_secs(30);
    Op::Dial { leg: our_leg(1, 1), endpoint, caller: caller(), give_up_after, mark }
}

fn returned() -> Event {
    Event::SwitchReturned { server: ServerId(9), account: Account::default() }
}

pub(super) fn lost() -> Event {
    Event::SwitchLost { server: ServerId(9) }
}

pub(super) fn failed(order: Op, why: OrderFailure) -> Event {
    Event::OrderFailed { order, why }
}

pub(super) fn started(leg: &str, args: &str) -> Do {
    Do::Send(format!(r#"{{"type":"StasisStart","args":[{args}],"channel":{{"id":"{leg}"}}}}"#))
}

pub(super) async fn rig(stand_in: &StandIn) -> Rig {
    let mut rig = Rig::start(config(&stand_in.url, "callsync"));
    assert_eq!(rig.next().await, returned());
    rig
}

/// Waits until the stand-in has seen a request.
pub(super) async fn seen(stand_in: &StandIn, request: &str) {
    let looking = async {
        while !stand_in.requests().iter().any(|seen| seen == request) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, looking).await.expect("the request comes");
}

#[tokio::test]
async fn a_peer_that_falls_silent_is_noticed() {
    let stand_in = StandIn::start(|_, _| None).await;
    let mut rig = rig(&stand_in).await;
    stand_in.on_socket(Do::FallSilent);
    assert_eq!(rig.next().await, lost());
    assert_eq!(rig.next().await, returned());
}

#[tokio::test]
async fn after_a_loss_all_orders_come_back_and_the_account_is_taken_anew() {
    let stand_in = StandIn::start(|request, _| (request == "POST /channels/a.1/answer").then_some(Answer::Silence)).await;
    let mut rig = rig(&stand_in).await;
    let bridge = model::BridgeId { server: ServerId(9), call: call(1), n: 1 };
    rig.order(lane(), answer());
    rig.order(lane(), Op::CreateBridge { bridge });
    seen(&stand_in, "POST /channels/a.1/answer").await;
    stand_in.on_socket(Do::Close);
    assert_eq!(rig.next().await, lost());
    assert_eq!(rig.next().await, failed(answer(), OrderFailure::Unknown));
    assert_eq!(rig.next().await, failed(Op::CreateBridge { bridge }, OrderFailure::Unknown));
    rig.order(lane(), Op::DestroyBridge { bridge });
    assert_eq!(rig.next().await, failed(Op::DestroyBridge { bridge }, OrderFailure::Unknown));
    assert_eq!(rig.next().await, returned());
}

#[tokio::test]
async fn what_happens_while_the_account_is_taken_is_told_after_it() {
    let held = Arc::new(Notify::new());
    let answer = Answer::Held(held.clone());
    let stand_in = StandIn::start(move |request, _| (request == "GET /bridges").then(|| answer.clone())).await;
    let mut rig = Rig::start(config(&stand_in.url, "callsync"));
    seen(&stand_in, "GET /bridges").await;
    stand_in.on_socket(started("a.1", r#""enter","700""#));
    held.notify_one();
    assert_eq!(rig.next().await, returned());
    let arrived =
        Event::CallerArrived { leg: caller(), number: None, dialled: "700".to_owned(), priority: 0, came: None, told: None };
    assert_eq!(rig.next().await, arrived);
}

#[tokio::test]
async fn more_events_than_can_be_held_end_the_socket_and_none_is_dropped_in_silence() {
    let stand_in = StandIn::start(|_, _| None).await;
    let mut socket = Socket::open(&config(&stand_in.url, "callsync"), 10).await.unwrap();
    for n in 0..30 {
        stand_in.on_socket(started(&format!("a.{n}"), r#""enter","700""#));
    }
    assert!(matches!(socket.ending().await, Ending::Overflow(10)));
    let mut told = 0;
    while socket.next().await.is_some() {
        told += 1;
    }
    assert_eq!(told, 10);
}

#[tokio::test]
async fn a_request_that_may_be_repeated_is_sent_once_more_when_the_connection_is_cut() {
    let cut = |request: &str, times| (request == "POST /channels/a.1/answer" && times == 1).then_some(Answer::Cut);
    let stand_in = StandIn::start(cut).await;
    let rig = rig(&stand_in).await;
    rig.order(lane(), answer());
    let rest = rig.stop().await;
    assert_eq!(rest, [lost()]);
    assert_eq!(stand_in.requests().iter().filter(|request| *request == "POST /channels/a.1/answer").count(), 2);
}

#[tokio::test]
async fn a_leg_is_not_created_twice_when_the_connection_is_cut() {
    let stand_in = StandIn::start(|request, _| (request == "POST /channels/create").then_some(Answer::Cut)).await;
    let mut rig = rig(&stand_in).await;
    rig.order(lane(), dial());
    assert_eq!(rig.next().await, failed(dial(), OrderFailure::Unknown));
    assert_eq!(stand_in.requests().iter().filter(|request| *request == "POST /channels/create").count(), 1);
    // Asterisk had created it nevertheless: nobody will dial it, so it is hung up.
    stand_in.on_socket(started(LEG, r#""leg""#));
    seen(&stand_in, &format!("DELETE /channels/{LEG}")).await;
}

#[tokio::test]
async fn a_leg_is_dialled_only_once_it_has_started() {
    let stand_in = StandIn::start(|_, _| None).await;
    let mut rig = rig(&stand_in).await;
    rig.order(lane(), dial());
    seen(&stand_in, "POST /channels/create").await;
    assert!(!stand_in.requests().contains(&format!("POST /channels/{LEG}/dial")));
    stand_in.on_socket(started(LEG, r#""leg""#));
    seen(&stand_in, &format!("POST /channels/{LEG}/dial")).await;
    stand_in.on_socket(Do::Close);
    assert_eq!(rig.next().await, lost());
}

#[tokio::test]
async fn a_leg_that_dies_before_it_is_dialled_is_told_once_and_the_order_has_not_failed() {
    let stand_in = StandIn::start(|_, _| None).await;
    let mut rig = rig(&stand_in).await;
    rig.order(lane(), dial());
    seen(&stand_in, "POST /channels/create").await;
    let destroyed = format!(r#"{{"type":"ChannelDestroyed","cause":20,"tech_cause":480,"channel":{{"id":"{LEG}"}}}}"#);
    stand_in.on_socket(Do::Send(destroyed));
    // It was never in our hands, so what the adapter knows of it is what the farewell says.
    let ended = Event::LegEnded { leg: LegId::Ours(our_leg(1, 1)), cause: Cause { q850: 20, sip: Some(480) } };
    assert_eq!(rig.next().await, ended);
    assert_eq!(rig.stop().await, [lost()]);
    assert!(!stand_in.requests().contains(&format!("POST /channels/{LEG}/dial")));
}

/// The order before it in its lane took long: meanwhile Asterisk's own queue has rung the phone.
#[tokio::test]
async fn a_phone_that_came_into_use_while_the_order_waited_is_not_rung() {
    for (on_it, rung) in [(r#","lab-1.7""#, false), ("", true)] {
        let phone = format!(r#"{{"resource":"1001","state":"online","channel_ids":["{LEG}"{on_it}]}}"#);
        let rule = move |request: &str, _| (request == "GET /endpoints/PJSIP/1001").then(|| Answer::Reply(200, phone.clone()));
        let stand_in = StandIn::start(rule).await;
        let patience = Patience { fresh: Duration::ZERO, ..Patience::default() };
        let mut rig = Rig::start(Config { patience, ..config(&stand_in.url, "callsync") });
        assert_eq!(rig.next().await, returned());
        rig.order(lane(), dial());
        seen(&stand_in, "POST /channels/create").await;
        stand_in.on_socket(started(LEG, r#""leg""#));
        if rung {
            seen(&stand_in, &format!("POST /channels/{LEG}/dial")).await;
        } else {
            assert_eq!(rig.next().await, failed(dial(), OrderFailure::InUse));
            assert!(!stand_in.requests().contains(&format!("POST /channels/{LEG}/dial")));
        }
        rig.stop().await;
    }
}

#[tokio::test]
async fn a_leg_that_never_starts_is_told_as_a_failed_order_and_left_to_the_core() {
    let stand_in = StandIn::start(|_, _| None).await;
    let mut rig = rig(&stand_in).await;
    rig.order(lane(), dial());
    let Event::OrderFailed { why: OrderFailure::Refused { text, .. }, .. } = rig.next().await else { panic!() };
    assert!(text.contains("not handed to us"), "{text}");
    assert_eq!(rig.stop().await, [lost()]);
    assert!(!stand_in.requests().contains(&format!("DELETE /channels/{LEG}")));
}

#[tokio::test]
async fn a_dial_that_is_refused_is_told_before_the_end_of_its_leg() {
    let refusal = format!("POST /channels/{LEG}/dial");
    let rule = move |request: &str, _| (request == refusal).then(|| Answer::Reply(500, r#"{"error":"Internal"}"#.into()));
    let stand_in = StandIn::start(rule).await;
    let mut rig = rig(&stand_in).await;
    rig.order(lane(), dial());
    seen(&stand_in, "POST /channels/create").await;
    stand_in.on_socket(started(LEG, r#""leg""#));
    let why = OrderFailure::Refused { status: 500, text: "Internal".to_owned() };
    assert_eq!(rig.next().await, failed(dial(), why));
    assert!(!stand_in.requests().contains(&format!("DELETE /channels/{LEG}")), "the core is told before anything ends");
}

#[tokio::test]
async fn an_older_asterisk_is_stamped_column_by_column_and_asked_for_all_at_once_only_the_first_time() {
    let together = "POST /channels/a.1/variables";
    let rule = move |request: &str, _| (request == together).then(|| Answer::Reply(404, r#"{"message":"Invalid"}"#.into()));
    let stand_in = StandIn::start(rule).await;
    let rig = rig(&stand_in).await;
    let entered = Timestamp::from_ms(1000);
    let outcome = Outcome::Abandoned;
    let stamp = Stamp { call: call(1), queue: "700".to_owned(), outcome, entered, agent: None, answered: None };
    for _ in 0..2 {
        rig.order(lane(), Op::Stamp { leg: caller(), stamp: stamp.clone() });
    }
    assert_eq!(rig.stop().await, [lost()]);
    let requests = stand_in.requests();
    assert_eq!(requests.iter().filter(|request| *request == together).count(), 1);
    assert_eq!(requests.iter().filter(|request| *request == "POST /channels/a.1/variable").count(), 12);
}

const ONLINE: &str = r#"[{"resource":"1001","state":"online"},{"resource":"1002","state":"offline"}]"#;

fn phone(name: &str) -> Endpoint {
    Endpoint { server: ServerId(9), name: name.to_owned() }
}

fn watch() -> Op {
    Op::Watch { server: ServerId(9), endpoints: vec![phone("1001"), phone("1002")] }
}

#[tokio::test]
async fn phones_that_were_to_be_watched_while_there_was_no_asterisk_are_watched_when_it_comes() {
    let up = Arc::new(AtomicBool::new(false));
    let is_up = up.clone();
    let rule = move |request: &str, _| match request {
        "GET /endpoints/PJSIP" => Some(Answer::Reply(200, ONLINE.to_owned())),
        "GET /channels" if !is_up.load(Ordering::Relaxed) => Some(Answer::Reply(503, String::new())),
        _ => None,
    };
    let stand_in = StandIn::start(rule).await;
    let mut rig = Rig::start(config(&stand_in.url, "callsync"));
    rig.order(Lane::Server(ServerId(9)), watch());
    rig.order(lane(), answer());
    assert_eq!(rig.next().await, failed(answer(), OrderFailure::Unknown));
    // The try that is under way began without it; the one after the next did not.
    stand_in.opened(stand_in.sockets() + 2).await;
    up.store(true, Ordering::Relaxed);
    let account = Account { reachable: vec![phone("1001")], ..Account::default() };
    assert_eq!(rig.next().await, Event::SwitchReturned { server: ServerId(9), account });
    assert!(stand_in.requests().contains(&"POST /applications/callsync/subscription".to_owned()));
    let gone = r#"{"type":"DeviceStateChanged","device_state":{"name":"PJSIP/1001","state":"UNAVAILABLE"}}"#;
    stand_in.on_socket(Do::Send(gone.to_owned()));
    assert_eq!(rig.next().await, Event::EndpointChanged { endpoint: phone("1001"), reachable: false, in_use: false });
}

#[tokio::test]
async fn phones_that_were_to_be_watched_while_the_account_was_taken_are_reported_right_after_it() {
    let held = Arc::new(Notify::new());
    let answer = Answer::Held(held.clone());
    let rule = move |request: &str, _| match request {
        "GET /endpoints/PJSIP" => Some(Answer::Reply(200, ONLINE.to_owned())),
        "GET /bridges" => Some(answer.clone()),
        _ => None,
    };
    let stand_in = StandIn::start(rule).await;
    let mut rig = Rig::start(config(&stand_in.url, "callsync"));
    seen(&stand_in, "GET /bridges").await;
    rig.order(Lane::Server(ServerId(9)), watch());
    held.notify_one();
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
    assert_eq!(rig.next().await, Event::EndpointChanged { endpoint: phone("1001"), reachable: true, in_use: false });
    assert_eq!(rig.next().await, Event::EndpointChanged { endpoint: phone("1002"), reachable: false, in_use: false });
}
