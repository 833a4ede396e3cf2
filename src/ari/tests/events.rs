//! What a real Asterisk 22.10.1 said in real calls (`tests/ari/recorded`), and exactly what the core hears of it.

use acd::effect::{Exit, HangupReason, Lane, Op, Order};
use acd::event::{Account, Ask, Cause, Event, LegAccount};
use model::{Endpoint, LegId, NotReadyReason, OurLeg, Phone, PromptId, ServerId, Span, TheirLeg, Timestamp};
use serde_json::Value;

use super::{call, names, our_leg};
use crate::clock;
use crate::event::{Channel, FIELDS, Told, WANTED, parse};
use crate::hearing::{Heard, Hearing};
use crate::reach::{Phones, Reach};

const RECORDED: &[(&str, &str)] = &[
    ("answered", include_str!("../../../tests/ari/recorded/answered.jsonl")),
    ("refused", include_str!("../../../tests/ari/recorded/refused.jsonl")),
    ("cancelled", include_str!("../../../tests/ari/recorded/cancelled.jsonl")),
    ("unanswered", include_str!("../../../tests/ari/recorded/unanswered.jsonl")),
    ("feature", include_str!("../../../tests/ari/recorded/feature.jsonl")),
    ("transferred", include_str!("../../../tests/ari/recorded/transferred.jsonl")),
    ("asked_to_transfer", include_str!("../../../tests/ari/recorded/asked_to_transfer.jsonl")),
    ("phones", include_str!("../../../tests/ari/recorded/phones.jsonl")),
    ("replaced", include_str!("../../../tests/ari/recorded/replaced.jsonl")),
];

fn recorded(name: &str) -> impl Iterator<Item = &'static str> {
    RECORDED.iter().find(|(recorded, _)| *recorded == name).unwrap().1.lines()
}

fn hearing(account: &Account) -> Hearing {
    Hearing::new(&names("callsync"), account, Reach::new(ServerId(9), &["1001".to_owned()], &Phones::new()))
}

/// What a build wrote that put no installation into names, as our installation would have written it.
fn as_ours(line: &str) -> String {
    line.replace("callsync-leg-", "callsync-mbbbbbbb-leg-").replace("callsync-prompt-", "callsync-mbbbbbbb-prompt-")
}

fn heard(name: &str) -> Vec<Heard> {
    let mut hearing = hearing(&Account::default());
    recorded(name).flat_map(|line| hearing.hear(parse(&as_ours(line)))).collect()
}

fn theirs(id: &str) -> TheirLeg {
    TheirLeg { server: ServerId(9), id: id.to_owned() }
}

fn arrived(id: &str) -> Heard {
    let (number, dialled, told) = (Some(Phone::new("+79123456789")), "700".to_owned(), handed_over(id));
    Heard::Event(Event::CallerArrived { leg: theirs(id), number, dialled, priority: 0, came: None, told })
}

/// When a caller was handed to us, as recorded.
fn handed_over(id: &str) -> Option<Timestamp> {
    let lines = RECORDED.iter().flat_map(|(_, lines)| lines.lines());
    let events = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut starts = events.filter(|event| event["type"] == "StasisStart" && event["channel"]["id"] == id);
    clock::of_ari(starts.next()?["timestamp"].as_str()?)
}

fn rang(leg: OurLeg) -> Heard {
    Heard::Event(Event::LegRang { leg })
}

fn answered(leg: OurLeg) -> Heard {
    Heard::Event(Event::LegAnswered { leg })
}

fn caller_ended(id: &str, q850: u16) -> Heard {
    Heard::Event(Event::LegEnded { leg: LegId::Theirs(theirs(id)), cause: Cause { q850, sip: None } })
}

fn agent_ended(leg: OurLeg, q850: u16, sip: Option<u16>) -> [Heard; 2] {
    [Heard::Ended(leg), Heard::Event(Event::LegEnded { leg: LegId::Ours(leg), cause: Cause { q850, sip } })]
}

