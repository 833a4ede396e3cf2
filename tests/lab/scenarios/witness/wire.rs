//! What went over the wire between Asterisk and the agents' phones: each call's dialogue, read from the SIP messages
//! themselves. Nobody's log is believed here.

use std::collections::BTreeMap;

use crate::parties::Tap;
use crate::parties::packet::{SipMessage, user_of};
use crate::site::ACCOUNTS;

/// A moment on the wire: in milliseconds since 1970, or, where they were asked for, in microseconds.
pub type Moment = i64;

/// A call at an agent's phone, from the INVITE to the message that ended it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialogue {
    /// The agent's account.
    pub agent: String,
    /// The caller's number, as the phone was told it.
    pub caller: String,
    /// When the INVITE was sent.
    pub from: Moment,
    /// When the phone said that it has answered.
    pub answered: Option<Moment>,
    /// When the first message was sent that ends it: BYE, CANCEL, or a refusal.
    pub to: Option<Moment>,
    /// How it ended.
    pub end: Option<End>,
}

/// What ended a dialogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The phone hung up.
    PhoneHungUp,
    /// Asterisk hung up.
    WasHungUp,
    /// Asterisk took the ringing back.
    Cancelled,
    /// The phone refused with this status.
    Refused(u16),
}

/// All calls at agents' phones that the tap has seen, in the order of their INVITEs.
pub fn dialogues(tap: &Tap, asterisk: u16) -> Vec<Dialogue> {
    read(&tap.sip(|_| true), asterisk, |message| message.at)
}

/// The same from messages, with all times in microseconds.
pub fn fine_dialogues(messages: &[SipMessage], asterisk: u16) -> Vec<Dialogue> {
    read(messages, asterisk, |message| message.at_us)
}

fn read(messages: &[SipMessage], asterisk: u16, clock: impl Fn(&SipMessage) -> Moment) -> Vec<Dialogue> {
    let mut calls: BTreeMap<&str, Dialogue> = BTreeMap::new();
    let mut order = Vec::new();
    for message in messages {
        let at = clock(message);
        if let Some(call) = calls.get_mut(&*message.call_id) {
            call.hear(message, asterisk, at);
        } else if let Some(call) = Dialogue::begun_by(message, asterisk, at) {
            order.push(&*message.call_id);
            calls.insert(&message.call_id, call);
        }
    }
    order.iter().filter_map(|id| calls.remove(id)).collect()
}

/// From an agent's BYE to the next INVITE at that phone, wherever that call's caller had dialled before the BYE: the agent was
/// free, and somebody waited, all that time. `dialled` says when the caller with a number did. In the dialogues' own unit.
pub fn idle_gaps(dialogues: &[Dialogue], dialled: impl Fn(&str) -> Option<Moment>) -> Vec<Moment> {
    let mut last: BTreeMap<&str, &Dialogue> = BTreeMap::new();
    let mut gaps = Vec::new();
    for call in dialogues {
        let before = last.insert(&call.agent, call).filter(|before| before.end == Some(End::PhoneHungUp));
        let free = before.and_then(|before| before.to);
        if let Some((free, dialled)) = free.zip(dialled(&call.caller))
            && dialled < free
        {
            gaps.push(call.from - free);
        }
    }
    gaps
}

impl Dialogue {
    /// An INVITE from Asterisk to an agent's account begins one.
    fn begun_by(message: &SipMessage, asterisk: u16, at: Moment) -> Option<Self> {
        if message.method() != Some("INVITE") || message.from.port() != asterisk {
            return None;
        }
        // baresip has itself called by its account and a number of its own: sip:1001-0x5581f0@127.0.0.1.
        let agent = user_of(&message.first_line).split('-').next().unwrap_or_default().to_owned();
        let known = agent.parse().is_ok_and(|account: u32| ACCOUNTS.contains(&account));
        let caller = message.caller.clone();
        known.then_some(Self { agent, caller, from: at, answered: None, to: None, end: None })
    }

