//! What only a real Asterisk can show: it takes what we send, and its account is what we made of it.

use std::panic::Location;
use std::time::Duration;

use acd::effect::{Exit, HangupReason, Lane, Op};
use acd::event::{Account, BridgeAccount, Event, LegAccount, OrderFailure};
use model::stamp::Mark;
use model::{BridgeId, CallPhase, Endpoint, LegId, OurLeg, Outcome, QueueId, ServerId, Span, Stamp, TheirLeg, Timestamp};
use tokio::time::timeout;
use uuid::Uuid;

use super::{PATIENCE, Rig, asterisk};
use crate::client::HttpClient;
use crate::event::WANTED;
use crate::line::AT_ONCE;
use crate::request::{Kind, Request};
use crate::{Config, Transport};

/// An account of SIP on which no phone ever registers in the lab.
const NOBODY: &str = "1051";

struct Call {
    call: model::CallId,
    caller: TheirLeg,
}

impl Call {
    /// A call of this test's own, whatever ran before.
    fn new() -> Self {
        let call = model::CallId(Uuid::now_v7());
        Self { call, caller: TheirLeg { server: ServerId(9), id: format!("caller-{call}") } }
    }

    fn lane(&self) -> Lane {
        Lane::Call(self.call)
    }

    fn mark(&self) -> Mark {
        let entered = Timestamp::from_ms(1_700_000_000_000);
        Mark {
            call: self.call,
            queue: QueueId(Uuid::nil()),
            entered,
            priority: 3,
            phase: CallPhase::Waiting,
            since: entered,
            agent: None,
        }
    }

    fn leg(&self) -> LegId {
        LegId::Theirs(self.caller.clone())
    }

    fn bridge(&self) -> BridgeId {
        BridgeId { server: ServerId(9), call: self.call, n: 1 }
    }

    fn dial(&self, endpoint: &str) -> Op {
        Op::Dial {
            leg: OurLeg { server: ServerId(9), call: self.call, n: 1 },
            endpoint: Endpoint { server: ServerId(9), name: endpoint.to_owned() },
            caller: self.caller.clone(),
            give_up_after: Span::from_secs(10),
            mark: self.mark(),
        }
    }
}

/// Has a caller come in through the application of the test: one half of a Local channel enters it, the other hears the
/// plain queue's regrets, which last longer than any test here.
async fn call_in(config: &Config, caller: &TheirLeg) {
    let (http, url) = (http(), format!("{}/ari/channels", config.url));
    let query = [
        ("endpoint", "Local/790@from-trunk/n"),
        ("app", &config.app),
        ("appArgs", "enter,700"),
        ("channelId", &caller.id),
        ("otherChannelId", &format!("{}-far", caller.id)),
        ("callerId", "+79123456789"),
    ];
    let password = secrecy::ExposeSecret::expose_secret(&config.password);
    let sent = http.post(url).query(&query).basic_auth(&config.user, Some(password)).send().await.unwrap();
    assert!(sent.status().is_success(), "{:?}", sent.text().await);
}

