//! Every order, and exactly the requests that carry it out; every answer, and what it means.

use std::collections::BTreeMap;

use acd::effect::{Exit, HangupReason, Op};
use acd::event::OrderFailure;
use model::stamp::Mark;
use model::{BridgeId, CallPhase, Endpoint, LegId, Outcome, PromptId, QueueId, ServerId, Span, Stamp, TheirLeg, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use super::{call, names, our_leg};
use crate::plan::{Plan, Telling, as_one, is_one_with, plan, verdict};
use crate::request::{Kind, Request};

const LEG: &str = "callsync-mbbbbbbb-leg-9-00000000000000000000000000000001-1";
const BRIDGE: &str = "callsync-mbbbbbbb-bridge-9-00000000000000000000000000000001-1";

fn caller() -> TheirLeg {
    TheirLeg { server: ServerId(9), id: "lab-1.2".to_owned() }
}

fn mark() -> Mark {
    let queue = QueueId(Uuid::from_u128(7));
    Mark {
        call: call(1),
        queue,
        entered: Timestamp::from_ms(1000),
        priority: 0,
        phase: CallPhase::Offered,
        since: Timestamp::from_ms(1000),
        agent: None,
    }
}

/// The order of a JSON object's keys means nothing, and depends on who else in the workspace uses serde_json how.
fn write(request: &Request) -> String {
    let body = request.body.as_ref().map(|body| format!(" {}", sorted(body))).unwrap_or_default();
    format!("{} {}{body}", request.kind.spec().method.name(), request.target())
}

fn sorted(value: &Value) -> Value {
    let Value::Object(fields) = value else { return value.clone() };
    let fields: BTreeMap<&String, Value> = fields.iter().map(|(name, field)| (name, sorted(field))).collect();
    fields.into_iter().map(|(name, field)| (name.clone(), field)).collect()
}

/// All requests of an order, in the order in which they would be sent.
fn requests(op: &Op) -> Vec<String> {
    requests_of("callsync", op)
}

/// The same, of another application.
fn requests_of(app: &str, op: &Op) -> Vec<String> {
    match plan(op, &names(app)) {
        Plan::InTurn(requests) => requests.iter().map(write).collect(),
        Plan::Join { join, tell } => std::iter::once(&join).chain(&tell).map(write).collect(),
        Plan::Dial { create, dial, .. } => vec![write(&create), write(&dial)],
        Plan::Stamp { telling, .. } => told(&telling),
        Plan::Watch(names) | Plan::Forget(names) => names,
    }
}

fn told(Telling { together, one_by_one }: &Telling) -> Vec<String> {
    std::iter::once(together).chain(one_by_one).map(write).collect()
}

#[test]
fn orders_about_a_caller() {
    let leg = LegId::Theirs(caller());
    assert_eq!(requests(&Op::Answer { leg: caller() }), ["POST /channels/lab-1.2/answer"]);
    let music = Op::StartMusic { leg: leg.clone(), class: "тишина & покой".to_owned() };
    let class = "%D1%82%D0%B8%D1%88%D0%B8%D0%BD%D0%B0%20%26%20%D0%BF%D0%BE%D0%BA%D0%BE%D0%B9";
    assert_eq!(requests(&music), [format!("POST /channels/lab-1.2/moh?mohClass={class}")]);
    assert_eq!(requests(&Op::StopMusic { leg: leg.clone() }), ["DELETE /channels/lab-1.2/moh"]);
    let prompt = PromptId { server: ServerId(9), call: call(1), n: 3 };
    let play = Op::Play { leg: leg.clone(), prompt, media: "sound:beep".to_owned() };
    let path = "/channels/lab-1.2/play/callsync-mbbbbbbb-prompt-9-00000000000000000000000000000001-3";
    assert_eq!(requests(&play), [format!("POST {path}?media=sound%3Abeep")]);
    let value =
        "00000000-0000-0000-0000-000000000001%2000000000-0000-0000-0000-000000000007%201000%200%20offered%201000%20i%3Dmbbbbbbb";
    let marked = format!("POST /channels/lab-1.2/variable?variable=CALLSYNC&value={value}");
    assert_eq!(requests(&Op::Mark { leg, mark: mark() }), [marked]);
    let guarded = |within| requests(&Op::Guard { leg: caller(), within });
    let timeout = |seconds| [format!("POST /channels/lab-1.2/variable?variable=TIMEOUT%28absolute%29&value={seconds}")];
    assert_eq!(guarded(Some(Span::from_secs(60))), timeout(60));
    assert_eq!(guarded(None), timeout(604_800), "a timeout that is taken away can strike in that moment");
    let back = ["POST /channels/lab-1.2/variable?variable=CALLSYNC_EXIT&value=returned", "POST /channels/lab-1.2/continue"];
    assert_eq!(requests(&Op::Continue { leg: caller(), exit: Exit::Returned }), back);
}

#[test]
fn a_hang_up_gives_its_reason() {
    let hangup = |reason| requests(&Op::Hangup { leg: LegId::Ours(our_leg(1, 1)), reason });
    assert_eq!(hangup(HangupReason::Normal), [format!("DELETE /channels/{LEG}?reason_code=16")]);
    assert_eq!(hangup(HangupReason::NoAnswer), [format!("DELETE /channels/{LEG}?reason_code=19")]);
    assert_eq!(hangup(HangupReason::AnsweredElsewhere), [format!("DELETE /channels/{LEG}?reason_code=26")]);
}

#[test]
fn orders_about_a_bridge() {
    let bridge = BridgeId { server: ServerId(9), call: call(1), n: 1 };
    assert_eq!(requests(&Op::CreateBridge { bridge }), [format!("POST /bridges/{BRIDGE}?type=mixing")]);
    let legs = vec![LegId::Theirs(caller()), LegId::Ours(our_leg(1, 1))];
    let join = format!("POST /bridges/{BRIDGE}/addChannel?channel=lab-1.2%2C{LEG}");
    // Each is told of the other, for the day that we are not there to hang up whoever is left behind.
    let peers = [
        format!("POST /channels/lab-1.2/variable?variable=CALLSYNC_PEER&value={LEG}"),
        format!("POST /channels/{LEG}/variable?variable=CALLSYNC_PEER&value=lab-1.2"),
    ];
    assert_eq!(requests(&Op::Join { bridge, legs: legs.clone() }), [join, peers[0].clone(), peers[1].clone()]);
    let alone = format!("POST /bridges/{BRIDGE}/addChannel?channel=lab-1.2");
    assert_eq!(requests(&Op::Join { bridge, legs: legs[..1].to_vec() }), [alone]);
    assert_eq!(requests(&Op::DestroyBridge { bridge }), [format!("DELETE /bridges/{BRIDGE}")]);
}

#[test]
fn a_leg_is_created_with_its_mark_and_then_dialled() {
    let endpoint = Endpoint { server: ServerId(9), name: "1001".to_owned() };
    let give_up_after = Span::from_secs(45);
    let dial = Op::Dial { leg: our_leg(1, 1), endpoint, caller: caller(), give_up_after, mark: mark() };
    let query = format!("endpoint=PJSIP%2F1001&app=callsync&appArgs=leg&channelId={LEG}&originator=lab-1.2");
    let body = format!(
        r#"{{"variables":{{"CALLSYNC":"{} i=mbbbbbbb","CHANNEL(hangup_handler_push)":"callsync-left,s,1","PJSIP_TRANSFER_HANDLING()":"ari-only"}}}}"#,
        mark()
    );
    let expected =
        [format!("POST /channels/create?{query} {body}"), format!("POST /channels/{LEG}/dial?caller=lab-1.2&timeout=45")];
    assert_eq!(requests(&dial), expected);
}

/// Its leg is told by which names the dialplan finds its program, and its CDR whose stamp it bears.
#[test]
fn another_application_than_the_usual_one_says_so() {
    let endpoint = Endpoint { server: ServerId(9), name: "1001".to_owned() };
    let give_up_after = Span::from_secs(45);
    let dial = Op::Dial { leg: our_leg(1, 1), endpoint, caller: caller(), give_up_after, mark: mark() };
    let [create, _] = &requests_of("trial", &dial)[..] else { panic!("a leg is created and dialled") };
    assert!(create.contains("&app=trial&") && create.contains(r#""CALLSYNC_OTHER":"_trial""#), "{create}");
    let (queue, outcome, entered) = ("700".to_owned(), Outcome::Abandoned, Timestamp::from_ms(1000));
    let stamp = Stamp { call: call(1), queue, outcome, entered, agent: None, answered: None };
    let told = requests_of("trial", &Op::Stamp { leg: caller(), stamp });
    assert!(told[0].contains(r#""CDR(callsync_app)":"trial""#), "{told:?}");
    assert!(told.last().unwrap().ends_with("?variable=CDR%28callsync_app%29&value=trial"), "{told:?}");
}

#[test]
fn a_stamp_is_one_request_or_one_for_each_column() {
    let stamp = Stamp {
        call: call(1),
        queue: "700".to_owned(),
        outcome: Outcome::Abandoned,
        entered: Timestamp::from_ms(1000),
        agent: None,
        answered: None,
    };
    let one =
        |column: &str, value: &str| format!("POST /channels/lab-1.2/variable?variable=CDR%28callsync_{column}%29&value={value}");
    let id = call(1).to_string();
    let all = format!(
        r#"{{"CDR(callsync_agent)":"","CDR(callsync_answered)":"","CDR(callsync_call)":"{id}","CDR(callsync_entered)":"1000","CDR(callsync_outcome)":"abandoned","CDR(callsync_queue)":"700"}}"#
    );
    let expected = [
        format!(r#"POST /channels/lab-1.2/variables {{"variables":{all}}}"#),
        one("call", &id),
        one("queue", "700"),
        one("outcome", "abandoned"),
        one("entered", "1000"),
        one("agent", ""),
        one("answered", ""),
    ];
    assert_eq!(requests(&Op::Stamp { leg: caller(), stamp }), expected);
}

#[test]
fn what_one_leg_is_told_in_a_row_is_one_request() {
    let leg = LegId::Theirs(caller());
    let (marked, guarded) = (Op::Mark { leg: leg.clone(), mark: mark() }, Op::Guard { leg: caller(), within: None });
    let one = as_one(&[marked.clone(), guarded.clone()], &names("callsync")).expect("both set variables of one leg");
    let body = format!(r#"{{"variables":{{"CALLSYNC":"{} i=mbbbbbbb","TIMEOUT(absolute)":"604800"}}}}"#, mark());
    assert_eq!((&one.join, &told(&one.telling)[0]), (&None, &format!("POST /channels/lab-1.2/variables {body}")));
    assert_eq!(told(&one.telling)[1..], [requests(&marked), requests(&guarded)].concat());
    assert_eq!(as_one(&[marked], &names("callsync")), None, "one order alone gains nothing");

    let bridge = BridgeId { server: ServerId(9), call: call(1), n: 1 };
    let join = Op::Join { bridge, legs: vec![leg, LegId::Ours(our_leg(1, 1))] };
    let one = as_one(&[join.clone(), guarded], &names("callsync")).expect("both tell the caller's leg something");
    let body = format!(r#"{{"variables":{{"CALLSYNC_PEER":"{LEG}","TIMEOUT(absolute)":"604800"}}}}"#);
    assert_eq!(told(&one.telling)[0], format!("POST /channels/lab-1.2/variables {body}"));
    let [joined, _, agent] = &requests(&join)[..] else { panic!("a join is three requests") };
    assert_eq!(one.join.map(|both| both.map(|request| write(&request))), Some([joined.clone(), agent.clone()]));
}

#[test]
fn orders_are_one_only_if_they_tell_the_same_leg() {
    let (leg, other) = (LegId::Theirs(caller()), LegId::Ours(our_leg(1, 1)));
    let bridge = BridgeId { server: ServerId(9), call: call(1), n: 1 };
    let marks = |leg: &LegId| Op::Mark { leg: leg.clone(), mark: mark() };
    let join = |legs: &[&LegId]| Op::Join { bridge, legs: legs.iter().map(|leg| (*leg).clone()).collect() };
    let guard = Op::Guard { leg: caller(), within: Some(Span::from_secs(60)) };
    let rows = [
        (guard.clone(), marks(&leg), true),
        (marks(&leg), guard.clone(), true),
        (marks(&leg), marks(&other), false),
        (join(&[&leg, &other]), guard.clone(), true),
        (join(&[&other, &leg]), marks(&leg), true),
        (join(&[&leg, &other]), marks(&other), false),
        (join(&[&leg]), guard.clone(), false),
        (guard.clone(), join(&[&leg, &other]), false),
        (Op::StopMusic { leg }, guard, false),
    ];
    for (first, next, expected) in rows {
        assert_eq!(is_one_with(&first, &next), expected, "{first:?}, {next:?}");
    }
}

#[test]
fn no_id_can_change_the_path() {
    let hostile = "../a b?c=d&e/%2f#\u{0}ж";
    let request = Request::new(Kind::Answer, &[&hostile]);
    assert_eq!(request.target(), "/channels/..%2Fa%20b%3Fc%3Dd%26e%2F%252f%23%00%D0%B6/answer");
}

#[test]
fn every_row_of_the_table_has_a_place_for_each_id_and_a_name_of_its_own() {
    let names: std::collections::BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.spec().name).collect();
    assert_eq!(names.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        let places = kind.spec().path.matches('{').count();
        let ids = ["x"; 2];
        let ids: Vec<_> = ids[..places].iter().map(|id| id as &(dyn std::fmt::Display + Sync)).collect();
        assert!(!Request::new(*kind, &ids).path().contains('{'), "{kind:?}");
    }
}

#[test]
fn an_answer_means() {
    use OrderFailure::{Gone, Refused, Unreachable};
    let refused = |status, text: &str| Err(Refused { status, text: text.to_owned() });
    let rows = [
        (Kind::Answer, 204, "", Ok(())),
        (Kind::Answer, 404, r#"{"message":"Channel not found"}"#, Err(Gone)),
        (Kind::Answer, 409, r#"{"message":"Channel not in Stasis application"}"#, Err(Gone)),
        (Kind::Answer, 412, r#"{"message":"Channel in invalid state"}"#, refused(412, "Channel in invalid state")),
        (Kind::Hangup, 404, r#"{"message":"Channel not found"}"#, Ok(())),
        (Kind::DestroyBridge, 404, r#"{"message":"Bridge not found"}"#, Ok(())),
        (Kind::CreateBridge, 409, r#"{"message":"Bridge with id 'x' already exists"}"#, Ok(())),
        (Kind::Join, 400, r#"{"message":"Channel not found"}"#, Err(Gone)),
        (Kind::Join, 422, r#"{"message":"Channel not in Stasis application"}"#, Err(Gone)),
        (Kind::CreateLeg, 500, r#"{"error":"Allocation failed"}"#, Err(Unreachable)),
        (Kind::CreateLeg, 409, r#"{"message":"exists"}"#, refused(409, "exists")),
        (Kind::StartMusic, 500, "<html>", refused(500, "<html>")),
    ];
    for (kind, status, body, expected) in rows {
        assert_eq!(verdict(kind, status, body), expected, "{kind:?} {status}");
    }
    let Err(Refused { text, .. }) = verdict(Kind::Play, 500, &"ж".repeat(10_000)) else { panic!() };
    assert_eq!(text.chars().count(), 200);
}
