//! One connection to Asterisk after another. All that is known of a connection is in [`Session`] and ends with it; what
//! outlives it is in [`Ends`].

use std::time::Duration;

use acd::effect::{Lane, Op, Order};
use acd::event::{Account, Event, OrderFailure};
use model::stamp::Mark;
use model::{Endpoint, LegId, ServerId};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::account::Lists;
use crate::backoff::Backoff;
use crate::carry_out::{Done, Hands};
use crate::client::{BadConfig, HttpClient};
use crate::event::{Told, UNWANTED};
use crate::hearing::{Heard, Hearing, hang_up};
use crate::lanes::Lanes;
use crate::line::{AT_ONCE, Line, NoReply, NotRead, Transport};
use crate::plan::MARK;
use crate::reach::{Reach, TECHNOLOGY};
use crate::request::{Kind, Request};
use crate::rest_socket::RestSocket;
use crate::socket::{CAPACITY, Ending, NotOpened, Socket};
use crate::starts::{Start, Starts};
use crate::{Config, Transport as Wanted};

/// A connection that held this long was sound: after it we try again at once.
const SOUND_AFTER: Duration = Duration::from_secs(10);

/// How long we leave an Asterisk alone whose application another program took: two programs that take it from each other in
/// turn would leave every call without a master.
const AWAY: Duration = Duration::from_secs(30);

/// How long the last orders may take once no more can come.
const LAST_ORDERS: Duration = Duration::from_secs(2);

/// Connects, keeps connected, carries out orders and reports events, until `orders` is closed.
///
/// After every connect the account comes first ([`Event::SwitchReturned`]), then what happened since. While there is no
/// connection every order comes back as failed; only the last [`Op::Watch`] is kept, and holds from the next connect on.
pub async fn run(config: Config, orders: mpsc::UnboundedReceiver<Order>, events: mpsc::UnboundedSender<Event>) {
    let mut ends = Ends { orders, events, watched: Vec::new() };
    let mut backoff = Backoff::default();
    let mut complaint = String::new();
    loop {
        let watched = ends.watched.clone();
        let Some(connected) = ends.refuse_while(Session::begin(&config, &watched)).await else { return };
        let wait = match connected {
            Err(why) => {
                complain(&mut complaint, &why);
                backoff.wait()
            }
            Ok((session, account)) => {
                complaint.clear();
                let began = Instant::now();
                let end = session.serve(&mut ends, account).await;
                if began.elapsed() >= SOUND_AFTER {
                    backoff = Backoff::default();
                }
                match end {
                    End::NoMoreOrders => return,
                    End::Replaced => AWAY,
                    End::Lost => backoff.wait(),
                }
            }
        };
        if ends.refuse_while(tokio::time::sleep(wait)).await.is_none() {
            return;
        }
    }
}

/// Says why there is no connection, once for each reason.
fn complain(said: &mut String, why: &NotConnected) {
    metrics::counter!("callsync_ari_connects_failed_total").increment(1);
    let why = why.to_string();
    if *said != why {
        tracing::warn!(%why, "no connection to Asterisk, trying on");
        *said = why;
    }
}

/// The two ends towards the core, and what shall be watched.
struct Ends {
    orders: mpsc::UnboundedReceiver<Order>,
    events: mpsc::UnboundedSender<Event>,
    watched: Vec<String>,
}

impl Ends {
    fn tell(&self, event: Event) {
        // Nobody listens any more only while the whole program ends.
        let _ = self.events.send(event);
    }

    /// Does something else, and refuses all orders meanwhile. `None` once no more orders can come.
    async fn refuse_while<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                result = &mut work => return Some(result),
                order = self.orders.recv() => self.refuse(order?.op),
            }
        }
    }

    fn refuse(&mut self, op: Op) {
        match op {
            Op::Watch { endpoints, .. } => self.watched = endpoints.into_iter().map(|endpoint| endpoint.name).collect(),
            order => self.tell(Event::OrderFailed { order, why: OrderFailure::Unknown }),
        }
    }
}

