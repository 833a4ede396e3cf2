//! The floor: the least that an ARI program can do to be a queue, so that whatever a real one takes longer is its own doing.
//! An agent's BYE: create a leg to the next phone; its start: dial it; its answer: music off, both into a bridge. No rules, no
//! books, no marks, no answers waited for, nothing that would survive anything.
//!
//! It runs as a process of its own (`lab floor`), so that its cost is measured as the product's is.

use std::collections::{BTreeMap, VecDeque};
use std::process::ExitCode;

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::{Result, Trouble};

/// Its name as an ARI application.
pub const APP: &str = "floor";
/// What it says once callers may come.
pub const READY: &str = "the floor is ready";
/// The addresses and the password that it is told.
pub const URL: &str = "CALLSYNC_LAB_ARI_URL";
/// As in `ari.conf`.
pub const PASSWORD: &str = "CALLSYNC_LAB_ARI_PASSWORD";
/// What the ids of its legs begin with.
const LEG: &str = "floor-leg-";
/// All that it wants to hear of.
const EVENTS: [&str; 4] = ["StasisStart", "StasisEnd", "ChannelStateChange", "ChannelHangupRequest"];

/// A request to Asterisk: method, path with query, body.
type Request = (&'static str, String, Option<Value>);

/// What it reads of an event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Heard {
    r#type: String,
    channel: Channel,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Channel {
    id: String,
    state: String,
}

/// All that it knows.
#[derive(Debug, Default)]
struct Floor {
    idle: VecDeque<String>,
    waiting: VecDeque<String>,
    /// Legs to phones: the phone, and the caller whom it is for.
    legs: BTreeMap<String, (String, String)>,
    made: u64,
}

impl Floor {
    fn of(agents: impl IntoIterator<Item = String>) -> Self {
        Self { idle: agents.into_iter().collect(), ..Self::default() }
    }

    /// What follows from an event.
    fn hears(&mut self, heard: &Heard) -> Vec<Request> {
        let id = &heard.channel.id;
        match &*heard.r#type {
            "StasisStart" if id.starts_with(LEG) => self.dials(id),
            "StasisStart" => self.caller_comes(id),
            "ChannelStateChange" if heard.channel.state == "Up" => self.joins(id),
            // Whichever comes first: a phone that has sent its BYE is free.
            "ChannelHangupRequest" | "StasisEnd" => self.ends(id),
            _ => Vec::new(),
        }
    }

    fn caller_comes(&mut self, caller: &str) -> Vec<Request> {
        self.waiting.push_back(caller.to_owned());
        let mut requests = self.rings();
        requests.push(("POST", format!("channels/{caller}/answer"), None));
        requests.push(("POST", format!("channels/{caller}/moh"), None));
        requests
    }

    /// Creates a leg for every pair of somebody idle and somebody who waits.
    fn rings(&mut self) -> Vec<Request> {
        let mut requests = Vec::new();
        while !self.idle.is_empty()
            && let Some(caller) = self.waiting.pop_front()
            && let Some(agent) = self.idle.pop_front()
        {
            self.made += 1;
            let leg = format!("{LEG}{}-{}", std::process::id(), self.made);
            let path = format!("channels/create?endpoint=PJSIP/{agent}&app={APP}&channelId={leg}&originator={caller}");
            requests.push(("POST", path, None));
            self.legs.insert(leg, (agent, caller));
        }
        requests
    }

    fn dials(&self, leg: &str) -> Vec<Request> {
        let Some((_, caller)) = self.legs.get(leg) else { return Vec::new() };
        let dial = format!("channels/{leg}/dial?caller={caller}&timeout=30");
        vec![("POST", dial, None), ("POST", format!("bridges/bridge-{leg}?type=mixing"), None)]
    }

    fn joins(&self, leg: &str) -> Vec<Request> {
        let Some((_, caller)) = self.legs.get(leg) else { return Vec::new() };
        let join = format!("bridges/bridge-{leg}/addChannel?channel={caller},{leg}");
        vec![("DELETE", format!("channels/{caller}/moh"), None), ("POST", join, None)]
    }

    fn ends(&mut self, id: &str) -> Vec<Request> {
        self.waiting.retain(|caller| caller != id);
        let of_caller = self.legs.iter().find(|(_, (_, caller))| caller == id).map(|(leg, _)| leg.clone());
        let leg = of_caller.unwrap_or_else(|| id.to_owned());
        let Some((agent, caller)) = self.legs.remove(&leg) else { return Vec::new() };
        self.idle.push_back(agent);
        let mut requests = self.rings();
        let other = if id == leg { caller } else { leg.clone() };
        requests.push(("DELETE", format!("channels/{other}"), None));
        requests.push(("DELETE", format!("bridges/bridge-{leg}"), None));
        requests
    }
}

