//! The account of a real Asterisk (`tests/ari/recorded/account.json`): one caller waits, one talks, one is being rung for;
//! beside them a feature code just dialled, a snoop, and a call of the dialplan's that is none of our business.

use acd::event::{Account, BridgeAccount, LegAccount};
use model::stamp::Mark;
use model::{BridgeId, CallPhase, Endpoint, Installation, LegId, Phone, QueueId, ServerId, TheirLeg, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use super::{call, config, names, our_leg};
use crate::Config;
use crate::account::{Application, Lists, Ping};
use crate::event::{Channel, Told};
use crate::names::Names;
use crate::others::Other;

fn lists(change: impl Fn(&mut Value)) -> Lists {
    // Recorded of a build that put no installation into names: as our installation would have named it.
    let ours = ["leg", "bridge"].map(|kind| (format!("callsync-{kind}-"), format!("callsync-mbbbbbbb-{kind}-")));
    let recorded = include_str!("../../../tests/ari/recorded/account.json").to_owned();
    let text = ours.iter().fold(recorded, |text, (older, ours)| text.replace(older, ours));
    let mut lists: Value = serde_json::from_str(&text).unwrap();
    change(&mut lists);
    let take = |name: &str| lists[name].clone();
    Lists {
        channels: serde_json::from_value(take("channels")).unwrap(),
        bridges: serde_json::from_value(take("bridges")).unwrap(),
        application: serde_json::from_value(take("application")).unwrap(),
        endpoints: serde_json::from_value(take("endpoints")).unwrap(),
        info: serde_json::from_value(take("info")).unwrap(),
        ping: Ping::default(),
    }
}

fn mark(n: u128, phase: CallPhase) -> Mark {
    let queue = QueueId(Uuid::from_u128(7));
    Mark {
        call: call(n),
        queue,
        entered: Timestamp::from_ms(1_700_000_000_000),
        priority: 0,
        phase,
        since: Timestamp::from_ms(1_700_000_000_000),
        agent: None,
    }
}

fn endpoint(name: &str) -> Endpoint {
    Endpoint { server: ServerId(9), name: name.to_owned() }
}

fn theirs(id: &str) -> LegId {
    LegId::Theirs(TheirLeg { server: ServerId(9), id: id.to_owned() })
}

fn caller(id: &str, mark: Option<Mark>, number: Option<&str>, dialled: &str) -> LegAccount {
    let (number, dialled) = (number.map(Phone::new), dialled.to_owned());
    let (leg, up) = (theirs(id), mark.is_some());
    LegAccount { leg, up, rings: false, mark, number, dialled, priority: 0, came: None, endpoint: None }
}

fn agent(n: u128, up: bool, name: &str) -> LegAccount {
    let (leg, mark) = (LegId::Ours(our_leg(n, 1)), Some(mark(n, CallPhase::Offered)));
    let (dialled, endpoint) = (String::new(), Some(endpoint(name)));
    LegAccount { leg, up, rings: !up, mark, number: None, dialled, priority: 0, came: None, endpoint }
}

fn expected() -> Account {
    let bridge = BridgeId { server: ServerId(9), call: call(12), n: 1 };
    Account {
        legs: vec![
            caller("lab-1795241885.55", Some(mark(11, CallPhase::Waiting)), Some("+79120000011"), "700"),
            caller("lab-1795241886.56", Some(mark(12, CallPhase::Talking)), Some("+79120000012"), "701"),
            agent(12, true, "2001"),
            caller("lab-1795241887.59", None, None, "702"),
            agent(13, false, "2002"),
        ],
        bridges: vec![BridgeAccount { bridge, legs: vec![LegId::Ours(our_leg(12, 1)), theirs("lab-1795241886.56")] }],
        reachable: vec![endpoint("2001"), endpoint("2002")],
        in_use: vec![endpoint("2001"), endpoint("2002")],
        others: vec![],
        started: Some("2026-11-20T17:44:01.204+0000".to_owned()),
        clock: None,
    }
}

#[test]
fn who_waits_who_talks_and_who_is_rung_is_in_the_account_and_nobody_else() {
    assert_eq!(lists(|_| {}).account(&names("callsync"), &[]), expected());
}

#[test]
fn when_a_caller_came_and_what_time_it_is_by_asterisks_clock_is_in_the_account() {
    let mut lists = lists(|lists| {
        let channels = lists["channels"].as_array_mut().unwrap().iter_mut();
        let callers = channels.filter(|channel| channel["dialplan"]["app_data"].as_str().unwrap().starts_with("callsync,enter"));
        for (caller, came) in callers.zip(["", ",1795240270000", ",soon"]) {
            let (dialled, priority) = (caller["dialplan"]["exten"].as_str().unwrap().to_owned(), ",5");
            caller["dialplan"]["app_data"] = format!("callsync,enter,{dialled}{priority}{came}").into();
        }
    });
    lists.ping.timestamp = "2026-11-21T05:51:10.718+0000".to_owned();
    let account = lists.account(&names("callsync"), &[]);
    let callers = account.legs.iter().filter(|leg| matches!(leg.leg, LegId::Theirs(_)));
    let mut told: Vec<_> = callers.map(|leg| (leg.priority, leg.came.map(Timestamp::as_ms))).collect();
    told.sort_unstable();
    assert_eq!(told, [(5, None), (5, None), (5, Some(1_795_240_270_000))]);
    assert_eq!(account.clock, Some(Timestamp::from_ms(1_795_240_270_718)));
}

#[test]
fn a_feature_just_dialled_is_told_as_an_event() {
    let told = lists(|_| {}).as_events(&names("callsync"));
    let [Told::StasisStart { channel, args, replace_channel: None, .. }] = &told[..] else { panic!("{told:?}") };
    assert_eq!((channel.id.as_str(), args.join(",").as_str()), ("lab-1795241887.61", "feature,*11,2003"));
}

fn lists_with(phone: &str, leg: &str, state: &str) -> Lists {
    lists(|lists| {
        let channels = lists["channels"].as_array_mut().unwrap();
        channels.push(serde_json::json!({ "id": leg, "name": format!("PJSIP/{phone}-00000077"), "state": state }));
        let phones = lists["endpoints"].as_array_mut().unwrap();
        let phone = phones.iter_mut().find(|known| known["resource"] == phone).unwrap();
        phone["channel_ids"].as_array_mut().unwrap().push(leg.into());
    })
}

#[test]
fn a_phone_with_a_leg_that_is_not_ours_is_named_whether_or_not_one_of_ours_is_there_too() {
    let account = lists_with("2002", "lab-1795241887.77", "Up").account(&names("callsync"), &[]);
    assert_eq!(account.others, vec![endpoint("2002")]);
}

/// Its device state stays free, so nothing would be heard when the leg ends.
#[test]
fn a_phone_with_a_leg_that_was_not_dialled_yet_is_free() {
    let leg = names("callsync").our_leg(&our_leg(14, 1));
    for (state, in_use) in [("Down", false), ("Ringing", true)] {
        let lists = lists_with("1001", &leg, state);
        assert_eq!(lists.phones()["1001"].in_use, in_use, "{state}");
        let account = lists.account(&names("callsync"), &[]);
        assert_eq!((account.in_use.contains(&endpoint("1001")), account.others), (in_use, vec![]), "{state}");
    }
    let theirs = lists_with("1001", "lab-1795241887.77", "Down");
    assert_eq!(theirs.account(&names("callsync"), &[]).others, vec![]);
}

#[test]
fn legs_of_another_application_and_bridges_of_another_program_are_left_alone() {
    let elsewhere = Names::new(&Config { server: ServerId(8), ..config("", "another") });
    let account = lists(|_| {}).account(&elsewhere, &[]);
    assert_eq!((account.legs, account.bridges), (vec![], vec![]));
}

#[test]
fn without_channelvars_the_marks_are_asked_for_leg_by_leg() {
    let bare = lists(|lists| {
        for channel in lists["channels"].as_array_mut().unwrap() {
            channel.as_object_mut().unwrap().remove("channelvars");
        }
    });
    let mut asked = bare.without_variables(&names("callsync"));
    asked.sort();
    let mut ids: Vec<String> = expected().legs.iter().map(|leg| names("callsync").leg(&leg.leg)).collect();
    ids.sort();
    assert_eq!(asked, ids);
    let marks: Vec<_> =
        expected().legs.iter().filter_map(|leg| Some((names("callsync").leg(&leg.leg), leg.mark?.to_string()))).collect();
    assert_eq!(bare.account(&names("callsync"), &marks), expected());
    assert_eq!(lists(|_| {}).without_variables(&names("callsync")), [""; 0]);
}

#[test]
fn a_leg_that_was_created_and_not_yet_handed_to_us_is_ours_all_the_same() {
    let leg = our_leg(1, 1);
    let channel = Channel {
        id: names("callsync").our_leg(&leg),
        name: "PJSIP/1001-00000001".into(),
        state: "Down".into(),
        ..Channel::default()
    };
    let lists = Lists { channels: vec![channel], ..Lists::default() };
    let account = lists.account(&names("callsync"), &[]);
    assert_eq!(account.legs.len(), 1);
    assert_eq!((&account.legs[0].leg, account.legs[0].up), (&LegId::Ours(leg), false));
}

/// The recorded lists as a build wrote them that put no installation into names.
fn older() -> Lists {
    let mut lists = lists(|_| {});
    let bare = |id: &mut String| *id = id.replace("callsync-mbbbbbbb-", "callsync-");
    lists.channels.iter_mut().for_each(|channel| bare(&mut channel.id));
    for bridge in &mut lists.bridges {
        bare(&mut bridge.id);
        bridge.channels.iter_mut().for_each(bare);
    }
    let all_bare = |ids: std::collections::BTreeSet<String>| {
        ids.into_iter()
            .map(|mut id| {
                bare(&mut id);
                id
            })
            .collect()
    };
    lists.application.channel_ids = all_bare(lists.application.channel_ids);
    lists.application.bridge_ids = all_bare(lists.application.bridge_ids);
    lists.endpoints.iter_mut().for_each(|phone| phone.channel_ids.iter_mut().for_each(bare));
    lists
}

fn conversation() -> BridgeId {
    BridgeId { server: ServerId(9), call: call(12), n: 1 }
}

#[test]
fn what_an_older_build_left_in_our_application_is_ours_under_the_names_that_it_has() {
    let (lists, names) = (older(), names("callsync"));
    names.take_older(lists.older(&names));
    assert_eq!((lists.account(&names, &[]), lists.others(&names, &[])), (expected(), vec![]));
    let (leg, bridge) = (our_leg(13, 1), conversation());
    assert_eq!((names.our_leg(&leg), names.bridge(&bridge)), (leg.to_string(), bridge.to_string()));
}

#[test]
fn what_an_older_build_has_in_another_application_is_named_and_not_ours() {
    let (lists, names) = (Lists { application: Application::default(), ..older() }, names("trial"));
    names.take_older(lists.older(&names));
    let account = lists.account(&names, &[]);
    assert_eq!((account.legs, account.bridges), (vec![], vec![]));
    assert_eq!(account.others, [endpoint("2001"), endpoint("2002")], "their phones are taken by somebody else");
    // Two callers bear marks, two phones of agents are in the application.
    assert_eq!(lists.others(&names, &[]), [Other { app: "callsync".to_owned(), installation: None, legs: 4, bridges: 1 }]);
    assert_eq!(lists.held(&names), []);
}

#[test]
fn what_another_installation_has_is_named_and_not_ours_whatever_application_it_is_in() {
    let us = Names::new(&Config { installation: Installation::numbered(1), ..config("", "callsync") });
    let others = |app: &str| Other { app: app.to_owned(), installation: Some(Installation::numbered(9)), legs: 2, bridges: 1 };
    let here = lists(|_| {});
    us.take_older(here.older(&us));
    // Callers whom nobody has marked have come into our application; the marks in the recording bear no installation either.
    let account = here.account(&us, &[]);
    assert!(account.legs.iter().all(|leg| matches!(leg.leg, LegId::Theirs(_))), "{account:?}");
    assert_eq!((account.bridges, here.others(&us, &[])), (vec![], vec![others("callsync")]));
}

#[test]
fn a_caller_in_our_application_whom_another_installation_has_marked_is_its_own() {
    let marked = lists(|lists| {
        for channel in lists["channels"].as_array_mut().unwrap() {
            let mark = channel["channelvars"]["CALLSYNC"].as_str().unwrap().to_owned();
            channel["channelvars"]["CALLSYNC"] = if mark.is_empty() { mark } else { format!("{mark} i=cbbbbbbb") }.into();
        }
    });
    let names = names("callsync");
    let callers = |account: Account| account.legs.into_iter().filter(|leg| matches!(leg.leg, LegId::Theirs(_)));
    let unmarked: Vec<_> = callers(marked.account(&names, &[])).map(|leg| leg.leg.to_string()).collect();
    assert_eq!(unmarked, ["lab-1795241887.59"]);
    let [Other { app, installation, legs: 2, .. }] = &marked.others(&names, &[])[..] else {
        panic!("{:?}", marked.others(&names, &[]))
    };
    assert_eq!((app.as_str(), *installation), ("callsync", Some(Installation::numbered(1))));
    let held: Vec<_> = marked.held(&names).into_iter().map(|(leg, _)| leg.to_string()).collect();
    assert!(!held.iter().any(|leg| ["lab-1795241885.55", "lab-1795241886.56"].contains(&leg.as_str())), "{held:?}");
}

/// As a trial that began with a copy of the database.
#[test]
fn what_our_own_installation_has_in_another_application_is_not_ours() {
    let (lists, names) = (Lists { application: Application::default(), ..lists(|_| {}) }, names("trial"));
    let account = lists.account(&names, &[]);
    assert_eq!((account.legs, account.bridges, lists.held(&names)), (vec![], vec![], vec![]));
    assert!(lists.others(&names, &[]).iter().any(|other| other.installation == Some(Installation::numbered(9))));
}
