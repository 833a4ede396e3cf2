//! Which desks are open, by their beats. An agent whose desk vanished is offered no more calls: nobody sits there, as far as we
//! know. Whoever works by the phone's feature codes alone has no desk, and is let be.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use model::wallboard::AgentRow;
use model::{Actor, AgentId, AgentState, NotReadyReason, Span, Timestamp};
use runtime::Ask;

use crate::orders::ask_agent;
use crate::site::{Inner, Site};
use crate::stream::every;

/// How often desks are looked after.
const ROUND: Duration = Duration::from_secs(1);

/// What a desk has ordered is on the board within this.
const FRESH: Span = Span::from_secs(2);

/// Who could not listen for this long, because the machine slept or was overloaded, has not heard that nobody spoke.
const DEAF: Span = Span::from_secs(5);

/// The open desks.
#[derive(Debug)]
pub(crate) struct Desks {
    /// After how long without a beat a desk has vanished; zero: never.
    patience: Span,
    open: Mutex<BTreeMap<AgentId, Presence>>,
    /// Somebody spoke, and nobody could say who.
    deaf: AtomicBool,
}

/// What is known of a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    /// It was heard.
    Heard(Timestamp),
    /// It has vanished, and nothing was done about it yet: the phone is out of reach, and may come back.
    Vanished,
}

/// What is to be done about a desk that vanished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The agent takes no more calls.
    Stop,
    /// Look again.
    Wait,
    /// There is nothing to be done.
    Forget,
}

impl Desks {
    /// None yet. A desk vanishes after `patience` without a beat; never, if that is zero.
    pub fn new(patience: Span) -> Self {
        Self { patience, open: Mutex::default(), deaf: AtomicBool::new(false) }
    }

    /// Hears a desk; says whether it was not open before.
    pub fn hear(&self, agent: AgentId, at: Timestamp) -> bool {
        self.lock().insert(agent, Presence::Heard(at)).is_none()
    }

    /// Somebody may have given a sign of life, but the database does not say who: as long as it is so, no desk vanishes.
    pub fn turn_deaf(&self) {
        self.deaf.store(true, Ordering::Relaxed);
    }

    /// Whether [`Desks::turn_deaf`] was called since this was asked last.
    fn was_deaf(&self) -> bool {
        self.deaf.swap(false, Ordering::Relaxed)
    }

    /// Counts every open desk as heard at `at`, those that `remembered` names too.
    fn count_anew(&self, remembered: Vec<AgentId>, at: Timestamp) {
        let mut open = self.lock();
        open.values_mut().for_each(|presence| *presence = Presence::Heard(at));
        open.extend(remembered.into_iter().map(|agent| (agent, Presence::Heard(at))));
    }

    /// Goes round: says who takes no more calls, whose desk is there again, and whose is not listened for any longer.
    fn round(&self, agents: &[AgentRow], at: Timestamp) -> Round {
        let mut round = Round::default();
        self.lock().retain(|id, presence| {
            let row = agents.iter().find(|row| row.id == *id);
            let verdict = match (row, *presence) {
                (None, _) => Verdict::Forget,
                // The order by which they come to work may not be on the board yet.
                (Some(row), Presence::Heard(heard)) if row.state == AgentState::LoggedOut && at.since(heard) < FRESH => {
                    return true;
                }
                // Whoever has gone home and comes back by phone has no desk until it is heard.
                (Some(row), _) if row.state == AgentState::LoggedOut => Verdict::Forget,
                (Some(row), Presence::Heard(heard)) if !self.is_over(heard, at) => {
                    if row.then == Some(GONE) {
                        round.back.push(*id);
                    }
                    return true;
                }
                (Some(row), Presence::Heard(_) | Presence::Vanished) => verdict(row),
            };
            match verdict {
                Verdict::Wait => *presence = Presence::Vanished,
                Verdict::Stop => round.stop.push(*id),
                Verdict::Forget => round.forget.push(*id),
            }
            verdict == Verdict::Wait
        });
        round
    }

