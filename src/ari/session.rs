//! One connection to Asterisk after another. All that is known of a connection is in [`Session`] and ends with it; what
//! outlives it is in [`Ends`].

use std::sync::Arc;
use std::time::Duration;

use acd::Roster;
use acd::effect::{Lane, Op, Order};
use acd::event::{Account, Event, OrderFailure};
use model::{Endpoint, LegId, ServerId, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::carry_out::{Done, Hands};
use crate::client::{BadConfig, HttpClient};
use crate::ends::Ends;
use crate::event::Told;
use crate::fallback::Manager;
use crate::hearing::{Heard, Hearing, hang_up};
use crate::heart::Heart;
use crate::lanes::Lanes;
use crate::line::{AT_ONCE, Line, NotRead, Transport};
use crate::names::Names;
use crate::others;
use crate::own_queues::OwnQueues;
use crate::reach::Reach;
use crate::rest_socket::RestSocket;
use crate::sign::{self, Occupied};
use crate::socket::{CAPACITY, Ending, NotOpened, Read, Socket};
use crate::starts::{Start, Starts};
use crate::take::{Taken, filter_events, take};
use crate::{Config, Transport as Wanted};

/// How long the last orders may take once no more can come.
const LAST_ORDERS: Duration = Duration::from_secs(2);

/// How long the orders before [`Op::TakeAccount`] may take. After it the connection is given up, which ends them all.
const ORDERS_BEFORE: Duration = Duration::from_secs(10);

/// Connects, keeps connected, carries out orders and reports events, until `orders` is closed.
///
/// After every connect the account comes first ([`Event::SwitchReturned`]), then what happened since. While there is no
/// connection every order comes back as failed; only the last [`Op::Watch`] is kept, and holds from the next connect on.
///
/// `events` is never waited for: if the loop does not take what it is told, the connection is given up, and all is taken
/// anew once there is room. Each of `beats` is passed on to the dialplan as a sign of life. `roster` is mirrored into
/// Asterisk's own queues from the first time on that it is sent.
///
/// # Errors
/// When another installation serves the application before this one was ever connected.
pub async fn run(
    config: Config,
    orders: mpsc::Receiver<Order>,
    events: mpsc::Sender<Event>,
    beats: watch::Receiver<Timestamp>,
    roster: watch::Receiver<Arc<Roster>>,
) -> Result<(), Occupied> {
    let manager = Manager::start(&config, roster);
    let mut ends = Ends::new(config.server, orders, events, beats, manager);
    let mut backoff = Backoff::default();
    let mut complaint = String::new();
    let mut served = false;
    loop {
        if ends.make_room().await.is_none() {
            return Ok(());
        }
        let (watched, own_queues) = (ends.watched.clone(), ends.manager.own_queues.clone());
        let Some(connected) = ends.refuse_while(Session::begin(&config, &watched, own_queues)).await else { return Ok(()) };
        let wait = match connected {
            Err(NotConnected::Occupied(why)) if !served => return Err(why),
            Err(why @ NotConnected::Occupied(_)) => {
                complain(&mut complaint, &why);
                sign::LOOK_AGAIN
            }
            Err(why) => {
                complain(&mut complaint, &why);
                backoff.wait()
            }
            Ok((session, account)) => {
                complaint.clear();
                served = true;
                let began = Instant::now();
                let end = session.serve(&mut ends, account).await;
                backoff.held(began.elapsed());
                match end {
                    End::NoMoreOrders => return Ok(()),
                    End::Replaced => {
                        if ends.refuse_while(sign::silence(&config)).await.is_none() {
                            return Ok(());
                        }
                        Duration::ZERO
                    }
                    End::Lost => backoff.wait(),
                }
            }
        };
        if ends.refuse_while(tokio::time::sleep(wait)).await.is_none() {
            return Ok(());
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

/// The line on which the requests of a connection travel. What an earlier program filtered may have been the answers over the
/// socket, so the filter is set first, and over HTTP.
async fn line(config: &Config, socket: &Socket, http: Line) -> Result<Line, NotConnected> {
    let (outgoing, answers) = socket.rest();
    let rest = RestSocket::new(outgoing, answers);
    filter_events(&http, &config.app).await.map_err(NotRead::from)?;
    Ok(match config.transport {
        Wanted::WebSocket => Line::new(Transport::Socket(rest)),
        Wanted::Split if rest.is_served(&config.app, config.patience.first_answer).await => http.with_swift(rest),
        Wanted::Split | Wanted::Http => http,
    })
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
    Occupied(#[from] Occupied),
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
    names: Names,
    socket: Socket,
    line: Line,
    starts: Starts,
    hands: Hands,
    hearing: Hearing,
    heart: Heart,
    lanes: Lanes,
    /// Until when the orders before [`Op::TakeAccount`] must have been answered; no order is taken meanwhile.
    retaking: Option<Instant>,
    /// The phones that were watched when the account was taken.
    watched: Vec<String>,
    /// What the account has no place for.
    first: Vec<Told>,
}

impl Session {
    /// Opens the socket, then takes the account; what happens meanwhile waits in the socket.
    async fn begin(config: &Config, watched: &[String], own_queues: OwnQueues) -> Result<(Self, Account), NotConnected> {
        let began = Instant::now();
        let (http, names) = (Line::new(Transport::Http(HttpClient::new(config, AT_ONCE)?)), Names::new(config));
        sign::may_serve(&http, &names).await?;
        let socket = Socket::open(config, CAPACITY).await?;
        let line = line(config, &socket, http).await?;
        let starts = Starts::default();
        let hands = Hands::new(line.clone(), &config.patience, names.clone(), starts.clone(), own_queues);
        if !watched.is_empty() {
            hands.watch(watched).await.map_err(NotConnected::Watch)?;
        }
        let Taken { account, phones, first, others } = take(&line, &names).await?;
        others::tell(&others);
        let reach = Reach::new(config.server, watched, &phones);
        let hearing = Hearing::new(&names, &account, reach);
        tracing::info!(
            server.id = config.server.0,
            legs = account.legs.len(),
            bridges = account.bridges.len(),
            took = ?began.elapsed(),
            "connected to Asterisk"
        );
        let heart = Heart::new(&line, &names);
        let (server, watched, lanes) = (config.server, watched.to_vec(), Lanes::default());
        let session = Self { server, names, socket, line, starts, hands, hearing, heart, lanes, retaking: None, watched, first };
        Ok((session, account))
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
        // Of what came before this connection nobody knows how old it is.
        ends.beats.mark_unchanged();
        ends.manager.tell_again();
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
        self.hear_first(ends);
        loop {
            if ends.are_full() {
                return End::Lost;
            }
            if self.retaking.is_some() && self.lanes.idle() && !self.retake(ends).await {
                return End::Lost;
            }
            let (hands, retaking) = (&self.hands, self.retaking);
            tokio::select! {
                read = self.socket.next() => match read {
                    Some(read) => if self.read(ends, read) { return End::Replaced },
                    None => {
                        let why: Ending = self.socket.ending().await;
                        tracing::warn!(server.id = self.server.0, %why, "the connection to Asterisk was lost");
                        return End::Lost;
                    }
                },
                order = ends.orders.recv(), if retaking.is_none() => match order {
                    Some(order) => self.take(ends, order),
                    None => {
                        self.heart.stop().await;
                        self.last_orders(ends).await;
                        ends.manager.own_queues.release().await;
                        return End::NoMoreOrders;
                    }
                },
                done = self.lanes.done(|ops, since| hands.clone().carry_out(ops, since)) => self.done(ends, done),
                Ok(()) = ends.beats.changed() => self.heart.beat(),
                Some(calls) = ends.manager.report() => {
                    ends.tell(Event::FallbackReported { server: self.server, calls });
                }
                () = tokio::time::sleep_until(retaking.unwrap_or_else(Instant::now)), if retaking.is_some() => {
                    tracing::warn!(server.id = self.server.0, "orders do not come to an end: the account is taken by connecting anew");
                    return End::Lost;
                }
            }
        }
    }

    fn hear_first(&mut self, ends: &mut Ends) {
        for told in std::mem::take(&mut self.first) {
            self.hear(ends, told);
        }
    }

    /// Takes the account anew on the connection that there is, all orders having been answered. What waits in the socket is
    /// heard before it: to whoever stood still for a while it tells of what was true long ago. What comes meanwhile is heard
    /// after it, as after a connect. `false` if it could not be taken.
    async fn retake(&mut self, ends: &mut Ends) -> bool {
        self.retaking = None;
        let Some(waiting) = self.socket.waiting().await else { return false };
        for read in waiting {
            if ends.are_full() || self.read(ends, read) {
                return false;
            }
        }
        match take(&self.line, &self.names).await {
            Ok(Taken { account, phones, first, others }) => {
                others::tell(&others);
                let reach = Reach::new(self.server, &ends.watched, &phones);
                self.hearing = Hearing::new(&self.names, &account, reach);
                self.first = first;
                tracing::info!(server.id = self.server.0, legs = account.legs.len(), "the account was taken anew");
                metrics::counter!("callsync_ari_accounts_retaken_total").increment(1);
                ends.tell(Event::SwitchReturned { server: self.server, account });
                self.hear_first(ends);
                true
            }
            Err(why) => {
                tracing::warn!(server.id = self.server.0, %why, "the account cannot be taken anew");
                false
            }
        }
    }

    /// Passes on what was read. `true` if it means that we are out.
    fn read(&mut self, ends: &mut Ends, read: Read) -> bool {
        match read {
            Read::Told(told) => return self.hear(ends, told),
            Read::HeardOut(name) => {
                if let Ok(leg) = name.parse() {
                    ends.tell(Event::HeardOut { leg });
                }
            }
        }
        false
    }

    /// Passes on what an event means. `true` if it means that we are out.
    fn hear(&mut self, ends: &mut Ends, told: Told) -> bool {
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
                    tracing::error!(
                        "another program has taken over our application in Asterisk: it has it as long as it gives signs of life"
                    );
                    return true;
                }
            }
        }
        false
    }

    fn take(&mut self, ends: &mut Ends, order: Order) {
        if let Op::TakeAccount { .. } = &order.op {
            self.retaking = Some(Instant::now() + ORDERS_BEFORE);
            return;
        }
        if let Op::HearOut { leg } = &order.op {
            self.socket.hear_out(&leg.to_string());
            return;
        }
        if let Op::Watch { endpoints, .. } = &order.op {
            ends.watched = endpoints.iter().map(|endpoint| endpoint.name.clone()).collect();
            self.hearing.reach().watch(&ends.watched);
        }
        self.push(order);
    }

    fn push(&mut self, order: Order) {
        let hands = &self.hands;
        self.lanes.push(order, |ops, since| hands.clone().carry_out(ops, since));
    }

    fn done(&mut self, ends: &mut Ends, orders: Vec<(Op, Done)>) {
        for (order, done) in orders {
            match done {
                Done::Failed(why) => ends.tell(Event::OrderFailed { order, why }),
                Done::Phones(phones) => {
                    for event in self.hearing.reach().answered(&phones) {
                        ends.tell(event);
                    }
                }
                Done::CarriedOut => {}
            }
        }
    }

    /// Lets the orders that are under way come to their end, within reason.
    async fn last_orders(&mut self, ends: &mut Ends) {
        let until = Instant::now() + LAST_ORDERS;
        while !self.lanes.idle() {
            let hands = &self.hands;
            let done = self.lanes.done(|ops, since| hands.clone().carry_out(ops, since));
            match tokio::time::timeout_at(until, done).await {
                Ok(done) => self.done(ends, done),
                Err(_) => return,
            }
        }
    }
}
