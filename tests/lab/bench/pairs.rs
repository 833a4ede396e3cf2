//! What a turn was like, read from the SIP messages on the wire and from the voices that arrived: how long agents were idle,
//! how soon phones rang, how soon people heard each other, and who was lost. Nobody's log is believed here. Times are
//! microseconds.

use std::collections::BTreeMap;

use serde::Serialize;

use super::scenario::Scenario;
use crate::parties::packet::SipMessage;
use crate::ports::TRUNK_ADDRESS;
use crate::scenarios::witness::wire::{Dialogue, End, Moment, doubles, fine_dialogues, idle_gaps};

/// A phone may hang up this much before its time is over: sipp's own clock is that coarse.
const CLOCK_US: i64 = 20_000;

/// A caller's visit, as the caller's own line shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The caller's number.
    pub number: String,
    /// When the INVITE was sent.
    pub dialled: Moment,
    /// When Asterisk hung up.
    pub was_hung_up: Option<Moment>,
    /// Whether it ended in another way: the caller hung up, or was refused.
    pub broke: bool,
}

/// What was measured in one turn, in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Measured {
    /// From an agent's BYE to that agent's next INVITE while callers wait.
    pub idle_gaps: Vec<f64>,
    /// From a caller's INVITE to a free agent's.
    pub rings: Vec<f64>,
    /// From an agent's 200 OK to the first packet of the agent's voice at the caller.
    pub bridges: Vec<f64>,
    /// How many callers came.
    pub calls: usize,
    /// Those whose call did not end as planned, and how it went.
    pub lost: Vec<String>,
}

/// Reads a turn. `first_voice` gives when the first packet of an agent's voice arrived at a caller between two times.
pub fn measure(
    messages: &[SipMessage],
    asterisk: u16,
    scenario: &Scenario,
    first_voice: impl Fn(&str, Moment, Moment) -> Option<Moment>,
) -> Measured {
    let talks = fine_dialogues(messages, asterisk);
    let visits = visits(messages, asterisk);
    let dialled: BTreeMap<&str, Moment> = visits.iter().map(|visit| (&*visit.number, visit.dialled)).collect();
    let bridges = talks.iter().filter_map(|talk| {
        let answered = talk.answered?;
        Some(first_voice(&talk.caller, answered, talk.to?)? - answered)
    });
    let mut lost: Vec<String> = visits.iter().filter_map(|visit| loss(visit, &talks, scenario)).collect();
    lost.extend(doubles(&talks));
    Measured {
        idle_gaps: millis(idle_gaps(&talks, |number| dialled.get(number).copied())),
        rings: millis(rings(&visits, &talks, scenario.agents)),
        bridges: millis(bridges),
        calls: visits.len(),
        lost,
    }
}

#[expect(clippy::cast_precision_loss, reason = "times of a turn are far below 2^52 microseconds")]
fn millis(times: impl IntoIterator<Item = Moment>) -> Vec<f64> {
    times.into_iter().map(|time| time as f64 / 1000.0).collect()
}

/// All visits of callers from the trunk, in the order of their INVITEs.
pub fn visits(messages: &[SipMessage], asterisk: u16) -> Vec<Visit> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut visits: Vec<Visit> = Vec::new();
    for message in messages {
        let of_trunk = message.from.port() != asterisk && message.from.ip().to_string() == TRUNK_ADDRESS;
        match places.get(&*message.call_id) {
            Some(place) => visits[*place].hear(message, of_trunk),
            None if of_trunk && message.method() == Some("INVITE") => {
                places.insert(&message.call_id, visits.len());
                let number = message.caller.clone();
                visits.push(Visit { number, dialled: message.at_us, was_hung_up: None, broke: false });
            }
            None => {}
        }
    }
    visits
}

impl Visit {
    fn hear(&mut self, message: &SipMessage, of_caller: bool) {
        match (message.method(), message.status()) {
            (Some("BYE"), _) if of_caller => self.broke = true,
            (Some("BYE"), _) => self.was_hung_up = self.was_hung_up.or(Some(message.at_us)),
            (None, Some(300..)) if message.cseq.ends_with("INVITE") => self.broke = true,
            _ => {}
        }
    }
}

/// From each caller's INVITE to the first one at an agent's phone for them, of those who found more agents free than people
/// waiting.
fn rings(visits: &[Visit], talks: &[Dialogue], agents: usize) -> Vec<Moment> {
    let mut first: BTreeMap<&str, Moment> = BTreeMap::new();
    for talk in talks {
        first.entry(&talk.caller).or_insert(talk.from);
    }
    let rang = |visit: &Visit| first.get(&*visit.number).copied();
    let found_somebody_free = |visit: &&Visit| {
        let at = visit.dialled;
        let busy = talks.iter().filter(|talk| talk.from <= at && talk.to.is_none_or(|to| to > at)).count();
        let before = visits.iter().filter(|other| other.dialled < at && rang(other).is_none_or(|rang| rang > at)).count();
        busy + before < agents
    };
    visits.iter().filter(found_somebody_free).filter_map(|visit| Some(rang(visit)? - visit.dialled)).collect()
}