    fn is_over(&self, heard: Timestamp, at: Timestamp) -> bool {
        self.patience > Span::ZERO && at.since(heard) >= self.patience
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<AgentId, Presence>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What becomes of an agent after the call whose desk vanished during it.
const GONE: AgentState = AgentState::NotReady(NotReadyReason::Gone);

/// What a round found.
#[derive(Debug, Default, PartialEq, Eq)]
struct Round {
    stop: Vec<AgentId>,
    /// Those who were to take no more calls after the present one, and whose desk, or another of theirs, is open again.
    back: Vec<AgentId>,
    forget: Vec<AgentId>,
}

/// What is to be done about the vanished desk of an agent in that state.
fn verdict(row: &AgentRow) -> Verdict {
    match row.state {
        AgentState::Ready | AgentState::WrapUp { .. } => Verdict::Stop,
        AgentState::Reserved(_) | AgentState::Ringing(_) | AgentState::Talking(_) | AgentState::Held(_) => {
            // What they asked for after the call takes no calls either.
            if row.then.is_none() { Verdict::Stop } else { Verdict::Forget }
        }
        AgentState::Unreachable => Verdict::Wait,
        AgentState::LoggedOut | AgentState::NotReady(_) => Verdict::Forget,
    }
}

/// Looks after the desks until the site is gone.
pub(crate) async fn watch(site: Weak<Inner>) {
    let mut rounds = every(ROUND);
    let mut last = None;
    loop {
        rounds.tick().await;
        let Some(site) = Site::of(&site) else { return };
        let at = site.app.runtime.now();
        // A restart of ours is not a vanishing, nor is a sleep, nor a database that is away: the time counts from when we listen.
        let deaf = site.desks.was_deaf();
        match last {
            None => {
                let remembered = store::desk::all_open(&site.app.db).await.unwrap_or_else(|error| {
                    tracing::warn!(%error, "whose desk was open is not known");
                    Vec::new()
                });
                site.desks.count_anew(remembered, at);
            }
            Some(last) if deaf || at.since(last) >= DEAF => site.desks.count_anew(Vec::new(), at),
            Some(_) => {}
        }
        last = Some(at);
        let Ok(joined) = site.hub.join().await else { continue };
        let round = site.desks.round(&joined.whole.board.agents, at);
        drop(joined);
        for agent in &round.stop {
            stop(&site, *agent).await;
        }
        for agent in &round.back {
            take_back(&site, *agent).await;
        }
        for agent in round.stop.into_iter().chain(round.forget) {
            close(&site, agent).await;
        }
    }
}

/// Has the loop offer no more calls to an agent whose desk vanished.
async fn stop(site: &Site, agent: AgentId) {
    tracing::info!(agent.id = %agent, "a desk vanished: its agent is offered no more calls");
    metrics::counter!("callsync_desks_vanished_total").increment(1);
    // A loop that takes no orders is stopping, and has nobody's desk in its care any more.
    let _ = ask_agent(site, Actor::Program, agent, Ask::NotReady(NotReadyReason::Gone), "desk_gone").await;
}

/// Takes back that an agent whose desk is open again is to be offered no calls after the present one.
async fn take_back(site: &Site, agent: AgentId) {
    tracing::info!(agent.id = %agent, "a desk came back during a call: its agent stays");
    let _ = ask_agent(site, Actor::Program, agent, Ask::Ready, "desk_back").await;
}

async fn close(site: &Site, agent: AgentId) {
    if let Err(error) = store::desk::close(&site.app.db, agent).await {
        tracing::warn!(%error, agent.id = %agent, "that a desk is closed could not be written down");
    }
}

#[cfg(test)]
mod tests {
    use model::wallboard::AgentRow;
    use model::{AgentId, AgentState, CallId, NotReadyReason, PersonName, Span, Timestamp};
    use uuid::Uuid;

    use super::{Desks, Round};

    const OWN: AgentId = AgentId(Uuid::from_u128(8));
    const CALL: CallId = CallId(Uuid::from_u128(9));

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(1_790_000_000_000 + seconds * 1000)
    }

    fn row(state: AgentState) -> [AgentRow; 1] {
        let (name, endpoint) = (PersonName::new("Анна Ильина"), "1001".to_owned());
        [AgentRow {
            id: OWN,
            name,
            endpoint,
            state,
            since: at(0),
            why: None,
            then: None,
            blocked: None,
            queues: vec![],
            answered: 0,
        }]
    }

    fn heard_at_zero() -> Desks {
        let desks = Desks::new(Span::from_secs(30));
        assert!(desks.hear(OWN, at(0)));
        assert!(!desks.hear(OWN, at(0)), "it is open already");
        desks
    }

    fn stopped() -> Round {
        Round { stop: vec![OWN], ..Round::default() }
    }

    fn forgotten() -> Round {
        Round { forget: vec![OWN], ..Round::default() }
    }

    #[test]
    fn whose_desk_is_silent_for_as_long_as_is_set_takes_no_more_calls_and_is_told_so_once() {
        let desks = heard_at_zero();
        assert_eq!(desks.round(&row(AgentState::Ready), at(29)), Round::default());
        desks.hear(OWN, at(29));
        assert_eq!(desks.round(&row(AgentState::Ready), at(58)), Round::default());
        assert_eq!(desks.round(&row(AgentState::Ready), at(59)), stopped());
        assert_eq!(desks.round(&row(AgentState::Ready), at(99)), Round::default(), "they work by phone from here on");
    }

    #[test]
    fn in_a_call_it_counts_from_its_end_on_unless_something_else_was_asked_for() {
        for state in [AgentState::Reserved(CALL), AgentState::Ringing(CALL), AgentState::Talking(CALL), AgentState::Held(CALL)] {
            assert_eq!(heard_at_zero().round(&row(state.clone()), at(30)), stopped());
            let [row] = row(state);
            let leaving = AgentRow { then: Some(AgentState::LoggedOut), ..row };
            assert_eq!(heard_at_zero().round(&[leaving], at(30)), forgotten());
        }
        let wrap_up = AgentState::WrapUp { call: CALL, until: at(90) };
        assert_eq!(heard_at_zero().round(&row(wrap_up), at(30)), stopped());
    }

    #[test]
    fn a_desk_that_is_open_again_before_the_call_ends_takes_back_that_its_agent_is_gone() {
        let desks = heard_at_zero();
        assert_eq!(desks.round(&row(AgentState::Talking(CALL)), at(30)), stopped());
        let [row] = row(AgentState::Talking(CALL));
        let gone = [AgentRow { then: Some(super::GONE), ..row.clone() }];
        assert_eq!(desks.round(&gone, at(31)), Round::default(), "nobody is there yet");
        desks.hear(OWN, at(40));
        assert_eq!(desks.round(&gone, at(41)), Round { back: vec![OWN], ..Round::default() });
        assert_eq!(desks.round(std::slice::from_ref(&row), at(42)), Round::default(), "it was taken back");
        // What the agent has asked for stays.
        let lunch = [AgentRow { then: Some(AgentState::NotReady(NotReadyReason::Lunch)), ..row }];
        assert_eq!(desks.round(&lunch, at(43)), Round::default());
    }

    #[test]
    fn whoever_takes_no_calls_anyway_is_let_be() {
        let desks = heard_at_zero();
        assert_eq!(desks.round(&row(AgentState::NotReady(NotReadyReason::Lunch)), at(30)), forgotten());
        assert_eq!(desks.round(&row(AgentState::Ready), at(60)), Round::default());
        let desks = heard_at_zero();
        assert_eq!(desks.round(&row(AgentState::LoggedOut), at(1)), Round::default(), "they may just have come");
        assert_eq!(desks.round(&row(AgentState::LoggedOut), at(2)), forgotten(), "at home there is no desk");
        assert_eq!(desks.round(&row(AgentState::Ready), at(60)), Round::default());
        assert_eq!(heard_at_zero().round(&[], at(1)), forgotten());
    }

    #[test]
    fn a_phone_that_comes_back_to_a_vanished_desk_is_offered_nothing() {
        let desks = heard_at_zero();
        assert_eq!(desks.round(&row(AgentState::Unreachable), at(30)), Round::default());
        assert_eq!(desks.round(&row(AgentState::Ready), at(31)), stopped());
        let desks = heard_at_zero();
        desks.round(&row(AgentState::Unreachable), at(30));
        desks.hear(OWN, at(31));
        assert_eq!(desks.round(&row(AgentState::Ready), at(32)), Round::default(), "the desk came back as well");
    }

    #[test]
    fn a_restart_and_a_sleep_count_from_their_end() {
        let desks = Desks::new(Span::from_secs(30));
        desks.count_anew(vec![OWN], at(100));
        assert_eq!(desks.round(&row(AgentState::Ready), at(129)), Round::default());
        desks.count_anew(vec![], at(500));
        assert_eq!(desks.round(&row(AgentState::Ready), at(529)), Round::default());
        assert_eq!(desks.round(&row(AgentState::Ready), at(530)), stopped());
    }

    #[test]
    fn without_patience_set_no_desk_vanishes() {
        let desks = Desks::new(Span::ZERO);
        desks.hear(OWN, at(0));
        assert_eq!(desks.round(&row(AgentState::Ready), at(100_000)), Round::default());
    }
}
