//! Signs of life, accounts taken anew, and a loop that does not take what it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use acd::effect::{Lane, Op};
use acd::event::{Account, Event, OrderFailure};
use model::{LegId, ServerId, TheirLeg};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::stand_in::{Answer, CLOCK, Do, StandIn};
use super::{PATIENCE, Rig, call, config};
use crate::may_begin;

const SERVER: ServerId = ServerId(9);

fn caller(id: &str) -> TheirLeg {
    TheirLeg { server: SERVER, id: id.to_owned() }
}

fn arrives(id: &str) -> Do {
    Do::Send(format!(r#"{{"type":"StasisStart","args":["enter","700"],"channel":{{"id":"{id}"}}}}"#))
}

fn answer(id: &str) -> Op {
    Op::Answer { leg: caller(id) }
}

fn retake() -> (Lane, Op) {
    (Lane::Server(SERVER), Op::TakeAccount { server: SERVER })
}

/// What was said of our being alive, in order.
fn said(stand_in: &StandIn) -> Vec<String> {
    let said = |query: &String| query.strip_prefix("variable=CALLSYNC_ALIVE&value=").map(ToOwned::to_owned);
    stand_in.queries().iter().filter_map(said).collect()
}

async fn until(what: &str, is: impl Fn() -> bool) {
    let looking = async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("never: {what}"));
}

async fn started(stand_in: &StandIn) -> Rig {
    let mut rig = Rig::start(config(&stand_in.url, "callsync"));
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
    rig
}

#[tokio::test]
async fn each_beat_of_the_loop_is_said_in_asterisks_own_time_and_the_end_is_said_too() {
    let stand_in = StandIn::start(|_, _| None).await;
    let rig = started(&stand_in).await;
    assert_eq!(said(&stand_in), [""; 0], "nothing is said before the loop's heart beats");
    for beats in 1..=3 {
        // One that comes while the last is on its way is left out; as in the program, the next one follows.
        let heard = || {
            rig.beat();
            said(&stand_in).len() >= beats
        };
        until("the beat is said", heard).await;
    }
    assert!(said(&stand_in).iter().all(|said| *said == format!("{CLOCK}%20mbbbbbbb")), "{:?}", said(&stand_in));
    rig.stop().await;
    assert_eq!(said(&stand_in).last().unwrap(), "");
}

#[tokio::test]
async fn a_beat_from_before_the_connection_is_not_taken_for_a_sign_of_life() {
    let held = Arc::new(Notify::new());
    let answer = Answer::Held(held.clone());
    let stand_in = StandIn::start(move |request, _| (request == "GET /bridges").then(|| answer.clone())).await;
    let mut rig = Rig::start(config(&stand_in.url, "callsync"));
    until("the account is asked for", || stand_in.requests().iter().any(|request| request == "GET /bridges")).await;
    rig.beat();
    held.notify_one();
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
    rig.order(Lane::Call(call(1)), answer_and_wait());
    until("the order is carried out", || stand_in.requests().contains(&"POST /channels/a.1/answer".to_owned())).await;
    assert_eq!(said(&stand_in), [""; 0]);
}

fn answer_and_wait() -> Op {
    answer("a.1")
}

#[tokio::test]
async fn a_sign_of_life_queues_behind_no_order() {
    let stand_in = StandIn::start(|request, _| request.ends_with("/answer").then_some(Answer::Silence)).await;
    let rig = started(&stand_in).await;
    // More than may be under way at once.
    for n in 0..100 {
        rig.order(Lane::Call(call(n)), answer(&format!("a.{n}")));
    }
    until("orders are under way", || stand_in.requests().iter().filter(|request| request.ends_with("/answer")).count() > 10)
        .await;
    rig.beat();
    until("the beat is said", || said(&stand_in).len() == 1).await;
}

#[tokio::test]
async fn an_account_is_taken_anew_on_the_same_socket_after_the_orders_before_it_and_before_the_events_since() {
    let held = Arc::new(Notify::new());
    let (answer_held, bridges) = (Answer::Held(held.clone()), Arc::new(AtomicUsize::new(0)));
    let (counted, hold) = (bridges.clone(), Arc::new(Notify::new()));
    let bridges_held = Answer::Held(hold.clone());
    let rule = move |request: &str, _| match request {
        "POST /channels/a.1/answer" => Some(answer_held.clone()),
        "GET /bridges" if counted.fetch_add(1, Ordering::Relaxed) == 1 => Some(bridges_held.clone()),
        _ => None,
    };
    let stand_in = StandIn::start(rule).await;
    let mut rig = started(&stand_in).await;
    rig.order(Lane::Call(call(1)), answer("a.1"));
    let (lane, op) = retake();
    rig.order(lane, op);
    rig.order(Lane::Call(call(2)), Op::StopMusic { leg: LegId::Theirs(caller("a.2")) });
    until("the first order is under way", || stand_in.requests().iter().any(|request| request.ends_with("a.1/answer"))).await;
    assert_eq!(bridges.load(Ordering::Relaxed), 1, "the account waits for the orders before it");
    held.notify_one();
    until("the account is taken anew", || bridges.load(Ordering::Relaxed) == 2).await;
    assert!(!stand_in.requests().iter().any(|request| request.ends_with("a.2/moh")), "the order after it waits for it");
    stand_in.on_socket(arrives("a.3"));
    hold.notify_one();
    assert_eq!(rig.next().await, Event::SwitchReturned { server: SERVER, account: Account::default() });
    assert!(matches!(rig.next().await, Event::CallerArrived { leg, .. } if leg == caller("a.3")));
    until("the order after it is carried out", || stand_in.requests().iter().any(|request| request.ends_with("a.2/moh"))).await;
    assert_eq!(stand_in.sockets(), 1);
}

#[tokio::test]
async fn what_waits_in_the_socket_when_the_account_is_taken_anew_is_heard_before_it() {
    const WAITING: usize = 200;
    let held = Arc::new(Notify::new());
    let answer_held = Answer::Held(held.clone());
    let stand_in = StandIn::start(move |request, _| (request == "POST /channels/a.1/answer").then(|| answer_held.clone())).await;
    let mut rig = started(&stand_in).await;
    rig.order(Lane::Call(call(1)), answer("a.1"));
    let (lane, op) = retake();
    rig.order(lane, op);
    until("the order is under way", || stand_in.requests().iter().any(|request| request.ends_with("a.1/answer"))).await;
    (0..WAITING).for_each(|n| stand_in.on_socket(arrives(&format!("b.{n}"))));
    held.notify_one();
    for n in 0..WAITING {
        let next = rig.next().await;
        assert!(matches!(&next, Event::CallerArrived { leg, .. } if *leg == caller(&format!("b.{n}"))), "{n}: {next:?}");
    }
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
}

#[tokio::test]
async fn an_account_that_cannot_be_taken_on_this_connection_is_taken_on_the_next() {
    let rule = |request: &str, times| (request == "GET /bridges" && times == 2).then(|| Answer::Reply(503, String::new()));
    let stand_in = StandIn::start(rule).await;
    let mut rig = started(&stand_in).await;
    let (lane, op) = retake();
    rig.order(lane, op);
    assert_eq!(rig.next().await, Event::SwitchLost { server: SERVER });
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
    assert_eq!(stand_in.sockets(), 2);
}

#[tokio::test]
async fn a_loop_that_takes_nothing_is_told_nothing_with_a_gap_and_all_anew_once_it_does() {
    let stand_in = StandIn::start(|_, _| None).await;
    let mut rig = Rig::with_room(config(&stand_in.url, "callsync"), 4);
    stand_in.opened(1).await;
    // The account makes one, so the fourth of these finds no room.
    for n in 0..10 {
        stand_in.on_socket(arrives(&format!("a.{n}")));
    }
    // Whatever is ordered meanwhile cannot be told as failed; the account says what came of it.
    until("there is no more room", || rig.events.len() == 4).await;
    rig.order(Lane::Call(call(1)), answer("a.1"));
    let orders = rig.orders.clone().unwrap();
    until("the order is taken", || orders.capacity() == orders.max_capacity()).await;
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
    for n in 0..3 {
        assert!(matches!(rig.next().await, Event::CallerArrived { leg, .. } if leg == caller(&format!("a.{n}"))));
    }
    assert_eq!(rig.next().await, Event::SwitchLost { server: SERVER });
    assert_eq!(rig.next().await, Event::SwitchReturned { server: SERVER, account: Account::default() });
    stand_in.on_socket(arrives("b.1"));
    assert!(matches!(rig.next().await, Event::CallerArrived { leg, .. } if leg == caller("b.1")));
}

#[tokio::test]
async fn without_a_manager_interface_notes_cannot_be_forgotten_and_the_order_says_so() {
    let stand_in = StandIn::start(|_, _| None).await;
    let mut rig = started(&stand_in).await;
    let order = Op::ForgetFallback { server: SERVER, legs: vec![caller("a.1")] };
    rig.order(Lane::Server(SERVER), order.clone());
    assert_eq!(rig.next().await, Event::OrderFailed { order, why: OrderFailure::Unknown });
}

fn stamp(leg: &str, queue: &str) -> Op {
    let entered = model::Timestamp::from_ms(1000);
    let (call, outcome) = (call(1), model::Outcome::Abandoned);
    let stamp = model::Stamp { call, queue: queue.to_owned(), outcome, entered, agent: None, answered: None };
    Op::Stamp { leg: caller(leg), stamp }
}

#[tokio::test]
async fn a_stamp_that_hangs_holds_up_no_other_order_and_the_next_stamp_of_its_leg_still_comes_after_it() {
    let stamps = "POST /channels/a.1/variables";
    let held = Arc::new(Notify::new());
    let answer_held = Answer::Held(held.clone());
    let rule = move |request: &str, times| (request == stamps && times == 1).then(|| answer_held.clone());
    let stand_in = StandIn::start(rule).await;
    let rig = started(&stand_in).await;
    let lane = Lane::Call(call(1));
    let count = |path: &str| stand_in.requests().iter().filter(|request| *request == path).count();
    rig.order(lane.clone(), stamp("a.1", "700"));
    rig.order(lane.clone(), answer("a.1"));
    rig.order(lane.clone(), stamp("a.1", "701"));
    rig.order(lane, stamp("a.2", "702"));
    until("the order behind the first stamp is carried out", || count("POST /channels/a.1/answer") == 1).await;
    until("the other leg is stamped", || count("POST /channels/a.2/variables") == 1).await;
    assert_eq!(count(stamps), 1, "the second stamp of the same leg waits for the first");
    held.notify_one();
    until("it is sent", || count(stamps) == 2).await;
}

#[tokio::test]
async fn two_who_cannot_be_told_of_each_other_are_together_all_the_same() {
    let rule = |request: &str, _| request.ends_with("/variable").then(|| Answer::Reply(404, String::new()));
    let stand_in = StandIn::start(rule).await;
    let rig = started(&stand_in).await;
    let bridge = model::BridgeId { server: SERVER, call: call(1), n: 1 };
    let legs = vec![LegId::Theirs(caller("a.1")), LegId::Theirs(caller("a.2"))];
    rig.order(Lane::Call(call(1)), Op::Join { bridge, legs });
    assert_eq!(rig.stop().await, [Event::SwitchLost { server: SERVER }]);
    assert_eq!(
        stand_in
            .requests()
            .iter()
            .filter(|request| request.ends_with("/variable") && request.starts_with("POST /channels"))
            .count(),
        2
    );
}

/// A sign of life of this age, by its installation.
fn sign(age: i64, installation: u32) -> String {
    format!("{} {}", CLOCK.parse::<i64>().unwrap() - age, model::Installation::numbered(installation))
}

#[tokio::test]
async fn a_program_does_not_begin_while_another_installation_serves_its_application() {
    let stand_in = StandIn::start(|_, _| None).await;
    stand_in.is_alive(&sign(3, 1));
    let config = config(&stand_in.url, "callsync");
    let why = may_begin(&config).await.unwrap_err().to_string();
    for word in ["installation cbbbbbbb", "\"callsync\"", "3 s ago", "Stop it first"] {
        assert!(why.contains(word), "{why}");
    }
    let rig = Rig::start(config);
    let ended = timeout(PATIENCE, rig.task).await.expect("it ends").unwrap();
    assert_eq!(ended.unwrap_err().to_string(), why);
    assert_eq!(stand_in.sockets(), 0, "the other would have noticed");
}

#[tokio::test]
async fn a_program_follows_at_once_one_of_its_own_installation_an_older_build_and_one_that_is_dead() {
    for said in [sign(0, 9), CLOCK.to_owned(), sign(11, 1), String::new()] {
        let stand_in = StandIn::start(|_, _| None).await;
        stand_in.is_alive(&said);
        assert_eq!(may_begin(&config(&stand_in.url, "callsync")).await, Ok(()), "{said:?}");
        let rig = started(&stand_in).await;
        rig.stop().await;
    }
}

#[tokio::test]
async fn a_program_whose_application_was_taken_has_it_again_once_the_other_gives_no_sign_of_life() {
    let stand_in = StandIn::start(|_, _| None).await;
    let mut rig = started(&stand_in).await;
    stand_in.is_alive(&sign(0, 1));
    stand_in.on_socket(Do::Send(r#"{"type":"ApplicationReplaced"}"#.to_owned()));
    assert_eq!(rig.next().await, Event::SwitchLost { server: SERVER });
    let looks = || stand_in.queries().iter().filter(|query| *query == "variable=CALLSYNC_ALIVE").count();
    let before = looks();
    until("it looks twice whether the other lives", || looks() >= before + 2).await;
    assert_eq!(stand_in.sockets(), 1);
    stand_in.is_alive("");
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
    assert_eq!(stand_in.sockets(), 2);
}

/// Cut off for long, it was taken for dead.
#[tokio::test]
async fn a_program_that_comes_back_to_an_application_that_another_serves_waits_and_does_not_end() {
    let stand_in = StandIn::start(|_, _| None).await;
    let mut rig = started(&stand_in).await;
    stand_in.is_alive(&sign(0, 1));
    stand_in.on_socket(Do::Close);
    assert_eq!(rig.next().await, Event::SwitchLost { server: SERVER });
    let looks = || stand_in.queries().iter().filter(|query| *query == "variable=CALLSYNC_ALIVE").count();
    let before = looks();
    until("it looks twice whether the other lives", || looks() >= before + 2).await;
    assert_eq!(stand_in.sockets(), 1);
    stand_in.is_alive(&sign(60, 1));
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
}