fn http() -> reqwest::Client {
    crate::install_cryptography();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Waits until Asterisk has no such channel. It tells that a leg has left us a moment before it lets go of it, and takes orders
/// for it until then.
async fn is_no_more(config: &Config, caller: &TheirLeg) {
    let (http, url) = (http(), format!("{}/ari/channels/{}", config.url, caller.id));
    let password = secrecy::ExposeSecret::expose_secret(&config.password);
    let looking = async {
        while http.get(&url).basic_auth(&config.user, Some(password)).send().await.unwrap().status() != 404 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, looking).await.expect("the channel goes");
}

/// The next event of this kind; a test that gets none says for which it waited, and what came instead.
#[track_caller]
fn next_of(rig: &mut Rig, wanted: impl Fn(&Event) -> bool) -> impl Future<Output = Event> {
    let place = Location::caller();
    let mut others = Vec::new();
    async move {
        loop {
            let Ok(event) = timeout(PATIENCE, rig.next()).await else { panic!("not within {PATIENCE:?} at {place}: {others:?}") };
            if wanted(&event) {
                return event;
            }
            others.push(event);
        }
    }
}

fn ended(call: &Call) -> impl Fn(&Event) -> bool {
    let caller = call.leg();
    move |event| matches!(event, Event::LegEnded { leg, .. } if *leg == caller)
}

async fn caller_is_taken_care_of(config: Config) {
    let call = Call::new();
    let mut rig = Rig::start(config.clone());
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
    call_in(&config, &call.caller).await;
    let arrived = next_of(&mut rig, |event| matches!(event, Event::CallerArrived { .. })).await;
    assert!(matches!(arrived, Event::CallerArrived { leg, dialled, .. } if leg == call.caller && dialled == "700"));
    let outcome = Outcome::Abandoned;
    let entered = Timestamp::from_ms(1_700_000_000_000);
    let stamp = Stamp { call: call.call, queue: "700".to_owned(), outcome, entered, agent: None, answered: None };
    rig.order(call.lane(), Op::Stamp { leg: call.caller.clone(), stamp });
    rig.order(call.lane(), Op::Mark { leg: call.leg(), mark: call.mark() });
    rig.order(call.lane(), Op::StartMusic { leg: call.leg(), class: "default".to_owned() });
    rig.order(call.lane(), call.dial(NOBODY));
    let failed = next_of(&mut rig, |event| matches!(event, Event::OrderFailed { .. })).await;
    assert_eq!(failed, Event::OrderFailed { order: call.dial(NOBODY), why: OrderFailure::Unreachable });
    rig.order(call.lane(), Op::CreateBridge { bridge: call.bridge() });
    rig.order(call.lane(), Op::StopMusic { leg: call.leg() });
    rig.order(call.lane(), Op::Join { bridge: call.bridge(), legs: vec![call.leg()] });
    assert_eq!(rig.stop().await, [Event::SwitchLost { server: ServerId(9) }]);

    let mut rig = Rig::start(config.clone());
    let Event::SwitchReturned { account, .. } = rig.next().await else { panic!("the account comes first") };
    let leg = mine(&account, &call).expect("the leg is in the account");
    assert_eq!((leg.up, leg.mark, leg.dialled.as_str()), (true, Some(call.mark()), "700"));
    assert!(account.bridges.contains(&BridgeAccount { bridge: call.bridge(), legs: vec![call.leg()] }), "{account:?}");
    rig.order(call.lane(), Op::DestroyBridge { bridge: call.bridge() });
    rig.order(call.lane(), Op::DestroyBridge { bridge: call.bridge() });
    rig.order(call.lane(), Op::Hangup { leg: call.leg(), reason: HangupReason::Normal });
    next_of(&mut rig, ended(&call)).await;
    is_no_more(&config, &call.caller).await;
    rig.order(call.lane(), Op::Hangup { leg: call.leg(), reason: HangupReason::Normal });
    rig.order(call.lane(), Op::StopMusic { leg: call.leg() });
    let failed = Event::OrderFailed { order: Op::StopMusic { leg: call.leg() }, why: OrderFailure::Gone };
    assert_eq!(rig.next().await, failed);
    rig.stop().await;
}

fn mine<'a>(account: &'a Account, call: &Call) -> Option<&'a LegAccount> {
    account.legs.iter().find(|leg| leg.leg == call.leg())
}

#[tokio::test]
async fn a_caller_is_stamped_marked_entertained_bridged_and_found_again_by_the_next_program() {
    let Some(config) = asterisk("callsync-test-http") else { return };
    caller_is_taken_care_of(config).await;
}

#[tokio::test]
async fn the_same_holds_when_what_is_done_at_once_travels_over_the_event_socket() {
    let Some(config) = asterisk("callsync-test-split") else { return };
    caller_is_taken_care_of(Config { transport: Transport::Split, ..config }).await;
}

#[tokio::test]
async fn the_same_holds_when_requests_travel_over_the_event_socket() {
    let Some(config) = asterisk("callsync-test-socket") else { return };
    caller_is_taken_care_of(Config { transport: Transport::WebSocket, ..config }).await;
}

#[tokio::test]
async fn a_caller_who_is_given_back_has_left_our_hands() {
    let Some(config) = asterisk("callsync-test-back") else { return };
    let call = Call::new();
    let mut rig = Rig::start(config.clone());
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
    call_in(&config, &call.caller).await;
    next_of(&mut rig, |event| matches!(event, Event::CallerArrived { .. })).await;
    rig.order(call.lane(), Op::Continue { leg: call.caller.clone(), exit: Exit::Done });
    next_of(&mut rig, ended(&call)).await;
    rig.stop().await;
}

#[tokio::test]
async fn phones_nobody_registered_are_watched_and_cannot_be_reached() {
    let Some(config) = asterisk("callsync-test-watch") else { return };
    let server = ServerId(9);
    let endpoints: Vec<_> = (1051..=1100).map(|n| Endpoint { server, name: n.to_string() }).collect();
    let mut rig = Rig::start(config.clone());
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
    rig.order(Lane::Server(server), Op::Watch { server, endpoints: endpoints.clone() });
    for endpoint in &endpoints {
        assert_eq!(rig.next().await, Event::EndpointChanged { endpoint: endpoint.clone(), reachable: false, in_use: false });
    }
    rig.order(Lane::Server(server), Op::Watch { server, endpoints: endpoints[..1].to_vec() });
    assert_eq!(rig.next().await, Event::EndpointChanged { endpoint: endpoints[0].clone(), reachable: false, in_use: false });
    let client = HttpClient::new(&config, AT_ONCE).unwrap();
    let application = client.ask(&Request::new(Kind::Application, &[&config.app])).await.unwrap();
    let application: serde_json::Value = serde_json::from_str(&application.body).unwrap();
    assert_eq!(application["device_names"], serde_json::json!(["PJSIP/1051"]));
    let filter = |name: &str| application[name].as_array().map(Vec::len);
    assert_eq!((filter("events_allowed"), filter("events_disallowed")), (Some(WANTED.len()), Some(0)), "{application}");
    rig.stop().await;
}
