//! What goes by AMI: the mirror of log-ins in Asterisk's own queues, and the account of the calls that they took care of.
//! One task, whose connection is none of the event socket's business: either may be lost without the other.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use acd::Roster;
use model::fact::FallbackCall;
use model::{ServerId, Timestamp};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::ami::{Action, Message};
use crate::backoff::Backoff;
use crate::mirror::{Picture, differences, holds, wanted, while_held};
use crate::names::Names;
use crate::notes::{self, Noted};
use crate::own_queues::{Ask, OwnQueues, Waits};
use crate::reach::TECHNOLOGY;
use crate::talk::{Answer, Talk, TalkError};
use crate::{Ami, Config};

/// How often the notes are read. It keeps the connection tried, too.
const LOOK_AT_NOTES_EVERY: Duration = Duration::from_secs(10);
/// How often the queues are read whole, whatever was told of them meanwhile.
const LOOK_AT_QUEUES_EVERY: Duration = Duration::from_secs(60);
/// How soon the notes are read after something was told of them, and the queues mended after somebody else changed them: not
/// at once, so that many changes cost one look, and so that two who contradict each other do so at leisure.
const SOON: Duration = Duration::from_millis(200);
/// What may wait to be done.
const ASKS: usize = 64;

/// Asterisk's own clock, in milliseconds since 1970: a function of its dialplan.
const CLOCK: &str = "STRFTIME(,,%s%3q)";

/// The task's other end.
pub struct Manager {
    /// The way for orders.
    pub own_queues: OwnQueues,
    reports: watch::Receiver<Option<Arc<Vec<FallbackCall>>>>,
    task: Option<JoinHandle<()>>,
}

impl Manager {
    /// Starts the task, if the configuration names a manager interface; says so if it does not.
    pub fn start(config: &Config, roster: watch::Receiver<Arc<Roster>>) -> Self {
        let (asks, take_asks) = mpsc::channel(ASKS);
        let (tell, reports) = watch::channel(None);
        // Without a manager interface those queues have no members that we know of.
        let unheard = if config.ami.is_some() { Waits::Unknown } else { Waits::Nobody };
        let (waits, see_waits) = watch::channel(unheard);
        let task = config.ami.clone().map(|ami| {
            let (server, names, held_for, ends) = (config.server, Names::new(config), config.patience.held, BTreeMap::new());
            let work = Work { server, names, ami, held_for, roster, asks: take_asks, tell, waits, ends, rostered: false };
            tokio::spawn(work.run())
        });
        if task.is_none() {
            tracing::warn!(
                server.id = config.server.0,
                "no [ami] is configured: Asterisk's own queues do not know who is logged in, and nothing is learnt of the calls they take"
            );
        }
        Self { own_queues: OwnQueues::new(asks, see_waits, config.patience.hold), reports, task }
    }

    /// The next report, once there is one that differs from the last. Never ends.
    pub async fn report(&mut self) -> Option<Vec<FallbackCall>> {
        if self.reports.changed().await.is_err() {
            return std::future::pending().await;
        }
        self.reports.borrow_and_update().as_ref().map(|report| report.to_vec())
    }

    /// Has the last report told again, if there is one: whoever takes the reports begins anew.
    pub fn tell_again(&mut self) {
        if self.reports.borrow().is_some() {
            self.reports.mark_changed();
        }
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// The task, and what outlives a connection of it.
struct Work {
    server: ServerId,
    names: Names,
    ami: Ami,
    held_for: Duration,
    roster: watch::Receiver<Arc<Roster>>,
    asks: mpsc::Receiver<Ask>,
    tell: watch::Sender<Option<Arc<Vec<FallbackCall>>>>,
    waits: watch::Sender<Waits>,
    /// When calls ended whose end nobody noted.
    ends: BTreeMap<String, Timestamp>,
    /// Whether the loop has ever sent a roster. The one before that is empty and means nothing: whoever Asterisk still knows
    /// as logged in shall stay so until it is known better.
    rostered: bool,
}

impl Work {
    async fn run(mut self) {
        // Known from the start on, so that whoever reads it can tell a lost connection from none that is configured.
        metrics::gauge!("callsync_ami_connected").set(0);
        let mut backoff = Backoff::default();
        let mut complaint = String::new();
        loop {
            let began = Instant::now();
            let why = match self.begin(complaint.is_empty()).await {
                Ok(talk) => {
                    tracing::info!(server.id = self.server.0, "connected to Asterisk's manager interface");
                    metrics::gauge!("callsync_ami_connected").set(1);
                    complaint.clear();
                    let Err(why) = Connected::new(talk, &mut self).serve().await;
                    metrics::gauge!("callsync_ami_connected").set(0);
                    self.waits.send_replace(Waits::Unknown);
                    why
                }
                Err(why) => why,
            };
            let why = why.to_string();
            if complaint != why {
                tracing::warn!(server.id = self.server.0, %why, "no connection to Asterisk's manager interface, trying on");
                complaint = why;
            }
            backoff.held(began.elapsed());
            self.refuse_while(sleep_until(Instant::now() + backoff.wait())).await;
        }
    }

    /// Connects. What is asked meanwhile waits, if there is reason to hope.
    async fn begin(&mut self, hopeful: bool) -> Result<Talk, TalkError> {
        let ami = self.ami.clone();
        let begun = Talk::begin(&ami);
        if hopeful { begun.await } else { self.refuse_while(begun).await }
    }

    async fn refuse_while<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                // Dropped without an answer: not done.
                Some(_) = self.asks.recv() => {}
                done = &mut work => return done,
            }
        }
    }
}

