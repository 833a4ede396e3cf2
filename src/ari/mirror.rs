//! The mirror of log-ins: makes the members of Asterisk's own queues agree with the roster. Pure: what is asked of Asterisk
//! follows from what it says and what shall be.

use std::collections::{BTreeMap, BTreeSet};

use acd::Roster;
use model::ServerId;
use model::agent::FIRST_TIER;

use crate::ami::{Action, Message};
use crate::reach::TECHNOLOGY;

/// The members of our queues, by queue and interface.
pub type Members = BTreeMap<(String, String), Member>;

/// A member of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The account, which stands in for the agent's name: names of people have no business in the switch.
    pub name: String,
    /// Whose state tells whether the phone is free.
    pub watched: String,
    /// Lower ones are rung first.
    pub penalty: u8,
    /// Whether calls are kept from it.
    pub paused: bool,
}

/// What Asterisk's queues look like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// What the names of the queues that are ours begin with; the program's number follows.
    prefix: String,
    /// The queues of ours that Asterisk has.
    pub queues: BTreeSet<String>,
    /// Their members.
    pub members: Members,
    /// The interfaces whose phones are there, as far as Asterisk has said so: free or not.
    pub there: BTreeSet<String>,
}

impl Picture {
    /// Nothing is known yet of the queues whose names begin so.
    pub fn unknown(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), ..Self::default() }
    }

    /// What the answer to `QueueStatus` says of the queues whose names begin so.
    pub fn of(prefix: &str, status: &[Message]) -> Self {
        let mut picture = Self::unknown(prefix);
        for message in status {
            match message.event() {
                Some("QueueParams") => {
                    let queue = picture.queue(message);
                    picture.queues.extend(queue);
                }
                Some("QueueMember") => picture.set(message),
                _ => {}
            }
        }
        picture
    }

    /// Takes in an event. `true` if it concerns the members of our queues.
    pub fn heard(&mut self, event: &Message) -> bool {
        match event.event() {
            Some("QueueMemberAdded" | "QueueMemberPause" | "QueueMemberPenalty") if self.queue(event).is_some() => {
                self.set(event);
                true
            }
            // Only the phone counts here: it may have been told before what has been done since.
            Some("QueueMemberStatus") => {
                self.phone(event);
                false
            }
            Some("QueueMemberRemoved") if self.queue(event).is_some() => {
                if let (Some(queue), Some(interface)) = (self.queue(event), interface(event)) {
                    self.members.remove(&(queue, interface));
                }
                true
            }
            _ => false,
        }
    }

    /// Takes in that an action was carried out.
    pub fn done(&mut self, action: &Action) {
        let (Some(queue), Some(interface)) = (action.get("Queue"), action.get("Interface")) else { return };
        let key = (queue.to_owned(), interface.to_owned());
        let paused = action.get("Paused") == Some("true");
        let penalty = action.get("Penalty").and_then(|penalty| penalty.parse().ok()).unwrap_or_default();
        let text = |name| action.get(name).unwrap_or_default().to_owned();
        match (action.name(), self.members.get_mut(&key)) {
            ("QueueAdd", _) => {
                let member = Member { name: text("MemberName"), watched: text("StateInterface"), penalty, paused };
                self.members.insert(key, member);
            }
            ("QueueRemove", _) => drop(self.members.remove(&key)),
            ("QueuePause", Some(member)) => member.paused = paused,
            ("QueuePenalty", Some(member)) => member.penalty = penalty,
            _ => {}
        }
    }

    /// The queue of ours that a message is about: what follows the beginning is a number, and no other application's name.
    fn queue(&self, message: &Message) -> Option<String> {
        let number = message.get("Queue")?.strip_prefix(&self.prefix)?;
        let is_ours = !number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit() || "*#".contains(digit));
        message.get("Queue").filter(|_| is_ours).map(ToOwned::to_owned)
    }

    /// Takes in how a member's phone stands, by the numbers of `devicestate.h`: unknown, invalid and unavailable are not there.
    fn phone(&mut self, message: &Message) {
        let (Some(interface), Some(status)) = (interface(message), message.get("Status")) else { return };
        if matches!(status, "0" | "4" | "5") {
            self.there.remove(&interface);
        } else {
            self.there.insert(interface);
        }
    }

    fn set(&mut self, message: &Message) {
        self.phone(message);
        let (Some(queue), Some(interface)) = (self.queue(message), interface(message)) else { return };
        let text = |name| message.get(name).unwrap_or_default().to_owned();
        let name = message.get("MemberName").or_else(|| message.get("Name")).unwrap_or_default().to_owned();
        // One that a file names is not ours to remove; Asterisk would refuse it.
        if message.get("Membership") == Some("static") {
            return;
        }
        let penalty = text("Penalty").parse().unwrap_or(u8::MAX);
        let member = Member { name, watched: text("StateInterface"), penalty, paused: text("Paused") == "1" };
        self.members.insert((queue, interface), member);
    }
}

/// An event calls it Interface, the list Location.
fn interface(message: &Message) -> Option<String> {
    message.get("Interface").or_else(|| message.get("Location")).map(ToOwned::to_owned)
}

