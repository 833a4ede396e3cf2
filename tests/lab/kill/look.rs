//! A look at Asterisk's own lists: nothing stands there that no party has, nothing is missing that one has, and the ledger
//! holds for alive what Asterisk holds for alive.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

use super::ground::Ground;
use crate::Result;
use crate::parties::packet::SipMessage;
use crate::parties::{Millis, now};

/// What two looks this far apart both saw is no passing moment.
const APART: Duration = Duration::from_millis(1500);
/// A dialogue whose end was on the wire this long ago must be gone from Asterisk too.
const GONE_FOR: Millis = 1000;
/// The application that holds the program's callers.
const OURS: &str = "Stasis";

/// What Asterisk says it has at one moment.
struct Sight {
    at: Millis,
    channels: BTreeMap<String, Channel>,
    /// Bridges by id, with their channels.
    bridges: BTreeMap<String, BTreeSet<String>>,
    /// The callers whom the ledger holds for alive.
    live: BTreeSet<String>,
}

struct Channel {
    call_id: String,
    number: String,
    application: String,
    state: String,
}

/// What does not agree between Asterisk, the parties' dialogues and the ledger; and how many channels and bridges there are.
///
/// # Errors
/// When Asterisk or the ledger does not answer.
pub async fn around(ground: &Ground) -> Result<(usize, usize, Vec<String>)> {
    let first = Sight::of(ground).await?;
    sleep(APART).await;
    let second = Sight::of(ground).await?;
    let dialogues = dialogues(&ground.stage.exchange.tap.sip(|_| true));
    let mut found = channels(&first, &second, &dialogues);
    found.extend(bridges(&first, &second));
    found.extend(ledger(&first, &second));
    Ok((second.channels.len(), second.bridges.len(), found))
}

impl Sight {
    async fn of(ground: &Ground) -> Result<Self> {
        let stage = &ground.stage;
        let at = now();
        let (channels, bridges) = (stage.ari("channels").await?, stage.ari("bridges").await?);
        let live = stage.ledger.live().await?.into_iter().map(|call| call.number).collect();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let channel = |one: &Value| Channel {
            call_id: text(&one["protocol_id"]),
            number: text(&one["caller"]["number"]),
            application: text(&one["dialplan"]["app_name"]),
            state: text(&one["state"]),
        };
        Ok(Self {
            at,
            channels: list(&channels).iter().map(|one| (text(&one["id"]), channel(one))).collect(),
            bridges: list(&bridges)
                .iter()
                .map(|one| (text(&one["id"]), list(&one["channels"]).iter().map(text).collect()))
                .collect(),
            live,
        })
    }

    fn bridged(&self, channel: &str) -> bool {
        self.bridges.values().any(|members| members.contains(channel))
    }

    /// The callers who are there; or only those whom an application of the dialplan has.
    fn callers(&self, application: Option<&str>) -> BTreeSet<&str> {
        let theirs = self.channels.iter().filter(|(id, _)| !id.starts_with("callsync-"));
        let wanted = theirs.filter(|(_, one)| application.is_none_or(|application| one.application == application));
        wanted.map(|(_, one)| &*one.number).filter(|number| number.starts_with('+')).collect()
    }
}

/// When a dialogue began, and when it ended on the wire unless it stands.
type Dialogue = (Millis, Option<Millis>);

/// The dialogues of calls.
fn dialogues(messages: &[SipMessage]) -> BTreeMap<String, Dialogue> {
    let mut dialogues = BTreeMap::new();
    for message in messages.iter().filter(|message| !message.call_id.is_empty()) {
        let invites = message.cseq.ends_with("INVITE");
        let ends = match (message.method(), message.status()) {
            (Some("BYE" | "CANCEL"), _) => true,
            // 401 and 407 ask for a password, and the same dialogue comes again with it.
            (None, Some(status)) => invites && status >= 300 && status != 401 && status != 407,
            _ => false,
        };
        if message.method() == Some("INVITE") {
            dialogues.entry(message.call_id.clone()).or_insert((message.at, None));
        }
        if ends && let Some((_, end)) = dialogues.get_mut(&message.call_id) {
            end.get_or_insert(message.at);
        }
    }
    dialogues
}

fn channels(first: &Sight, second: &Sight, dialogues: &BTreeMap<String, Dialogue>) -> Vec<String> {
    let mut found = Vec::new();
    for (id, channel) in second.channels.iter().filter(|(id, _)| first.channels.contains_key(*id)) {
        let what = format!("channel {id} ({} {} {})", channel.number, channel.state, channel.application);
        match dialogues.get(&channel.call_id) {
            None => found.push(format!("no party has {what}")),
            Some((_, Some(ended))) if second.at - ended > GONE_FOR => {
                found.push(format!("the party of {what} has left {} ms ago", second.at - ended));
            }
            Some(_) => {}
        }
        let ours_talks = id.starts_with("callsync-") && channel.state == "Up" && first.channels[id].state == "Up";
        if ours_talks && !first.bridged(id) && !second.bridged(id) {
            found.push(format!("{what} is answered, and alone"));
        }
    }
    let there: BTreeSet<&str> = [first, second].iter().flat_map(|s| s.channels.values()).map(|one| &*one.call_id).collect();
    for (call_id, (began, ended)) in dialogues {
        if ended.is_none() && *began < first.at - GONE_FOR && !there.contains(&**call_id) {
            found.push(format!("a party has the dialogue {call_id}, and Asterisk has no channel for it"));
        }
    }
    found
}