/// Nothing: a connection serves until it fails.
enum Never {}

struct Connected<'a> {
    talk: Talk,
    work: &'a mut Work,
    picture: Picture,
    /// What Asterisk refused and was said so of, so that it is said once.
    refused: BTreeSet<String>,
    notes_at: Instant,
    queues_at: Instant,
    mend_at: Option<Instant>,
    /// The interfaces that are held back from the queues, and until when.
    held: HashMap<String, Instant>,
    /// Whether this connection has reported yet: the first time it does so whatever was reported before.
    reported: bool,
}

impl<'a> Connected<'a> {
    fn new(talk: Talk, work: &'a mut Work) -> Self {
        let now = Instant::now();
        let (picture, refused) = (Picture::unknown(&work.names.fallback_queues()), BTreeSet::new());
        let held = HashMap::new();
        Self { talk, work, picture, refused, notes_at: now, queues_at: now, mend_at: None, held, reported: false }
    }

    async fn serve(mut self) -> Result<Never, TalkError> {
        // Orders to ring a phone wait to hear whether somebody waits there.
        self.look_at_notes().await?;
        self.look_at_queues().await?;
        loop {
            let mend_at = self.mend_at;
            tokio::select! {
                biased;
                Some(ask) = self.work.asks.recv() => self.answer(ask).await?,
                Ok(()) = self.work.roster.changed() => {
                    self.work.rostered = true;
                    self.mend().await?;
                }
                () = sleep_until(self.queues_at) => self.look_at_queues().await?,
                () = sleep_until(self.notes_at) => self.look_at_notes().await?,
                () = sleep_until(mend_at.unwrap_or_else(Instant::now)), if mend_at.is_some() => self.mend().await?,
                event = self.talk.event() => self.hear(&event?),
            }
        }
    }

    fn hear(&mut self, event: &Message) {
        if notes::concerns(&self.work.names.fallback_notes(), event) {
            // Perhaps somebody came. The look tells.
            self.work.waits.send_replace(Waits::Somebody);
            self.notes_at = self.notes_at.min(Instant::now() + SOON);
        }
        if self.picture.heard(event) && self.mend_at.is_none() {
            self.mend_at = Some(Instant::now() + SOON);
        }
    }

    async fn look_at_queues(&mut self) -> Result<(), TalkError> {
        self.queues_at = Instant::now() + LOOK_AT_QUEUES_EVERY;
        match self.talk.ask(&Action::new("QueueStatus")).await? {
            Answer::Done(status) => self.picture = Picture::of(&self.work.names.fallback_queues(), &status),
            Answer::No(why) => self.say_refused("QueueStatus", &why),
        }
        self.mend().await
    }

    /// Makes the queues agree with the roster.
    async fn mend(&mut self) -> Result<(), TalkError> {
        self.mend_at = None;
        if !self.work.rostered {
            return Ok(());
        }
        let roster = self.work.roster.borrow_and_update().clone();
        let now = Instant::now();
        self.held.retain(|_, until| *until > now);
        self.mend_at = self.held.values().min().copied();
        let wanted = wanted(&self.work.names.fallback_queues(), &roster, self.work.server);
        let wanted = while_held(wanted, &self.picture, |interface| self.held.contains_key(interface));
        self.change(differences(&self.picture, &wanted)).await
    }

    async fn change(&mut self, actions: Vec<Action>) -> Result<(), TalkError> {
        for action in actions {
            match self.talk.ask(&action).await {
                Ok(Answer::Done(_)) => {
                    metrics::counter!("callsync_ami_mirrored_total", "action" => action.name()).increment(1);
                    self.picture.done(&action);
                }
                Ok(Answer::No(why)) => self.say_refused(action.name(), &why),
                // Nothing was sent. Whose account cannot be said cannot be rung either.
                Err(TalkError::Unsayable(why)) => self.say_refused(action.name(), &why.to_string()),
                Err(why) => return Err(why),
            }
        }
        Ok(())
    }