/// Who shall be in our queues, whose names begin so, on this server.
pub fn wanted(prefix: &str, roster: &Roster, server: ServerId) -> Members {
    let mut members = Members::new();
    for member in roster.members.iter().filter(|member| member.endpoint.server == server) {
        let account = &member.endpoint.name;
        let interface = format!("{TECHNOLOGY}/{account}");
        for (number, tier) in &member.queues {
            let penalty = tier.saturating_sub(FIRST_TIER);
            let wanted = Member { name: account.clone(), watched: interface.clone(), penalty, paused: member.paused };
            members.insert((format!("{prefix}{number}"), interface.clone()), wanted);
        }
    }
    members
}

/// What makes the picture agree with what is wanted. A queue that Asterisk does not have cannot have members. Whoever shall
/// not be there goes first, so that no caller meets both the old and the new.
pub fn differences(picture: &Picture, wanted: &Members) -> Vec<Action> {
    let mut actions = Vec::new();
    for ((queue, interface), has) in &picture.members {
        let stays = wanted.get(&(queue.clone(), interface.clone())).is_some_and(|wanted| same_phone(has, wanted));
        if !stays {
            actions.push(action("QueueRemove", queue, interface));
        }
    }
    for ((queue, interface), wanted) in wanted.iter().filter(|((queue, _), _)| picture.queues.contains(queue)) {
        let has = picture.members.get(&(queue.clone(), interface.clone())).filter(|has| same_phone(has, wanted));
        let penalty = wanted.penalty.to_string();
        let paused = wanted.paused.to_string();
        let Some(has) = has else {
            let add = action("QueueAdd", queue, interface).with("MemberName", &wanted.name);
            actions.push(add.with("StateInterface", &wanted.watched).with("Penalty", penalty).with("Paused", paused));
            continue;
        };
        if has.penalty != wanted.penalty {
            actions.push(action("QueuePenalty", queue, interface).with("Penalty", penalty));
        }
        if has.paused != wanted.paused {
            actions.push(action("QueuePause", queue, interface).with("Paused", paused));
        }
    }
    actions
}

/// What keeps the queues from ringing this phone. Not where nobody else would be left to ring: such a queue would send its callers
/// away (`leavewhenempty`), which is worse than a phone that two ring at once.
pub fn holds(picture: &Picture, interface: &str) -> Vec<Action> {
    let others = |queue: &str| {
        let mut members = picture.members.iter().filter(|((of, other), _)| of == queue && other != interface);
        members.any(|((_, other), member)| !member.paused && picture.there.contains(other))
    };
    let own = picture.members.iter().filter(|((_, own), member)| own == interface && !member.paused);
    let queues = own.map(|((queue, _), _)| queue).filter(|queue| others(queue));
    queues.map(|queue| action("QueuePause", queue, interface).with("Paused", "true")).collect()
}

/// What is wanted while these interfaces are held: the pauses of theirs stay, where somebody else is left to ring.
pub fn while_held(mut wanted: Members, picture: &Picture, held: impl Fn(&str) -> bool) -> Members {
    let is_held = |key: &(String, String)| held(&key.1) && picture.members.get(key).is_some_and(|has| has.paused);
    let rings = |(key, member): &(&(String, String), &Member)| !member.paused && !is_held(key) && picture.there.contains(&key.1);
    let left: BTreeSet<String> = wanted.iter().filter(rings).map(|(key, _)| key.0.clone()).collect();
    for (key, member) in &mut wanted {
        member.paused |= is_held(key) && left.contains(&key.0);
    }
    wanted
}

fn same_phone(has: &Member, wanted: &Member) -> bool {
    has.name == wanted.name && has.watched == wanted.watched
}

fn action(name: &'static str, queue: &str, interface: &str) -> Action {
    Action::new(name).with("Queue", queue).with("Interface", interface)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use acd::{Member as Present, Roster};
    use model::{Endpoint, PersonName, ServerId};
    use proptest::collection::{btree_map, btree_set};
    use proptest::prelude::{Strategy, any, proptest};

    use super::{Members, Picture, differences, holds, wanted, while_held};
    use crate::ami::{Action, Message, Reader};

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
        reader.bytes().extend(include_bytes!("../../tests/ari/recorded/ami.txt"));
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
        let expected = [
            "QueueAdd callsync-700 PJSIP/1001 1001 PJSIP/1001 0 true",
            "QueueAdd callsync-701 PJSIP/1001 1001 PJSIP/1001 2 true",
        ];
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
        picture.done(&super::action("QueueAdd", "callsync-700", "Local/1001@from-agents").with("MemberName", "boss"));
        let bent =
            super::action("QueueAdd", "callsync-700", "PJSIP/1001").with("MemberName", "1001").with("StateInterface", "Custom:x");
        picture.done(&bent.with("Penalty", "0").with("Paused", "false"));
        let expected = [
            "QueueRemove callsync-700 Local/1001@from-agents",
            "QueueRemove callsync-700 PJSIP/1001",
            "QueueAdd callsync-700 PJSIP/1001 1001 PJSIP/1001 0 false",
        ];
        assert_eq!(texts(&differences(&picture, &wanted)), expected);
    }

    fn status(interface: &str, status: u8) -> Message {
        let said =
            format!("Event: QueueMemberStatus\r\nQueue: callsync-700\r\nInterface: {interface}\r\nStatus: {status}\r\n\r\n");
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
}
