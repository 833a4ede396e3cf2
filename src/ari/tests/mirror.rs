//! The mirror of log-ins: what Asterisk says of its queues, and what makes them agree with the roster.

use std::collections::BTreeSet;

use acd::{Member as Present, Roster};
use model::{Endpoint, PersonName, ServerId};
use proptest::collection::{btree_map, btree_set};
use proptest::prelude::{Strategy, any, proptest};

use crate::ami::{Action, Message, Reader};
use crate::mirror::{Members, Picture, differences, holds, wanted, while_held};

const SERVER: ServerId = ServerId(9);

fn present(account: &str, queues: &[(&str, u8)], paused: bool) -> Present {
    let endpoint = Endpoint { server: SERVER, name: account.to_owned() };
    let queues = queues.iter().map(|(number, tier)| ((*number).to_owned(), *tier)).collect();
    Present { endpoint, name: PersonName::new("Anna\r\nAction: Logoff"), queues, paused }
}

fn members(present: Vec<Present>) -> Members {
    wanted("callsync-", &Roster { members: present }, SERVER)
}

fn texts(actions: &[Action]) -> Vec<String> {
    let told = |action: &Action| {
        let word = |name| action.get(name).map(|value| format!(" {value}")).unwrap_or_default();
        let names = ["Queue", "Interface", "MemberName", "StateInterface", "Penalty", "Paused"];
        format!("{}{}", action.name(), names.map(word).concat())
    };
    actions.iter().map(told).collect()
}

/// Asterisk's queues 700 to 702, after these actions.
fn after(actions: &[Action]) -> Picture {
    let mut picture = Picture {
        queues: ["callsync-700", "callsync-701", "callsync-702"].map(str::to_owned).into(),
        ..Picture::unknown("callsync-")
    };
    for action in actions {
        picture.done(action);
    }
    picture
}

fn recorded() -> Vec<Message> {
    let mut reader = Reader::default();
    reader.bytes().extend(include_bytes!("../../../tests/ari/recorded/ami.txt"));
    std::iter::from_fn(|| reader.next().unwrap()).collect()
}

#[test]
fn queues_of_another_application_are_another_programs() {
    let params = |queue: &str| {
        let mut reader = Reader::default();
        reader.bytes().extend(format!("Asterisk Call Manager/11.0.0\r\nEvent: QueueParams\r\nQueue: {queue}\r\n\r\n").bytes());
        reader.next().unwrap().unwrap()
    };
    let all = ["callsync-700", "callsync_trial-700", "callsync-trial-700", "callsync-", "790"].map(params);
    let ours = |prefix| Picture::of(prefix, &all).queues.into_iter().collect::<Vec<_>>();
    assert_eq!(ours("callsync-"), ["callsync-700"]);
    assert_eq!(ours("callsync_trial-"), ["callsync_trial-700"]);
}

#[test]
fn whoever_is_logged_in_becomes_a_member_of_each_queue_that_they_serve_and_asterisk_has() {
    let wanted = members(vec![present("1001", &[("700", 1), ("701", 3), ("123", 1)], true)]);
    let expected =
        ["QueueAdd callsync-700 PJSIP/1001 1001 PJSIP/1001 0 true", "QueueAdd callsync-701 PJSIP/1001 1001 PJSIP/1001 2 true"];
    assert_eq!(texts(&differences(&after(&[]), &wanted)), expected);
}

#[test]
fn only_differences_are_asked_for() {
    let before = members(vec![present("1001", &[("700", 1), ("701", 1)], false), present("1002", &[("700", 1)], false)]);
    let picture = after(&differences(&after(&[]), &before));
    assert_eq!(texts(&differences(&picture, &before)), [""; 0]);
    let now = members(vec![present("1001", &[("700", 1), ("701", 2)], true)]);
    let expected = [
        "QueueRemove callsync-700 PJSIP/1002",
        "QueuePause callsync-700 PJSIP/1001 true",
        "QueuePenalty callsync-701 PJSIP/1001 1",
        "QueuePause callsync-701 PJSIP/1001 true",
    ];
    assert_eq!(texts(&differences(&picture, &now)), expected);
}

#[test]
fn agents_of_another_asterisk_are_none_of_its_members() {
    let mut elsewhere = present("1001", &[("700", 1)], false);
    elsewhere.endpoint.server = ServerId(8);
    assert_eq!(members(vec![elsewhere]), Members::new());
}

#[test]
fn a_recorded_status_is_read_and_queues_that_are_not_ours_are_left_alone() {
    let picture = Picture::of("callsync-", &recorded());
    assert_eq!(picture.queues, BTreeSet::from(["callsync-700".to_owned()]));
    let names: Vec<_> = picture.members.iter().map(|((queue, interface), member)| (queue, interface, member)).collect();
    let [(queue, interface, member)] = &names[..] else { panic!("{names:?}") };
    assert_eq!((queue.as_str(), interface.as_str()), ("callsync-700", "PJSIP/1001"));
    assert_eq!((member.name.as_str(), member.penalty, member.paused), ("1001", 1, false));
}

#[test]
fn recorded_events_lead_to_the_same_picture_as_our_own_book_keeping() {
    let mut heard = Picture::unknown("callsync-");
    let concern: Vec<bool> = recorded().iter().map(|message| heard.heard(message)).collect();
    assert_eq!(concern.into_iter().filter(|concerns| *concerns).count(), 5);
    let wanted = members(vec![present("1001", &[("700", 2)], false)]);
    let booked = after(&differences(&after(&[]), &wanted));
    assert_eq!(heard.members, booked.members);
}

