//! A small day at a small centre, with an Asterisk that does what it is told.

use std::path::{Path, PathBuf};
use std::time::Duration;

use acd::effect::{Op, Order};
use acd::event::{Account, Ask, Cause, Event};
use model::queue::{Overflow, ServiceLevelTarget, Strategy};
use model::wallboard::Wallboard;
use model::{
    Actor, Agent, AgentId, AgentState, CallAsk, CallPhase, Endpoint, LegId, NotReadyReason, OurLeg, PersonName, Phone, Queue,
    QueueId, ServerId, Span, TheirLeg, Timestamp,
};
use store::Db;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

pub const SERVER: ServerId = ServerId(1);

/// A folder, and the database in it.
pub struct Site {
    folder: PathBuf,
    db: Db,
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

impl Site {
    /// Two queues and three agents who serve both.
    pub async fn new() -> Self {
        Self::with([700, 701].map(queue), [1001, 1002, 1003].map(agent)).await
    }

    /// These queues and agents.
    pub async fn with(queues: impl IntoIterator<Item = Queue>, agents: impl IntoIterator<Item = Agent>) -> Self {
        let folder = std::env::temp_dir().join(format!("callsync-day-{}", Uuid::now_v7()));
        std::fs::create_dir_all(&folder).unwrap();
        let db = Db::open(&format!("sqlite://{}", folder.join("test.db").display())).await.unwrap();
        db.migrate().await.unwrap();
        let (by, at) = (Actor::CommandLine, Timestamp::from_ms(1));
        for queue in queues {
            store::queues::save(&db, &by, at, queue).await.unwrap();
        }
        for agent in agents {
            store::agents::save(&db, &by, at, agent).await.unwrap();
        }
        Self { folder, db }
    }

    pub fn journal(&self) -> PathBuf {
        self.folder.join("journal")
    }

    /// Starts the program.
    pub async fn run(&self) -> Run {
        Run::start(&self.folder, Some(self.db.clone())).await
    }

    /// Starts the program, lives through a day and stops it; what Live shows at the end.
    pub async fn day(&self) -> Wallboard {
        let mut run = self.run().await;
        let reachable = [1001, 1002, 1003].map(endpoint).to_vec();
        run.tell(Event::SwitchReturned { server: SERVER, account: Account { reachable, ..Account::default() } }).await;
        run.asks(1003, Ask::NotReady(NotReadyReason::Lunch)).await;
        run.asks(1001, Ask::Ready).await;
        run.until(|board| doing(board, 1001) == AgentState::Ready).await;

        // The first is answered and hangs up.
        run.calls("one", "700", "+79120000001").await;
        let leg = run.dialled().await;
        run.tell(Event::LegRang { leg }).await;
        run.tell(Event::LegAnswered { leg }).await;
        let talks = |board: &Wallboard| board.calls.iter().find(|call| call.phase == CallPhase::Talking).map(|call| call.since);
        // A talk of no time would be none.
        run.until(|board| talks(board).is_some_and(|since| board.at > since)).await;
        run.ends(their("one")).await;
        run.ends(LegId::Ours(leg)).await;
        run.until(|board| board.calls.is_empty()).await;

        // The second is refused; the third gives up.
        run.calls("two", "701", "+79120000002").await;
        let leg = run.dialled().await;
        run.tell(Event::LegEnded { leg: LegId::Ours(leg), cause: Cause { q850: 21, sip: Some(603) } }).await;
        run.calls("three", "700", "+79120000003").await;
        run.until(|board| board.calls.len() == 2).await;
        run.ends(their("three")).await;

        // The fourth is put before all others, moved, and hung up, by a supervisor.
        run.calls("four", "701", "+79120000004").await;
        let fourth = |board: &Wallboard| board.calls.iter().find(|call| call.number == Some(Phone::new("+79120000004"))).cloned();
        let call = fourth(&run.until(|board| fourth(board).is_some()).await).expect("it is there").id;
        for ask in [CallAsk::ToHead, CallAsk::MoveTo(queue(700).id), CallAsk::HangUp] {
            run.handle.ask_call(call, ask, Actor::CommandLine).await.unwrap();
        }

        // The day ends with one who waits, whom nobody is there for.
        run.until(|board| board.calls.len() == 1).await;
        let board = run.board().await;
        run.stop().await;
        board
    }
}

/// The program, running without pages, and without an Asterisk but for the test.
pub struct Run {
    pub handle: runtime::Handle,
    centre: runtime::Centre,
    events: mpsc::Sender<Event>,
    orders: mpsc::Receiver<Order>,
}

impl Run {
    /// Without a database, it has only the journal in the folder.
    pub async fn start(folder: &Path, db: Option<Db>) -> Self {
        let (events, events_out) = mpsc::channel(runtime::EVENTS);
        let (orders_in, orders) = mpsc::channel(runtime::ORDERS);
        let (beats, roster) = (watch::Sender::default(), watch::Sender::default());
        let ends = runtime::SwitchEnds { servers: vec![SERVER], events: events_out, orders: orders_in, beats, roster };
        let keeping = runtime::Keeping { folder: folder.to_owned(), days: 14, zone: jiff::tz::TimeZone::UTC };
        let (handle, centre) =
            runtime::start(watch::channel(db).1, keeping, ends, &tokio::runtime::Handle::current()).await.unwrap();
        Self { handle, centre, events, orders }
    }