/// How a caller was lost: whoever talked to one agent for as long as planned, until that agent hung up and Asterisk then let
/// the caller go, was not.
fn loss(visit: &Visit, talks: &[Dialogue], scenario: &Scenario) -> Option<String> {
    let talk = talks.iter().rfind(|talk| talk.caller == visit.number);
    let number = &visit.number;
    let Some(talk) = talk else { return Some(format!("{number} rang at no phone")) };
    let Some(((answered, to), hung_up)) = talk.answered.zip(talk.to).zip(visit.was_hung_up) else {
        return Some(format!("{number} never came to the end of a talk with {}", talk.agent));
    };
    let planned = scenario.shortest_talk_us() - CLOCK_US;
    if talk.end != Some(End::PhoneHungUp) || visit.broke || to - answered < planned || hung_up < to {
        return Some(format!("{number} and {} were parted in another way than planned", talk.agent));
    }
    None
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddrV4};

    use super::*;
    use crate::bench::scenario::ALL;

    const ASTERISK: u16 = 5060;

    /// A line of the wire: milliseconds, who sends (caller, agent, Asterisk), call-id, first line, CSeq, number.
    fn message(at_ms: i64, from: &str, call: &str, first_line: &str, cseq: &str, number: &str) -> SipMessage {
        let address = match from {
            "caller" => SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, 2), 40_000),
            "agent" => SocketAddrV4::new(Ipv4Addr::LOCALHOST, 40_001),
            _ => SocketAddrV4::new(Ipv4Addr::LOCALHOST, ASTERISK),
        };
        let [first_line, call_id, cseq, caller] = [first_line, call, cseq, number].map(str::to_owned);
        SipMessage { at: at_ms, at_us: at_ms * 1000, from: address, to: address, first_line, call_id, cseq, caller }
    }

    /// A whole visit: dialled, rung, answered, ended by the agent, let go.
    fn visit(n: u32, [dialled, rung, answered, ended, let_go]: [i64; 5]) -> Vec<SipMessage> {
        let (number, inner, outer) = (format!("+{n}"), format!("in-{n}"), format!("out-{n}"));
        vec![
            message(dialled, "caller", &inner, "INVITE sip:790@x SIP/2.0", "1 INVITE", &number),
            message(dialled + 1, "asterisk", &inner, "SIP/2.0 200 OK", "1 INVITE", &number),
            message(rung, "asterisk", &outer, "INVITE sip:1001@x SIP/2.0", "9 INVITE", &number),
            // Sent again: the first one counts.
            message(rung + 1, "asterisk", &outer, "INVITE sip:1001@x SIP/2.0", "9 INVITE", &number),
            message(answered, "agent", &outer, "SIP/2.0 200 OK", "9 INVITE", &number),
            message(ended, "agent", &outer, "BYE sip:x SIP/2.0", "1 BYE", &number),
            message(let_go, "asterisk", &inner, "BYE sip:x SIP/2.0", "2 BYE", &number),
        ]
    }

    fn wire(visits: &[(u32, [i64; 5])]) -> Vec<SipMessage> {
        let mut messages: Vec<SipMessage> = visits.iter().flat_map(|(n, times)| visit(*n, *times)).collect();
        messages.sort_by_key(|message| message.at_us);
        messages
    }

    fn measured(messages: &[SipMessage]) -> Measured {
        // Every voice arrives 19 ms after the answer.
        measure(messages, ASTERISK, &ALL[0], |_, from, _| Some(from + 19_000))
    }

    #[test]
    fn a_turn_is_read_from_the_wire() {
        let found = measured(&wire(&[(1, [0, 8, 20, 320, 322]), (2, [5, 327, 340, 641, 643])]));
        assert_eq!(found.idle_gaps, [7.0]);
        assert_eq!(found.rings, [8.0], "the second one found the agent busy");
        assert_eq!(found.bridges, [19.0, 19.0]);
        assert_eq!((found.calls, found.lost), (2, Vec::new()));
    }

    #[test]
    fn whoever_waits_before_a_caller_takes_the_free_agent_from_them() {
        // The first has dialled and does not ring yet when the second dials: one agent is free, and meant for the first.
        let found = measured(&wire(&[(1, [0, 50, 60, 400, 402]), (2, [10, 410, 420, 730, 731])]));
        assert_eq!(found.rings, [50.0]);
    }

    #[test]
    fn callers_whose_call_ends_in_another_way_are_lost() {
        let good = || wire(&[(1, [0, 8, 20, 320, 322])]);
        let without = |what: &str| good().into_iter().filter(|one| !one.first_line.starts_with(what)).collect::<Vec<_>>();
        assert_eq!(measured(&without("BYE")).lost, ["+1 never came to the end of a talk with 1001"]);
        assert_eq!(measured(&without("SIP/2.0 200")).lost, ["+1 never came to the end of a talk with 1001"]);
        assert_eq!(measured(&without("INVITE sip:1001")).lost, ["+1 rang at no phone"]);
        let parted = ["+1 and 1001 were parted in another way than planned"];
        assert_eq!(measured(&wire(&[(1, [0, 8, 20, 220, 222])])).lost, parted, "too early");
        let mut left = good();
        left.push(message(100, "caller", "in-1", "BYE sip:x SIP/2.0", "2 BYE", "+1"));
        assert_eq!(measured(&left).lost, parted, "the caller hung up");
        let mut cut = good();
        cut.retain(|one| one.at_us < 200_000);
        cut.push(message(330, "asterisk", "out-1", "BYE sip:x SIP/2.0", "3 BYE", "+1"));
        cut.push(message(331, "asterisk", "in-1", "BYE sip:x SIP/2.0", "3 BYE", "+1"));
        assert_eq!(measured(&cut).lost, parted, "Asterisk hung up on the agent");
    }

    #[test]
    fn a_phone_that_rings_for_two_at_once_is_no_success_of_either() {
        let found = measured(&wire(&[(1, [0, 8, 20, 320, 322]), (2, [5, 100, 340, 641, 643])]));
        assert_eq!(found.lost.len(), 1, "{:?}", found.lost);
    }
}
