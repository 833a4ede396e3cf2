//! Tests of the whole crate. Those that need a real Asterisk find it in `CALLSYNC_TEST_ARI`, as
//! `http://user:password@127.0.0.1:8088`, and say on standard output when they did not run for want of it.

mod account;
mod as_one;
mod contract;
mod drive;
mod events;
mod faults;
mod hearing_out;
mod lanes;
mod life;
mod managing;
mod measure;
mod mirror;
mod real;
mod real_manager;
mod requests;
mod stand_in;
mod swift;
mod two_dialers;

use std::io::Write;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use acd::Roster;
use acd::effect::{Lane, Op, Order};
use acd::event::Event;
use model::{CallId, Installation, OurLeg, ServerId, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

use crate::names::Names;
use crate::{Ami, Config, Occupied, Patience, Transport, run};

/// Longer than anything here takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// The real Asterisk, under an application name of the test's own, so that it disturbs no program and no other test.
fn asterisk(app: &str) -> Option<Config> {
    #[expect(clippy::disallowed_methods, reason = "the test runner says here where its Asterisk is")]
    let Ok(url) = std::env::var("CALLSYNC_TEST_ARI") else {
        // Not by println!, which the test harness swallows when a test passes.
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        let _ = writeln!(std::io::stdout(), "not run: {test}: CALLSYNC_TEST_ARI names no Asterisk");
        return None;
    };
    let url = reqwest::Url::parse(&url).unwrap();
    let password = url.password().unwrap_or_default().to_owned();
    let host = format!("{}://{}:{}", url.scheme(), url.host_str().unwrap(), url.port_or_known_default().unwrap());
    Some(Config { user: url.username().to_owned(), password: password.into(), ..config(&host, app) })
}

/// The manager interface of the real Asterisk, from `CALLSYNC_TEST_AMI`, as `user:secret@127.0.0.1:5038`.
fn manager() -> Option<Ami> {
    #[expect(clippy::disallowed_methods, reason = "the test runner says here where its Asterisk is")]
    let Ok(place) = std::env::var("CALLSYNC_TEST_AMI") else {
        let test = std::thread::current().name().unwrap_or("a test").to_owned();
        let _ = writeln!(std::io::stdout(), "not run: {test}: CALLSYNC_TEST_AMI names no Asterisk");
        return None;
    };
    let (who, address) = place.rsplit_once('@').unwrap();
    let (user, secret) = who.split_once(':').unwrap();
    let (user, password) = (user.to_owned(), secret.to_owned().into());
    Some(Ami { address: address.to_owned(), user, password, tls: false, trust: None })
}

fn config(url: &str, app: &str) -> Config {
    Config {
        server: ServerId(9),
        url: url.to_owned(),
        user: "callsync".to_owned(),
        password: "secret".to_owned().into(),
        app: app.to_owned(),
        installation: Installation::numbered(9),
        transport: Transport::Http,
        ami: None,
        patience: Patience::default(),
    }
}

/// The adapter at work, and both its ends.
struct Rig {
    orders: Option<mpsc::Sender<Order>>,
    events: mpsc::Receiver<Event>,
    beats: watch::Sender<Timestamp>,
    roster: watch::Sender<Arc<Roster>>,
    task: JoinHandle<Result<(), Occupied>>,
}

impl Rig {
    fn start(config: Config) -> Self {
        Self::with_room(config, 10_000)
    }

    /// With room for so many events.
    fn with_room(config: Config, room: usize) -> Self {
        let (orders, take_orders) = mpsc::channel(10_000);
        let (tell, events) = mpsc::channel(room);
        let (beats, hear_beats) = watch::channel(Timestamp::from_ms(0));
        let (roster, see_roster) = watch::channel(Arc::default());
        let task = tokio::spawn(run(config, take_orders, tell, hear_beats, see_roster));
        Self { orders: Some(orders), events, beats, roster, task }
    }

    /// The loop's heart beats.
    fn beat(&self) {
        self.beats.send_replace(Timestamp::from_ms(0));
    }

    fn order(&self, lane: Lane, op: Op) {
        self.orders.as_ref().unwrap().try_send(Order { lane, op }).unwrap();
    }

    /// The next event; a test that gets none says for which it waited.
    #[track_caller]
    fn next(&mut self) -> impl Future<Output = Event> {
        let place = Location::caller();
        async move {
            let event = timeout(PATIENCE, self.events.recv()).await;
            event.unwrap_or_else(|_| panic!("no event came within {PATIENCE:?} at {place}")).expect("the adapter runs")
        }
    }

    /// Ends the adapter as the program does; whatever it still had to say.
    async fn stop(mut self) -> Vec<Event> {
        self.orders = None;
        timeout(PATIENCE, self.task).await.expect("the adapter ends").unwrap().expect("nobody else serves");
        let mut rest = Vec::new();
        while let Ok(event) = self.events.try_recv() {
            rest.push(event);
        }
        rest
    }
}

/// The names of the installation of [`config`].
fn names(app: &str) -> Names {
    Names::new(&config("", app))
}

fn call(n: u128) -> CallId {
    CallId(Uuid::from_u128(n))
}

fn our_leg(call: u128, n: u32) -> OurLeg {
    OurLeg { server: ServerId(9), call: self::call(call), n }
}
