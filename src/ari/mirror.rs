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
    pub prefix: String,
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

/// An action on a member of a queue.
pub fn action(name: &'static str, queue: &str, interface: &str) -> Action {
    Action::new(name).with("Queue", queue).with("Interface", interface)
}