    async fn answer(&mut self, ask: Ask) -> Result<(), TalkError> {
        // Whoever asked may be gone.
        match ask {
            Ask::Forget { ids, done } => {
                if self.forget(ids).await? {
                    let _ = done.send(());
                }
            }
            Ask::Hold { account, done } => {
                self.hold(&account).await?;
                let _ = done.send(());
            }
            Ask::Release { done } => {
                self.held.clear();
                self.mend().await?;
                let _ = done.send(());
            }
        }
        Ok(())
    }

    /// Without a roster nobody would know to whom to give the phone back.
    async fn hold(&mut self, account: &str) -> Result<(), TalkError> {
        let rostered = self.work.rostered || self.work.roster.has_changed().unwrap_or_default();
        if !rostered || *self.work.waits.borrow() == Waits::Nobody {
            return Ok(());
        }
        let interface = format!("{TECHNOLOGY}/{account}");
        self.change(holds(&self.picture, &interface)).await?;
        let until = Instant::now() + self.work.held_for;
        self.held.insert(interface, until);
        self.mend_at = Some(self.mend_at.map_or(until, |at| at.min(until)));
        Ok(())
    }

    async fn look_at_notes(&mut self) -> Result<(), TalkError> {
        self.notes_at = Instant::now() + LOOK_AT_NOTES_EVERY;
        let mut noted = self.noted().await?;
        let mut live = BTreeSet::new();
        let mut now = None;
        if !notes::open(&noted).is_empty() {
            live = self.live().await?;
            if notes::open(&noted).iter().any(|id| !live.contains(*id)) {
                // It may have ended, and have noted so, between the two questions. Without the time nothing has ended.
                let before: BTreeSet<String> = noted.keys().cloned().collect();
                noted = self.noted().await?;
                noted.retain(|id, _| before.contains(id));
                now = self.clock().await?;
            }
        }
        for (id, _) in noted.iter().filter(|(_, note)| note.is_none()) {
            tracing::warn!(id, "a note of the dialplan's cannot be read and is thrown away");
            self.talk.ask(&notes::forget(&self.work.names.fallback_notes(), id)).await?;
        }
        let report = Arc::new(notes::report(&noted, &live, now, &mut self.work.ends));
        let waits = if report.iter().any(notes::waits) { Waits::Somebody } else { Waits::Nobody };
        self.work.waits.send_replace(waits);
        let first = !std::mem::replace(&mut self.reported, true);
        self.work.tell.send_if_modified(|told| {
            let news = told.as_ref().map_or(!report.is_empty(), |told| first || *told != report);
            if news {
                *told = Some(report);
            }
            news
        });
        Ok(())
    }

    async fn noted(&mut self) -> Result<Noted, TalkError> {
        let folder = self.work.names.fallback_notes();
        match self.talk.ask(&notes::list(&folder)).await? {
            Answer::Done(list) => Ok(notes::read(&folder, self.work.server, &list)),
            // That is how some versions say that there is none.
            Answer::No(why) if why.contains("not found") => Ok(Noted::new()),
            Answer::No(why) => Err(TalkError::NotAllowed { action: "DBGetTree", why }),
        }
    }

    /// The unique ids of all channels.
    async fn live(&mut self) -> Result<BTreeSet<String>, TalkError> {
        match self.talk.ask(&Action::new("CoreShowChannels")).await? {
            Answer::Done(list) => Ok(list.iter().filter_map(|message| message.get("Uniqueid").map(ToOwned::to_owned)).collect()),
            Answer::No(why) => Err(TalkError::NotAllowed { action: "CoreShowChannels", why }),
        }
    }

    async fn clock(&mut self) -> Result<Option<Timestamp>, TalkError> {
        let asked = self.talk.ask(&Action::new("Getvar").with("Variable", CLOCK)).await?;
        let Answer::Done(answer) = asked else { return Ok(None) };
        Ok(answer.first().and_then(|answer| answer.get("Value")?.parse().ok()).map(Timestamp::from_ms))
    }

    /// `false` if that is not allowed.
    async fn forget(&mut self, ids: Vec<String>) -> Result<bool, TalkError> {
        for id in ids {
            match self.talk.ask(&notes::forget(&self.work.names.fallback_notes(), &id)).await {
                Ok(Answer::Done(_)) => {}
                // That is how it says that there is none.
                Ok(Answer::No(why)) if why.contains("not found") || why.contains("could not be deleted") => {}
                Ok(Answer::No(why)) => {
                    self.say_refused("DBDel", &why);
                    return Ok(false);
                }
                // No such note can have been told of.
                Err(TalkError::Unsayable(_)) => {}
                Err(why) => return Err(why),
            }
        }
        self.notes_at = Instant::now();
        Ok(true)
    }

    fn say_refused(&mut self, action: &str, why: &str) {
        metrics::counter!("callsync_ami_refused_total").increment(1);
        if self.refused.insert(format!("{action} {why}")) {
            tracing::warn!(server.id = self.work.server.0, action, why, "Asterisk's manager interface refused an action");
        }
    }
}