    pub async fn stop(self) {
        self.centre.stop(Duration::from_secs(10)).await;
    }

    pub async fn board(&self) -> Wallboard {
        self.handle.live().await.unwrap().board
    }

    pub async fn tell(&self, event: Event) {
        self.events.send(event).await.unwrap();
    }

    pub async fn asks(&self, number: u128, ask: Ask) {
        self.handle.ask(AgentId(Uuid::from_u128(number)), ask, Actor::Program).await.unwrap();
    }

    pub async fn calls(&self, leg: &str, dialled: &str, number: &str) {
        let leg = TheirLeg { server: SERVER, id: leg.to_owned() };
        let number = Some(Phone::new(number));
        self.tell(Event::CallerArrived { leg, number, dialled: dialled.to_owned(), priority: 0, came: None, told: None }).await;
    }

    pub async fn ends(&self, leg: LegId) {
        self.tell(Event::LegEnded { leg, cause: Cause { q850: 16, sip: None } }).await;
    }

    /// The next leg that is dialled.
    pub async fn dialled(&mut self) -> OurLeg {
        let dialled = async {
            loop {
                let order = self.orders.recv().await.expect("the loop runs");
                if let Op::Dial { leg, .. } = order.op {
                    return leg;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), dialled).await.expect("somebody is rung")
    }

    pub async fn until(&self, what: impl Fn(&Wallboard) -> bool) -> Wallboard {
        let there = async {
            loop {
                let board = self.board().await;
                if what(&board) {
                    return board;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), there).await.expect("Live comes to show it")
    }
}

pub fn doing(board: &Wallboard, number: u128) -> AgentState {
    let row = board.agents.iter().find(|row| row.id == AgentId(Uuid::from_u128(number)));
    row.expect("the agent is there").state.clone()
}

pub fn their(leg: &str) -> LegId {
    LegId::Theirs(TheirLeg { server: SERVER, id: leg.to_owned() })
}

pub fn endpoint(number: u128) -> Endpoint {
    Endpoint { server: SERVER, name: number.to_string() }
}

pub fn queue(number: u128) -> Queue {
    Queue {
        id: QueueId(Uuid::from_u128(number)),
        number: number.to_string(),
        name: format!("Queue {number}"),
        music: "default".to_owned(),
        ring_timeout: Span::from_secs(60),
        wrap_up: Span::ZERO,
        service_level: ServiceLevelTarget { percent: 80, within: Span::from_secs(20) },
        strategy: Strategy::default(),
        overflow: Overflow::default(),
    }
}

pub fn agent(number: u128) -> Agent {
    Agent {
        id: AgentId(Uuid::from_u128(number)),
        name: PersonName::new(format!("Agent {number}")),
        endpoint: endpoint(number),
        queues: vec![queue(700).id, queue(701).id],
        ready_on_register: false,
        tiers: std::collections::BTreeMap::new(),
    }
}