fn bridges(first: &Sight, second: &Sight) -> Vec<String> {
    // While a phone rings, the bridge of its call stands ready.
    let rings = |bridge: &str| {
        let call = call_of(bridge);
        call.is_some() && second.channels.keys().chain(first.channels.keys()).any(|channel| call_of(channel) == call)
    };
    let odd = |id: &str, members: &BTreeSet<String>| members.len() == 1 || (members.is_empty() && !rings(id));
    let both = second.bridges.iter().filter_map(|(id, members)| Some((id, members, first.bridges.get(id)?)));
    both.filter(|(id, now, before)| odd(id, now) && odd(id, before))
        .map(|(id, now, _)| format!("bridge {id} has {} members", now.len()))
        .collect()
}

/// The call that an id of the program's own names: `callsync-kfjdlsmn-bridge-1-0193…-1`.
fn call_of(id: &str) -> Option<&str> {
    id.strip_prefix("callsync-")?.rsplit('-').nth(1)
}

fn ledger(first: &Sight, second: &Sight) -> Vec<String> {
    let (before, after) = (first.callers(None), second.callers(None));
    let stale = second.live.iter().filter(|number| {
        let number = number.as_str();
        first.live.contains(number) && !before.contains(number) && !after.contains(number)
    });
    // Those of the plain queue come to the books when the program hears of them.
    let (before, after) = (first.callers(Some(OURS)), second.callers(Some(OURS)));
    let missing = after.intersection(&before).filter(|number| !first.live.contains(**number) && !second.live.contains(**number));
    let stale = stale.map(|number| format!("the ledger holds {number} for alive, and Asterisk has no such caller"));
    let missing = missing.map(|number| format!("{number} is with the program, and the ledger does not hold the call for alive"));
    stale.chain(missing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(at: Millis, first_line: &str, cseq: &str) -> SipMessage {
        let nobody = std::net::SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, 1);
        SipMessage {
            at,
            at_us: at * 1000,
            from: nobody,
            to: nobody,
            first_line: first_line.to_owned(),
            call_id: "c".to_owned(),
            cseq: cseq.to_owned(),
            caller: String::new(),
        }
    }

    #[test]
    fn a_dialogue_stands_until_its_end_is_on_the_wire() {
        let mut messages = vec![message(1, "INVITE sip:700@x SIP/2.0", "1 INVITE"), message(2, "SIP/2.0 200 OK", "1 INVITE")];
        assert_eq!(dialogues(&messages)["c"], (1, None));
        messages.push(message(9, "BYE sip:700@x SIP/2.0", "2 BYE"));
        messages.push(message(10, "SIP/2.0 200 OK", "2 BYE"));
        assert_eq!(dialogues(&messages)["c"], (1, Some(9)));
    }

    #[test]
    fn a_question_for_a_password_ends_no_dialogue() {
        let messages = [message(1, "INVITE sip:*10@x SIP/2.0", "1 INVITE"), message(2, "SIP/2.0 401 Unauthorized", "1 INVITE")];
        assert_eq!(dialogues(&messages)["c"], (1, None));
        let refused = [message(1, "INVITE sip:1001@x SIP/2.0", "1 INVITE"), message(2, "SIP/2.0 486 Busy Here", "1 INVITE")];
        assert_eq!(dialogues(&refused)["c"], (1, Some(2)));
    }

    /// A bridge with these members, while a phone of its call rings or talks, if one does.
    fn sight(members: &[&str], phone: bool) -> Sight {
        let channel =
            || Channel { call_id: String::new(), number: String::new(), application: String::new(), state: String::new() };
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        Sight {
            at: 0,
            channels: phone.then(|| ("callsync-kfjdlsmn-leg-1-0193-1".to_owned(), channel())).into_iter().collect(),
            bridges: [("callsync-kfjdlsmn-bridge-1-0193-1".to_owned(), members)].into(),
            live: BTreeSet::new(),
        }
    }

    #[test]
    fn a_bridge_is_out_of_order_when_both_looks_find_it_so() {
        let (rings, alone, left) = (sight(&[], true), sight(&["one"], true), sight(&[], false));
        assert!(bridges(&rings, &alone).is_empty(), "it was ready for the answer, and its caller has hung up just now");
        assert!(bridges(&rings, &rings).is_empty() && bridges(&alone, &sight(&["one", "other"], true)).is_empty());
        assert_eq!(bridges(&alone, &alone), ["bridge callsync-kfjdlsmn-bridge-1-0193-1 has 1 members"]);
        assert_eq!(bridges(&left, &left), ["bridge callsync-kfjdlsmn-bridge-1-0193-1 has 0 members"]);
    }
}