#[test]
fn a_member_that_somebody_else_added_or_bent_is_put_right() {
    let wanted = members(vec![present("1001", &[("700", 1)], false)]);
    let mut picture = after(&differences(&after(&[]), &wanted));
    picture.done(&crate::mirror::action("QueueAdd", "callsync-700", "Local/1001@from-agents").with("MemberName", "boss"));
    let bent = crate::mirror::action("QueueAdd", "callsync-700", "PJSIP/1001")
        .with("MemberName", "1001")
        .with("StateInterface", "Custom:x");
    picture.done(&bent.with("Penalty", "0").with("Paused", "false"));
    let expected = [
        "QueueRemove callsync-700 Local/1001@from-agents",
        "QueueRemove callsync-700 PJSIP/1001",
        "QueueAdd callsync-700 PJSIP/1001 1001 PJSIP/1001 0 false",
    ];
    assert_eq!(texts(&differences(&picture, &wanted)), expected);
}

fn status(interface: &str, status: u8) -> Message {
    let said = format!("Event: QueueMemberStatus\r\nQueue: callsync-700\r\nInterface: {interface}\r\nStatus: {status}\r\n\r\n");
    let mut reader = Reader::default();
    reader.bytes().extend(format!("Asterisk Call Manager/11.0.0\r\n{said}").into_bytes());
    reader.next().unwrap().unwrap()
}

#[test]
fn a_phone_is_held_back_from_a_queue_only_if_somebody_elses_phone_is_left_to_ring() {
    let both = [("700", 1), ("701", 1)];
    let present = vec![present("1001", &both, false), present("1002", &both[..1], false), present("1003", &both, true)];
    let mut picture = after(&differences(&after(&[]), &members(present)));
    let nothing = [""; 0];
    assert_eq!(texts(&holds(&picture, "PJSIP/1001")), nothing, "nobody has heard of the other phone");
    assert!(!picture.heard(&status("PJSIP/1002", 1)) && !picture.heard(&status("PJSIP/1003", 1)));
    assert_eq!(texts(&holds(&picture, "PJSIP/1001")), ["QueuePause callsync-700 PJSIP/1001 true"]);
    assert_eq!(texts(&holds(&picture, "PJSIP/1003")), nothing, "it is paused already");
    for gone in [0, 4, 5] {
        picture.heard(&status("PJSIP/1002", gone));
        assert_eq!(texts(&holds(&picture, "PJSIP/1001")), nothing, "{gone}");
        // Whoever is on the phone will be there.
        picture.heard(&status("PJSIP/1002", 2));
        assert_eq!(holds(&picture, "PJSIP/1001").len(), 1);
    }
    picture.heard(&status("PJSIP/1001", 1));
    holds(&picture, "PJSIP/1001").iter().for_each(|action| picture.done(action));
    assert_eq!(texts(&holds(&picture, "PJSIP/1002")), nothing, "one of the two must be left");
}

#[test]
fn a_phone_that_is_held_stays_paused_where_it_is_and_is_given_back_afterwards() {
    let present = vec![present("1001", &[("700", 1), ("701", 1)], false), present("1002", &[("700", 1)], false)];
    let wanted = members(present);
    let mut picture = after(&differences(&after(&[]), &wanted));
    picture.heard(&status("PJSIP/1002", 1));
    holds(&picture, "PJSIP/1001").iter().for_each(|action| picture.done(action));
    let held = while_held(wanted.clone(), &picture, |interface| interface == "PJSIP/1001");
    assert_eq!(texts(&differences(&picture, &held)), [""; 0]);
    let released = while_held(wanted, &picture, |_| false);
    assert_eq!(texts(&differences(&picture, &released)), ["QueuePause callsync-700 PJSIP/1001 false"]);
}

fn rosters() -> impl Strategy<Value = Members> {
    let agent = (btree_map(700..703_u32, 1..4_u8, 0..3), any::<bool>());
    btree_map(1001..1006_u32, agent, 0..5).prop_map(|agents| {
        let member = |(account, (queues, paused)): (u32, (std::collections::BTreeMap<u32, u8>, bool))| {
            let queues: Vec<(String, u8)> = queues.into_iter().map(|(number, tier)| (number.to_string(), tier)).collect();
            let queues: Vec<(&str, u8)> = queues.iter().map(|(number, tier)| (number.as_str(), *tier)).collect();
            present(&account.to_string(), &queues, paused)
        };
        members(agents.into_iter().map(member).collect())
    })
}

proptest! {
    #[test]
    fn whatever_stood_there_before_the_queues_agree_with_the_roster_afterwards(
        before in rosters(), now in rosters(), meddled in btree_set(0..40_usize, 0..4)
    ) {
        let mut picture = after(&differences(&after(&[]), &before));
        for (at, member) in picture.members.values_mut().enumerate() {
            if meddled.contains(&at) {
                member.paused ^= true;
                member.penalty += 1;
            }
        }
        for action in differences(&picture, &now) {
            picture.done(&action);
        }
        assert_eq!(&picture.members, &now);
        assert_eq!(differences(&picture, &now), []);
    }
}