    fn hear(&mut self, message: &SipMessage, asterisk: u16, at: Moment) {
        let of_phone = message.from.port() != asterisk;
        let end = match (message.method(), message.status()) {
            (Some("BYE"), _) if of_phone => End::PhoneHungUp,
            (Some("BYE"), _) => End::WasHungUp,
            (Some("CANCEL"), _) => End::Cancelled,
            (None, Some(200)) if message.cseq.ends_with("INVITE") => {
                self.answered.get_or_insert(at);
                return;
            }
            (None, Some(status)) if status >= 300 && message.cseq.ends_with("INVITE") => End::Refused(status),
            _ => return,
        };
        if self.end.is_none() {
            (self.to, self.end) = (Some(at), Some(end));
        }
    }
}

/// When Asterisk told each caller that it has their INVITE (100 Trying), by the caller's number.
pub fn taken(tap: &Tap, asterisk: u16) -> BTreeMap<String, Moment> {
    let mut taken = BTreeMap::new();
    for message in tap.sip(|message| message.from.port() == asterisk && message.status() == Some(100)) {
        taken.entry(message.caller).or_insert(message.at);
    }
    taken
}

/// Wherever a phone was sent a call while it still had another, in sentences.
pub fn doubles(dialogues: &[Dialogue]) -> Vec<String> {
    let mut phones: BTreeMap<&str, &Dialogue> = BTreeMap::new();
    let mut found = Vec::new();
    for call in dialogues {
        if let Some(before) = phones.insert(&call.agent, call)
            && before.to.is_none_or(|to| to > call.from)
        {
            let (agent, first, second) = (&call.agent, &before.caller, &call.caller);
            found.push(format!("the phone of {agent} was sent the call from {second} while it had the one from {first}"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(agent: &str, from: Moment, to: Option<Moment>) -> Dialogue {
        Dialogue { agent: agent.into(), caller: format!("+{from}"), from, answered: None, to, end: to.map(|_| End::Cancelled) }
    }

    #[test]
    fn a_call_is_that_of_the_account_whose_phone_is_invited() {
        let place = std::net::SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, 5060);
        let invited = |whom: &str| {
            let message = SipMessage {
                at: 1,
                at_us: 1000,
                from: place,
                to: place,
                first_line: format!("INVITE sip:{whom}@127.0.0.1:30100 SIP/2.0"),
                call_id: "c".to_owned(),
                cseq: "1 INVITE".to_owned(),
                caller: "+7".to_owned(),
            };
            fine_dialogues(&[message], 5060).pop().map(|call| call.agent)
        };
        assert_eq!(invited("1001"), Some("1001".to_owned()));
        assert_eq!(invited("1001-0x5581f0"), Some("1001".to_owned()));
        assert_eq!(invited("700"), None);
    }

    #[test]
    fn a_gap_counts_while_somebody_waits_and_only_after_the_agents_own_bye() {
        let by_phone = |from, to| Dialogue { end: Some(End::PhoneHungUp), ..call("1001", from, Some(to)) };
        let calls = [by_phone(10, 20), by_phone(27, 40), by_phone(90, 95), call("1001", 97, Some(98)), call("1001", 99, None)];
        // +27 had dialled long before, +90 only after the agent was free, +99 comes after a call that Asterisk took back.
        let dialled = |number: &str| if number == "+90" { Some(80) } else { Some(5) };
        assert_eq!(idle_gaps(&calls, dialled), [7, 2]);
        assert_eq!(idle_gaps(&calls, |_| None), Vec::<Moment>::new());
    }

    #[test]
    fn a_call_that_comes_before_the_last_one_has_ended_is_a_double() {
        let good = [call("1001", 10, Some(20)), call("1002", 15, Some(40)), call("1001", 20, None)];
        assert_eq!(doubles(&good), Vec::<String>::new());
        let bad = [call("1001", 10, Some(20)), call("1001", 19, Some(30)), call("1002", 1, None), call("1002", 50, None)];
        assert_eq!(doubles(&bad).len(), 2);
    }
}