/// Serves callers with these agents until it is killed.
///
/// # Errors
/// When Asterisk refuses the event socket, or closes it.
pub async fn run(agents: &[u32]) -> Result<ExitCode> {
    let word = |name: &str| std::env::var(name).map_err(|_| Trouble::said(format!("{name} is not set")));
    let (url, password) = (word(URL)?, word(PASSWORD)?);
    let credentials = format!("?app={APP}&subscribeAll=false&api_key=callsync:{password}");
    let address = format!("{}/ari/events{credentials}", url.replacen("http", "ws", 1));
    let failed = |why: tokio_tungstenite::tungstenite::Error| Trouble::said(format!("the floor's event socket: {why}"));
    let request = address.into_client_request().map_err(failed)?;
    // Small requests must not wait for each other: Nagle's algorithm is off.
    let (mut socket, _) = connect_async_with_config(request, None, true).await.map_err(failed)?;
    let mut floor = Floor::of(agents.iter().map(u32::to_string));
    let allowed: Vec<Value> = EVENTS.iter().map(|name| json!({ "type": name })).collect();
    let filter = ("PUT", format!("applications/{APP}/eventFilter"), Some(json!({ "allowed": allowed })));
    socket.send(message(&filter)).await.map_err(failed)?;
    println!("{READY}");
    while let Some(read) = socket.next().await {
        let Message::Text(text) = read.map_err(failed)? else { continue };
        let Ok(heard) = serde_json::from_str::<Heard>(&text) else { continue };
        for request in floor.hears(&heard) {
            socket.feed(message(&request)).await.map_err(failed)?;
        }
        socket.flush().await.map_err(failed)?;
    }
    Err(Trouble::said("Asterisk closed the floor's event socket"))
}

/// A request as it goes over the event socket.
fn message((method, target, body): &Request) -> Message {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query: Vec<Value> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let mut message = json!({
        "type": "RESTRequest", "request_id": "0", "method": method, "uri": path, "query_strings": query,
    });
    if let Some(body) = body {
        message["content_type"] = "application/json".into();
        message["message_body"] = body.to_string().into();
    }
    Message::text(message.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hears(floor: &mut Floor, kind: &str, id: &str, state: &str) -> Vec<String> {
        let channel = Channel { id: id.to_owned(), state: state.to_owned() };
        let requests = floor.hears(&Heard { r#type: kind.to_owned(), channel });
        let leg = format!("{LEG}{}-", std::process::id());
        requests.into_iter().map(|(method, path, _)| format!("{method} {path}").replace(&leg, "L")).collect()
    }

    fn leg(n: u32) -> String {
        format!("{LEG}{}-{n}", std::process::id())
    }

    #[test]
    fn an_agents_bye_has_the_next_leg_created_before_anything_is_cleared() {
        let mut floor = Floor::of(["1001".to_owned()]);
        let create = |n, caller| format!("POST channels/create?endpoint=PJSIP/1001&app=floor&channelId=L{n}&originator={caller}");
        let comes = hears(&mut floor, "StasisStart", "a", "Ring");
        assert_eq!(comes, [&*create(1, "a"), "POST channels/a/answer", "POST channels/a/moh"]);
        assert_eq!(hears(&mut floor, "StasisStart", "b", "Ring").len(), 2, "nobody is idle");
        let dial = ["POST channels/L1/dial?caller=a&timeout=30", "POST bridges/bridge-L1?type=mixing"];
        assert_eq!(hears(&mut floor, "StasisStart", &leg(1), "Down"), dial);
        assert!(hears(&mut floor, "ChannelStateChange", &leg(1), "Ringing").is_empty());
        let join = ["DELETE channels/a/moh", "POST bridges/bridge-L1/addChannel?channel=a,L1"];
        assert_eq!(hears(&mut floor, "ChannelStateChange", &leg(1), "Up"), join);
        let next = [&*create(2, "b"), "DELETE channels/a", "DELETE bridges/bridge-L1"];
        assert_eq!(hears(&mut floor, "ChannelHangupRequest", &leg(1), "Up"), next);
        assert!(hears(&mut floor, "StasisEnd", &leg(1), "Up").is_empty(), "it has ended already");
    }

    #[test]
    fn a_caller_who_leaves_takes_their_phone_along() {
        let mut floor = Floor::of(["1001".to_owned()]);
        hears(&mut floor, "StasisStart", "a", "Ring");
        hears(&mut floor, "StasisStart", "b", "Ring");
        assert!(hears(&mut floor, "StasisEnd", "b", "Up").is_empty());
        assert_eq!(hears(&mut floor, "StasisEnd", "a", "Up"), ["DELETE channels/L1", "DELETE bridges/bridge-L1"]);
        assert_eq!((floor.idle.len(), floor.waiting.len(), floor.legs.len()), (1, 0, 0));
    }

    #[test]
    fn a_request_goes_over_the_socket_with_its_query_apart() {
        let request = ("POST", "channels/create?app=floor&channelId=x".to_owned(), None);
        let Message::Text(text) = message(&request) else { panic!("no text") };
        let json: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&json["uri"], &json["query_strings"][1]["value"]), (&json!("channels/create"), &json!("x")));
        assert!(json.get("message_body").is_none());
    }
}