/// How a connection ended.
enum End {
    Lost,
    Replaced,
    NoMoreOrders,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
enum NotConnected {
    #[error("{0}")]
    Config(#[from] BadConfig),
    #[error("{0}")]
    Socket(#[from] NotOpened),
    #[error("{0}")]
    Account(#[from] NotRead),
    #[error("the phones cannot be watched: {0:?}")]
    Watch(OrderFailure),
}

struct Session {
    server: ServerId,
    socket: Socket,
    starts: Starts,
    hands: Hands,
    hearing: Hearing,
    lanes: Lanes,
    /// The phones that were watched when the account was taken.
    watched: Vec<String>,
    /// What the account has no place for.
    first: Vec<Told>,
}

impl Session {
    /// Opens the socket, then takes the account; what happens meanwhile waits in the socket.
    async fn begin(config: &Config, watched: &[String]) -> Result<(Self, Account), NotConnected> {
        let began = Instant::now();
        let socket = Socket::open(config, CAPACITY).await?;
        let line = Line::new(match config.transport {
            Wanted::Http => Transport::Http(HttpClient::new(config, AT_ONCE)?),
            Wanted::WebSocket => {
                let (outgoing, answers) = socket.rest();
                Transport::Socket(RestSocket::new(outgoing, answers))
            }
        });
        let starts = Starts::default();
        let hands = Hands::new(line.clone(), &config.app, starts.clone());
        filter_events(&line, &config.app).await.map_err(NotRead::from)?;
        if !watched.is_empty() {
            hands.watch(watched).await.map_err(NotConnected::Watch)?;
        }
        let lists = read_lists(&line, &config.app).await?;
        let marks = read_marks(&line, lists.without_variables(config.server, &config.app)).await;
        let account = lists.account(config.server, &config.app, &marks);
        let reach = Reach::new(config.server, watched, &lists.online());
        let hearing = Hearing::new(config.server, &account, reach);
        let first = lists.as_events(config.server, &config.app);
        tracing::info!(
            server.id = config.server.0,
            legs = account.legs.len(),
            bridges = account.bridges.len(),
            took = ?began.elapsed(),
            "connected to Asterisk"
        );
        let (server, watched, lanes) = (config.server, watched.to_vec(), Lanes::default());
        Ok((Self { server, socket, starts, hands, hearing, lanes, watched, first }, account))
    }

    async fn serve(mut self, ends: &mut Ends, account: Account) -> End {
        metrics::counter!("callsync_ari_connects_total").increment(1);
        metrics::gauge!("callsync_ari_connected").set(1);
        ends.tell(Event::SwitchReturned { server: self.server, account });
        if ends.watched != self.watched {
            // It was ordered while the account was taken.
            let endpoints = ends.watched.iter().map(|name| Endpoint { server: self.server, name: name.clone() }).collect();
            let op = Op::Watch { server: self.server, endpoints };
            self.take(ends, Order { lane: Lane::Server(self.server), op });
        }
        let end = self.work(ends).await;
        metrics::gauge!("callsync_ari_connected").set(0);
        ends.tell(Event::SwitchLost { server: self.server });
        for order in self.lanes.stop().await {
            ends.refuse(order);
        }
        if matches!(end, End::NoMoreOrders) {
            self.socket.close().await;
        }
        end
    }

    async fn work(&mut self, ends: &mut Ends) -> End {
        for told in std::mem::take(&mut self.first) {
            self.hear(ends, told);
        }
        loop {
            let hands = &self.hands;
            tokio::select! {
                told = self.socket.next() => match told {
                    Some(told) => if self.hear(ends, told) { return End::Replaced },
                    None => {
                        let why: Ending = self.socket.ending().await;
                        tracing::warn!(server.id = self.server.0, %why, "the connection to Asterisk was lost");
                        return End::Lost;
                    }
                },
                order = ends.orders.recv() => match order {
                    Some(order) => self.take(ends, order),
                    None => {
                        self.last_orders(ends).await;
                        return End::NoMoreOrders;
                    }
                },
                done = self.lanes.done(|op| hands.clone().carry_out(op)) => self.done(ends, done),
            }
        }
    }

    /// Passes on what an event means. `true` if it means that we are out.
    fn hear(&mut self, ends: &Ends, told: Told) -> bool {
        if let Told::Other { kind, raw } = &told {
            tracing::trace!(kind, raw, "an event that means nothing to us");
        }
        for heard in self.hearing.hear(told) {
            match heard {
                Heard::Event(event) => ends.tell(event),
                Heard::Ended(leg) => {
                    self.starts.tell(leg, Start::Ended);
                }
                Heard::Started(leg) if self.starts.tell(leg, Start::Began) => {}
                // Created by an order that an earlier connection lost: nobody will dial it.
                Heard::Started(leg) => self.push(hang_up(LegId::Ours(leg))),
                Heard::Stray(order) => {
                    tracing::warn!(order = order.op.name(), "a leg came to us that belongs to no call");
                    self.push(order);
                }
                Heard::Replaced => {
                    tracing::error!(away = ?AWAY, "another program has taken over our application in Asterisk");
                    return true;
                }
            }
        }
        false
    }

    fn take(&mut self, ends: &mut Ends, order: Order) {
        if let Op::Watch { endpoints, .. } = &order.op {
            ends.watched = endpoints.iter().map(|endpoint| endpoint.name.clone()).collect();
            self.hearing.reach().watch(&ends.watched);
        }
        self.push(order);
    }

    fn push(&mut self, order: Order) {
        let hands = &self.hands;
        self.lanes.push(order, |op| hands.clone().carry_out(op));
    }

    fn done(&mut self, ends: &Ends, done: Option<(Op, Done)>) {
        match done {
            Some((order, Done::Failed(why))) => ends.tell(Event::OrderFailed { order, why }),
            Some((_, Done::Online(online))) => {
                for event in self.hearing.reach().answered(&online) {
                    ends.tell(event);
                }
            }
            Some((_, Done::CarriedOut)) | None => {}
        }
    }

    /// Lets the orders that are under way come to their end, within reason.
    async fn last_orders(&mut self, ends: &Ends) {
        let until = Instant::now() + LAST_ORDERS;
        while !self.lanes.idle() {
            let hands = &self.hands;
            let done = self.lanes.done(|op| hands.clone().carry_out(op));
            match tokio::time::timeout_at(until, done).await {
                Ok(done) => self.done(ends, done),
                Err(_) => return,
            }
        }
    }
}

/// Asks Asterisk not to send what we would only throw away. An older Asterisk sends it, and we throw it away.
async fn filter_events(line: &Line, app: &str) -> Result<(), NoReply> {
    let unwanted: Vec<_> = UNWANTED.iter().map(|kind| json!({ "type": kind })).collect();
    let filter = json!({ "disallowed": unwanted });
    let reply = line.ask(&Request::new(Kind::FilterEvents, &[&app]).with_body(filter)).await?;
    if reply.status >= 300 {
        tracing::info!(status = reply.status, "this Asterisk does not filter events: it sends about twice as many");
    }
    Ok(())
}

async fn read_lists(line: &Line, app: &str) -> Result<Lists, NotRead> {
    let (channels, bridges) = (Request::new(Kind::Channels, &[]), Request::new(Kind::Bridges, &[]));
    let (application, endpoints) = (Request::new(Kind::Application, &[&app]), Request::new(Kind::Endpoints, &[&TECHNOLOGY]));
    let (channels, bridges, application, endpoints) =
        tokio::try_join!(line.read(&channels), line.read(&bridges), line.read(&application), line.read(&endpoints))?;
    Ok(Lists { channels, bridges, application, endpoints })
}

/// Reads the marks one by one, for an Asterisk whose `ari.conf` does not name our variable in `channelvars`.
async fn read_marks(line: &Line, legs: Vec<String>) -> Vec<(String, Mark)> {
    #[derive(Deserialize)]
    struct Variable {
        value: String,
    }
    if !legs.is_empty() {
        tracing::warn!(legs = legs.len(), "ari.conf should say channelvars = {MARK}: the legs' marks are read one by one");
    }
    let mut marks = Vec::new();
    for leg in legs {
        let request = Request::new(Kind::GetVariable, &[&leg]).with("variable", MARK);
        // A leg without the variable has no mark, and one that is gone will be told as ended.
        if let Ok(Variable { value }) = line.read(&request).await
            && let Ok(mark) = value.parse()
        {
            marks.push((leg, mark));
        }
    }
    marks
}
