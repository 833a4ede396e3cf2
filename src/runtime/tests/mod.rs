//! Whole runs of the loop, one after another in one folder, as a program that is stopped, killed and started again.

mod asking;
mod cost;
mod crash;
mod day;
mod poison;
mod restart;
mod size;
mod standstill;
mod switch;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use acd::Roster;
use acd::effect::{Op, Order};
use acd::event::{Account, Ask, Event};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use model::queue::{Overflow, ServiceLevelTarget, Strategy};
use model::wallboard::Wallboard;
use model::{Actor, AgentId, Endpoint, LegId, PersonName, Phone, QueueId, ServerId, Settings, Span, TheirLeg, Timestamp};
use store::Db;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use crate::centre::start_with;
use crate::journal::Keeping;
use crate::opening::Opening;
use crate::recovery::Stepper;
use crate::{Centre, Handle, SwitchEnds};

const SERVER: ServerId = ServerId(1);

/// What lasts from one run to the next: the folder and the database.
struct Site {
    folder: PathBuf,
    db: Db,
    zone: jiff::tz::TimeZone,
}

impl Site {
    /// With two agents and a queue in the database.
    async fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("callsync-loop-{}", Uuid::now_v7().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        let db = Db::open(&format!("sqlite://{}", folder.join("test.db").display())).await.unwrap();
        db.migrate().await.unwrap();
        let Settings { queues, agents, .. } = settings();
        let (by, at) = (Actor::CommandLine, Timestamp::from_ms(1));
        for queue in queues {
            store::queues::save(&db, &by, at, queue).await.unwrap();
        }
        for agent in agents {
            store::agents::save(&db, &by, at, agent).await.unwrap();
        }
        Self { folder, db, zone: jiff::tz::TimeZone::UTC }
    }

    fn keeping(&self) -> Keeping {
        Keeping { folder: self.folder.clone(), days: 14, zone: self.zone.clone() }
    }

    async fn run(&self) -> Run {
        self.run_with(self.db.clone().into(), acd::step).await
    }

    async fn run_with(&self, opening: Opening, stepper: Stepper) -> Run {
        self.run_through(opening, stepper, crate::ORDERS).await
    }

    /// With room for so many orders.
    async fn run_through(&self, opening: Opening, stepper: Stepper, room: usize) -> Run {
        let (events, events_out) = mpsc::channel(crate::EVENTS);
        let (orders_in, orders) = mpsc::channel(room);
        let (beats, roster) = (watch::Sender::default(), watch::Sender::default());
        let (beat, members) = (beats.subscribe(), roster.subscribe());
        let ends = SwitchEnds { servers: vec![SERVER], events: events_out, orders: orders_in, beats, roster };
        let (handle, centre) =
            start_with(opening, self.keeping(), ends, stepper, &tokio::runtime::Handle::current()).await.unwrap();
        Run { handle, centre, events, orders, beats: beat, roster: members }
    }

    async fn facts(&self) -> Vec<(u64, String)> {
        let url = format!("sqlite://{}", self.folder.join("test.db").display());
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT position, detail FROM facts ORDER BY position").fetch_all(&mut connection).await.unwrap();
        // As the program would write it, whatever the database has made of the spaces.
        let again = |detail: &str| serde_json::to_string(&serde_json::from_str::<model::Fact>(detail).unwrap()).unwrap();
        rows.into_iter().map(|(position, detail)| (u64::try_from(position).unwrap(), again(&detail))).collect()
    }

    /// Waits until the books hold so many facts.
    async fn booked(&self, position: u64) {
        let there = async {
            while store::books::position(&self.db).await.unwrap() < position {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), there).await.expect("the books catch up");
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// One run of the program.
struct Run {
    handle: Handle,
    centre: Centre,
    events: mpsc::Sender<Event>,
    orders: mpsc::Receiver<Order>,
    beats: watch::Receiver<Timestamp>,
    roster: watch::Receiver<Arc<Roster>>,
}

impl Run {
    async fn tell(&self, event: Event) {
        self.events.send(event).await.unwrap();
    }

    /// Asterisk is there, with both phones and these callers, who were never marked.
    async fn returns(&self) {
        let account = Account { reachable: vec![endpoint(1001), endpoint(1002)], ..Account::default() };
        self.tell(Event::SwitchReturned { server: SERVER, account }).await;
    }

    async fn asks(&self, number: u128, ask: Ask) {
        self.handle.ask(agent(number), ask, Actor::Agent(agent(number))).await.unwrap();
    }

    async fn calls(&self, leg: &str, dialled: &str) {
        self.tell(arrived(leg, dialled)).await;
    }

    async fn board(&self) -> Wallboard {
        self.handle.live().await.unwrap().board
    }

    /// Waits until the board is as it shall be.
    async fn until(&self, what: impl Fn(&Wallboard) -> bool) -> Wallboard {
        let there = async {
            loop {
                let board = self.board().await;
                if what(&board) {
                    return board;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), there).await.expect("the board comes to be so")
    }

    /// Waits for an order.
    async fn ordered(&mut self, what: impl Fn(&Op) -> bool) {
        let there = async {
            while let Some(order) = self.orders.recv().await {
                if what(&order.op) {
                    return;
                }
            }
            panic!("the loop has ended");
        };
        tokio::time::timeout(Duration::from_secs(20), there).await.expect("it is ordered");
    }

    async fn stop(self) {
        self.centre.stop(Duration::from_secs(10)).await;
    }
}

fn arrived(leg: &str, dialled: &str) -> Event {
    let leg = TheirLeg { server: SERVER, id: leg.to_owned() };
    Event::CallerArrived {
        leg,
        number: Some(Phone::new("+79120000001")),
        dialled: dialled.to_owned(),
        priority: 0,
        came: None,
        told: None,
    }
}

fn left(leg: &str) -> Event {
    let leg = LegId::Theirs(TheirLeg { server: SERVER, id: leg.to_owned() });
    Event::LegEnded { leg, cause: acd::event::Cause::default() }
}

fn agent(number: u128) -> AgentId {
    AgentId(Uuid::from_u128(number))
}

fn endpoint(number: u128) -> Endpoint {
    Endpoint { server: SERVER, name: number.to_string() }
}

/// Queue 700 and the agents 1001 and 1002, whose phones ring for a minute.
pub(crate) fn settings() -> Settings {
    let queue = QueueId(Uuid::from_u128(700));
    let agent = |number: u128| model::Agent {
        id: agent(number),
        name: PersonName::new(format!("Agent {number}")),
        endpoint: endpoint(number),
        queues: vec![queue],
        ready_on_register: false,
        tiers: BTreeMap::new(),
    };
    let queue = model::Queue {
        id: queue,
        number: "700".to_owned(),
        name: "Queue 700".to_owned(),
        music: "default".to_owned(),
        ring_timeout: Span::from_secs(60),
        wrap_up: Span::ZERO,
        service_level: ServiceLevelTarget { percent: 80, within: Span::from_secs(20) },
        strategy: Strategy::default(),
        overflow: Overflow::default(),
    };
    Settings { queues: vec![queue], agents: vec![agent(1001), agent(1002)], ..Settings::default() }
}

/// Counts what this test's thread counts.
pub(crate) fn counted() -> (&'static PrometheusRecorder, PrometheusHandle) {
    let recorder: &'static PrometheusRecorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
    (recorder, recorder.handle())
}