/// The id that Asterisk gave the caller's channel in a recording.
fn caller(name: &str) -> String {
    let first: Value = serde_json::from_str(recorded(name).next().unwrap()).unwrap();
    first["channel"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_call_is_answered_put_on_hold_resumed_and_ended_by_the_agent() {
    let (id, leg) = (caller("answered"), our_leg(1, 1));
    let [gone, ended] = agent_ended(leg, 16, None);
    let prompt = PromptId { server: ServerId(9), call: call(1), n: 1 };
    let expected = [
        arrived(&id),
        Heard::Started(leg),
        rang(leg),
        answered(leg),
        Heard::Event(Event::LegHeld { leg: LegId::Ours(leg) }),
        Heard::Event(Event::LegResumed { leg: LegId::Ours(leg) }),
        gone,
        ended,
        Heard::Event(Event::PromptEnded { prompt }),
        caller_ended(&id, 0),
    ];
    assert_eq!(heard("answered"), expected);
}

/// A phone that has sent its BYE is free before Asterisk has taken the leg apart; one that we hang up only once it is gone.
#[test]
fn a_leg_ends_with_the_bye_of_its_phone_and_with_nothing_that_is_asked_for_within_asterisk() {
    let leg = our_leg(1, 1);
    let ends = |what: fn(&str) -> String| {
        let mut hearing = hearing(&Account::default());
        let ended = |heard: &[Heard]| heard.iter().any(|heard| matches!(heard, Heard::Event(Event::LegEnded { .. })));
        let at = recorded("answered").map(what).find(|line| {
            let about_the_leg = line.contains(&format!("\"{leg}\""));
            ended(&hearing.hear(parse(&as_ours(line)))) && about_the_leg
        });
        parse(&at.unwrap()).name()
    };
    assert_eq!(ends(str::to_owned), "ChannelHangupRequest");
    let softly = |line: &str| {
        line.replace(r#"{"cause":16,"type":"ChannelHangupRequest""#, r#"{"cause":16,"soft":true,"type":"ChannelHangupRequest""#)
    };
    assert_eq!(ends(softly), "StasisEnd");
    assert_eq!(ends(|line| line.replace(r#""state":"Up""#, r#""state":"Ringing""#)), "StasisEnd", "it was never answered");
}

#[test]
fn a_busy_phone_ends_its_leg_once_with_the_sip_status() {
    let (id, leg) = (caller("refused"), our_leg(2, 1));
    let [gone, ended] = agent_ended(leg, 17, Some(486));
    assert_eq!(heard("refused"), [arrived(&id), Heard::Started(leg), gone, ended, caller_ended(&id, 0)]);
}

#[test]
fn a_leg_that_we_cancel_while_it_rings_ends_once_for_want_of_an_answer() {
    let (id, leg) = (caller("cancelled"), our_leg(3, 1));
    let [gone, ended] = agent_ended(leg, 19, None);
    assert_eq!(heard("cancelled"), [arrived(&id), Heard::Started(leg), rang(leg), gone, ended, caller_ended(&id, 0)]);
}

#[test]
fn early_media_counts_as_ringing_and_asterisks_own_limit_as_no_answer() {
    let (id, leg) = (caller("unanswered"), our_leg(4, 1));
    let [gone, ended] = agent_ended(leg, 19, None);
    assert_eq!(heard("unanswered"), [arrived(&id), Heard::Started(leg), rang(leg), gone, ended, caller_ended(&id, 0)]);
}

#[test]
fn a_feature_code_names_the_phone_and_what_is_asked() {
    let id = caller("feature");
    let endpoint = Endpoint { server: ServerId(9), name: "2003".to_owned() };
    let dialled = Event::FeatureDialled { leg: theirs(&id), endpoint, feature: Some(Ask::Ready) };
    assert_eq!(heard("feature"), [Heard::Event(dialled), caller_ended(&id, 0)]);
}

#[test]
fn every_feature_code_is_known_and_no_other() {
    let asked = |code: &str| {
        let args = ["feature", code, "1001"].map(str::to_owned).to_vec();
        let start = Told::StasisStart {
            channel: Channel { id: "lab-1.1".to_owned(), ..Channel::default() },
            timestamp: String::new(),
            args,
            replace_channel: None,
        };
        match &hearing(&Account::default()).hear(start)[..] {
            [Heard::Event(Event::FeatureDialled { feature, .. })] => *feature,
            other => panic!("{other:?}"),
        }
    };
    let not_ready = |reason| Some(Ask::NotReady(reason));
    assert_eq!(asked("*10"), Some(Ask::Ready));
    assert_eq!(asked("*11"), not_ready(NotReadyReason::Asked));
    assert_eq!(asked("*111"), not_ready(NotReadyReason::Break));
    assert_eq!(asked("*112"), not_ready(NotReadyReason::Lunch));
    assert_eq!(asked("*113"), not_ready(NotReadyReason::Training));
    assert_eq!(asked("*114"), not_ready(NotReadyReason::Meeting));
    assert_eq!(asked("*12"), Some(Ask::LogOut));
    assert_eq!(asked("*13"), Some(Ask::LogIn));
    assert_eq!(asked("*14"), Some(Ask::ExtendWrapUp(Span::from_secs(30))));
    for code in ["*15", "*115", "*1", "10", ""] {
        assert_eq!(asked(code), None, "{code}");
    }
}

#[test]
fn a_transfer_behind_our_back_is_no_new_call_and_its_half_is_hung_up() {
    let (id, leg) = (caller("transferred"), our_leg(5, 1));
    let stray = LegId::Theirs(theirs("lab-1795240954.31"));
    let op = Op::Hangup { leg: stray.clone(), reason: HangupReason::Normal };
    let [gone, ended] = agent_ended(leg, 16, None);
    let expected = [
        arrived(&id),
        Heard::Started(leg),
        rang(leg),
        answered(leg),
        Heard::Event(Event::LegResumed { leg: LegId::Ours(leg) }),
        Heard::Stray(Order { lane: Lane::Leg(stray), op }),
        gone,
        ended,
    ];
    assert_eq!(heard("transferred"), expected);
}

#[test]
fn a_phone_that_asks_us_to_transfer_moves_nothing_by_itself() {
    let (id, leg) = (caller("asked_to_transfer"), our_leg(6, 1));
    let [gone, ended] = agent_ended(leg, 16, None);
    let expected = [arrived(&id), Heard::Started(leg), rang(leg), answered(leg), gone, ended, caller_ended(&id, 0)];
    assert_eq!(heard("asked_to_transfer"), expected);
}

#[test]
fn a_phone_that_registers_can_be_reached_until_it_leaves() {
    let change = |reachable| {
        let endpoint = Endpoint { server: ServerId(9), name: "1001".to_owned() };
        Heard::Event(Event::EndpointChanged { endpoint, reachable, in_use: false })
    };
    assert_eq!(heard("phones"), [change(true), change(false)]);
}

#[test]
fn a_program_that_takes_our_place_is_noticed() {
    assert_eq!(heard("replaced"), [Heard::Replaced]);
}

#[test]
fn no_event_is_misread_and_those_without_meaning_are_kept_whole() {
    let lines = RECORDED.iter().flat_map(|(_, lines)| lines.lines());
    for line in lines {
        let kind = serde_json::from_str::<Value>(line).unwrap()["type"].as_str().unwrap().to_owned();
        let wanted = WANTED.contains(&kind.as_str());
        match parse(line) {
            Told::Other { kind: kept, raw } => assert!(!wanted && kept == kind && raw == line, "{line}"),
            told => assert!(told.name() == kind && wanted, "{line}"),
        }
    }
}

/// The contract test asks Asterisk for the fields of the table, so the table must name all that the code reads.
#[test]
fn the_table_of_fields_names_every_field_that_is_read() {
    for (_, lines) in RECORDED {
        for line in lines.lines() {
            let told = parse(line);
            if matches!(told, Told::Other { .. }) {
                continue;
            }
            let mut event: Value = serde_json::from_str(line).unwrap();
            let kind = event["type"].as_str().unwrap().to_owned();
            keep_only(&mut event, &kind);
            event["type"] = kind.into();
            assert_eq!(parse(&event.to_string()), told, "{line}");
        }
    }
}

fn keep_only(value: &mut Value, model: &str) {
    let Value::Object(object) = value else { return };
    // What all events have stands in the model that they inherit from.
    object.retain(|field, _| FIELDS.iter().any(|row| [model, "Event"].contains(&row.0) && row.1 == field));
    for (_, field, inner) in FIELDS.iter().filter(|row| row.0 == model) {
        if let (Some(inner), Some(value)) = (inner, object.get_mut(*field)) {
            keep_only(value, inner);
        }
    }
}

#[test]
fn fields_and_events_that_nobody_knows_yet_do_no_harm() {
    let told = parse(r#"{"type":"StasisEnd","channel":{"id":"x","novelty":{"a":[1]}},"also":null}"#);
    assert!(matches!(told, Told::StasisEnd { channel } if channel.id == "x"));
    for odd in ["", "nonsense", "[]", r#"{"type":7}"#, r#"{"type":"Dial"}"#, r#"{"type":"FromTheFuture","x":1}"#] {
        assert!(matches!(parse(odd), Told::Other { raw, .. } if raw == odd));
    }
}

#[test]
fn a_callers_number_is_cut_and_cleaned_before_anybody_sees_it() {
    let start = |number: &str, dialled: &str| {
        let channel = serde_json::json!({ "id": "a.1", "caller": { "number": number } });
        let event = serde_json::json!({ "type": "StasisStart", "args": ["enter", dialled], "channel": channel });
        hearing(&Account::default()).hear(parse(&event.to_string()))
    };
    let number = |number: &str| match start(number, "700").remove(0) {
        Heard::Event(Event::CallerArrived { number, .. }) => number.map(|number| number.expose().to_owned()),
        other => panic!("{other:?}"),
    };
    assert_eq!(number(""), None);
    assert_eq!(number("\u{0}\r\n\u{7f}"), None);
    assert_eq!(number("+7912\r\n345"), Some("+7912345".to_owned()));
    assert_eq!(number(&"ж".repeat(10_000)), Some("ж".repeat(64)));
    let [Heard::Event(Event::CallerArrived { dialled, .. })] = &start("1", &"7".repeat(10_000))[..] else { panic!() };
    assert_eq!(dialled.len(), 64);
}

#[test]
fn when_a_call_came_is_what_the_dialplan_says_and_when_it_was_handed_over_what_the_event_says() {
    let start = |args: &[&str]| {
        let (channel, timestamp) = (serde_json::json!({ "id": "a.1" }), "2026-11-21T05:51:10.718+0000");
        let event = serde_json::json!({ "type": "StasisStart", "timestamp": timestamp, "args": args, "channel": channel });
        match hearing(&Account::default()).hear(parse(&event.to_string())).remove(0) {
            Heard::Event(Event::CallerArrived { priority, came, told, .. }) => (priority, came.map(Timestamp::as_ms), told),
            other => panic!("{other:?}"),
        }
    };
    let told = Some(Timestamp::from_ms(1_795_240_270_718));
    assert_eq!(start(&["enter", "700", "", "1795240270418"]), (0, Some(1_795_240_270_418), told));
    assert_eq!(start(&["enter", "700", "7", "1795240270719"]), (7, Some(1_795_240_270_719), told));
    for args in [&["enter", "700"][..], &["enter", "700", "7"], &["enter", "700", "7", ""], &["enter", "700", "7", "then"]] {
        assert_eq!((start(args).1, start(args).2), (None, told), "{args:?}");
    }
}

#[test]
fn a_leg_of_the_account_neither_arrives_nor_answers_again_but_its_end_is_told() {
    let own = our_leg(1, 1);
    let bare = |leg, up| LegAccount {
        leg,
        up,
        rings: false,
        mark: None,
        number: None,
        dialled: "700".to_owned(),
        priority: 0,
        came: None,
        endpoint: None,
    };
    let legs = vec![bare(LegId::Theirs(theirs("a.1")), true), bare(LegId::Ours(own), true)];
    let mut hearing = hearing(&Account { legs, ..Account::default() });
    let mut hear = |kind: &str, id: &str, rest: &str| {
        hearing.hear(parse(&format!(r#"{{"type":"{kind}","channel":{{"id":"{id}","state":"Up"}}{rest}}}"#)))
    };
    assert_eq!(hear("StasisStart", "a.1", r#","args":["enter","700"]"#), []);
    assert_eq!(hear("ChannelStateChange", &names("callsync").our_leg(&own), ""), []);
    assert_eq!(hear("StasisEnd", "a.1", ""), [caller_ended("a.1", 0)]);
    assert_eq!(hear("StasisEnd", "a.1", ""), []);
    assert_eq!(hear("ChannelDestroyed", "a.1", r#","cause":16"#), []);
    assert_eq!(hear("ChannelDestroyed", &names("callsync").our_leg(&own), r#","cause":16"#), agent_ended(own, 16, None));
    assert_eq!(hear("StasisEnd", "stranger", ""), []);
}

#[test]
fn a_leg_without_a_purpose_goes_back_to_the_dialplan() {
    for args in ["[]", r#"["snoop"]"#] {
        let told = parse(&format!(r#"{{"type":"StasisStart","args":{args},"channel":{{"id":"a.1"}}}}"#));
        let lane = Lane::Leg(LegId::Theirs(theirs("a.1")));
        let op = Op::Continue { leg: theirs("a.1"), exit: Exit::Refused };
        assert_eq!(hearing(&Account::default()).hear(told), [Heard::Stray(Order { lane, op })]);
    }
}

/// The same installation under another number of the server, another installation, and a build that wrote none.
#[test]
fn a_leg_of_a_program_beside_us_is_not_ours() {
    let elsewhere = names("callsync").our_leg(&OurLeg { server: ServerId(1), ..our_leg(1, 1) });
    let another = names("callsync").our_leg(&our_leg(1, 1)).replace("mbbbbbbb", "cbbbbbbb");
    for foreign in [elsewhere, another, our_leg(1, 1).to_string()] {
        for event in ["ChannelStateChange", "ChannelDestroyed", "StasisEnd"] {
            let told = parse(&format!(r#"{{"type":"{event}","channel":{{"id":"{foreign}","state":"Up"}}}}"#));
            assert_eq!(hearing(&Account::default()).hear(told), [], "{event} {foreign}");
        }
    }
}

#[test]
fn a_leg_of_another_installation_that_comes_into_our_application_is_left_alone() {
    let another = names("callsync").our_leg(&our_leg(1, 1)).replace("mbbbbbbb", "cbbbbbbb");
    let start = |id: &str, rest: &str| {
        let told = parse(&format!(r#"{{"type":"StasisStart","args":["leg"],"channel":{{"id":"{id}"}}{rest}}}"#));
        hearing(&Account::default()).hear(told)
    };
    assert_eq!(start(&another, ""), []);
    assert_eq!(start("a.1", &format!(r#","replace_channel":{{"id":"{another}"}}"#)), []);
}

#[test]
fn a_leg_of_an_older_build_that_comes_into_our_application_is_ours_from_then_on() {
    let mut hearing = hearing(&Account::default());
    let mut hear = |kind: &str| {
        hearing.hear(parse(&format!(r#"{{"type":"{kind}","args":["leg"],"channel":{{"id":"{}","state":"Up"}}}}"#, our_leg(1, 1))))
    };
    assert_eq!(hear("StasisStart"), [Heard::Started(our_leg(1, 1))]);
    assert_eq!(hear("ChannelStateChange"), [answered(our_leg(1, 1))]);
}
