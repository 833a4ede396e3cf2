//! What only a real Asterisk can show of its manager interface and of our dialplan: who is a member of its queues, which way
//! a caller goes, and what is noted on the way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use acd::effect::{Exit, HangupReason, Lane, Op};
use acd::event::Event;
use acd::{Member, Roster};
use model::fact::FallbackCall;
use model::{Endpoint, LegId, PersonName, ServerId, Span, TheirLeg};
use tokio::time::timeout;
use uuid::Uuid;

use super::{PATIENCE, Rig, asterisk, manager};
use crate::ami::Action;
use crate::mirror::Picture;
use crate::talk::{Answer, Talk};
use crate::{Config, evacuate, probe_manager};

/// The application that the dialplan knows; no program runs beside these tests.
const APP: &str = "callsync";

/// Tests here share Asterisk's one application of that name, so only one runs at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// What lies between a difference of two times in whole milliseconds, as Asterisk writes them, and our own clock's.
const ROUNDED: Duration = Duration::from_millis(2);

fn config() -> Option<Config> {
    Some(Config { ami: Some(manager()?), ..asterisk(APP)? })
}

/// A phone, the queues it serves and their tiers, and whether it is paused.
type Phone<'a> = (&'a str, &'a [(&'a str, u8)], bool);

fn roster(server: ServerId, members: &[Phone]) -> Arc<Roster> {
    let member = |(account, queues, paused): &Phone| Member {
        endpoint: Endpoint { server, name: (*account).to_owned() },
        name: PersonName::new("Anna"),
        queues: queues.iter().map(|(number, tier)| ((*number).to_owned(), *tier)).collect(),
        paused: *paused,
    };
    Arc::new(Roster { members: members.iter().map(member).collect() })
}

/// Who is in these queues, as `queue interface penalty paused`.
async fn members(talk: &mut Talk, queues: &[&str]) -> Vec<String> {
    let Answer::Done(status) = talk.ask(&Action::new("QueueStatus")).await.unwrap() else { panic!("refused") };
    let picture = Picture::of("callsync-", &status);
    let ours = picture.members.iter().filter(|((queue, _), _)| queues.contains(&queue.as_str()));
    ours.map(|((queue, interface), member)| format!("{queue} {interface} {} {}", member.penalty, member.paused)).collect()
}

async fn becomes(talk: &mut Talk, queues: &[&str], expected: &[&str]) {
    let looking = async {
        while members(talk, queues).await != expected {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    if timeout(PATIENCE, looking).await.is_err() {
        panic!("expected {expected:?}, found {:?}", members(talk, queues).await);
    }
}

/// Somebody dials 788: one half of a Local channel goes through the dialplan, the other hears the plain queue's regrets.
async fn dials(config: &Config) -> TheirLeg {
    crate::install_cryptography();
    let id = format!("dials-{}", Uuid::now_v7());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let query = [
        ("endpoint", "Local/790@from-trunk/n"),
        ("context", "from-trunk"),
        ("extension", "788"),
        ("priority", "1"),
        ("channelId", &id),
        ("callerId", "<+79123456789>"),
    ];
    let password = secrecy::ExposeSecret::expose_secret(&config.password);
    let asked = http.post(format!("{}/ari/channels", config.url)).query(&query).basic_auth(&config.user, Some(password));
    let answer = asked.send().await.unwrap();
    assert!(answer.status().is_success(), "{:?}", answer.text().await);
    TheirLeg { server: config.server, id }
}

async fn started(config: &Config) -> Rig {
    let mut rig = Rig::start(config.clone());
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
    rig
}

/// Waits until it was reported of this call that it is so.
async fn noted(rig: &mut Rig, last: &mut Vec<FallbackCall>, leg: &TheirLeg, is: impl Fn(&FallbackCall) -> bool) -> FallbackCall {
    loop {
        if let Some(call) = last.iter().find(|call| call.leg == *leg && is(call)) {
            return call.clone();
        }
        if let Event::FallbackReported { calls, .. } = rig.next().await {
            *last = calls;
        }
    }
}

/// Waits until these are hung up and reported to have ended, and has them forgotten.
async fn end(rig: &mut Rig, last: &mut Vec<FallbackCall>, legs: &[TheirLeg]) {
    for leg in legs {
        let ours = LegId::Theirs(leg.clone());
        rig.order(Lane::Leg(ours.clone()), Op::Hangup { leg: ours, reason: HangupReason::Normal });
        noted(rig, last, leg, |call| call.ended.is_some()).await;
    }
    let server = legs[0].server;
    rig.order(Lane::Server(server), Op::ForgetFallback { server, legs: legs.to_vec() });
    while last.iter().any(|call| legs.contains(&call.leg)) {
        if let Event::FallbackReported { calls, .. } = rig.next().await {
            *last = calls;
        }
    }
}

async fn arrived(rig: &mut Rig) -> TheirLeg {
    loop {
        if let Event::CallerArrived { leg, dialled, .. } = rig.next().await {
            assert_eq!(dialled, "788");
            return leg;
        }
    }
}

/// Waits until the dialplan would hand calls to the program: the beat was taken.
async fn alive(rig: &Rig, config: &Config) {
    rig.beat();
    let looking = async {
        while evacuate(config, false).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, looking).await.expect("the sign of life is seen");
}

#[tokio::test]
async fn the_real_queues_follow_the_roster_and_a_meddler_is_put_right() {
    let Some(config) = config() else { return };
    let _alone = ALONE.lock().await;
    let queues = ["callsync-786", "callsync-787"];
    let mut talk = Talk::begin(config.ami.as_ref().unwrap()).await.unwrap();
    let rig = started(&config).await;
    rig.roster.send_replace(roster(config.server, &[("1061", &[("786", 1), ("787", 2)], false), ("1062", &[("786", 1)], true)]));
    let all = ["callsync-786 PJSIP/1061 0 false", "callsync-786 PJSIP/1062 0 true", "callsync-787 PJSIP/1061 1 false"];
    becomes(&mut talk, &queues, &all).await;
    let pause = Action::new("QueuePause").with("Interface", "PJSIP/1061").with("Paused", "true");
    assert!(matches!(talk.ask(&pause).await.unwrap(), Answer::Done(_)));
    let boss = Action::new("QueueAdd").with("Queue", "callsync-787").with("Interface", "PJSIP/1063");
    assert!(matches!(talk.ask(&boss).await.unwrap(), Answer::Done(_)));
    becomes(&mut talk, &queues, &all).await;
    rig.roster.send_replace(roster(config.server, &[("1061", &[("787", 1)], true)]));
    becomes(&mut talk, &queues, &["callsync-787 PJSIP/1061 0 true"]).await;
    rig.roster.send_replace(Arc::default());
    becomes(&mut talk, &queues, &[]).await;
    rig.stop().await;
}

#[tokio::test]
async fn the_doctor_finds_the_real_manager_interface_sound() {
    let Some(config) = config() else { return };
    probe_manager(&config.ami.unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_caller_enters_while_the_program_lives_and_goes_past_it_once_it_has_left_and_is_noted_and_forgotten() {
    let Some(config) = config() else { return };
    let _alone = ALONE.lock().await;
    let mut rig = started(&config).await;
    let mut last = Vec::new();
    let past = dials(&config).await;
    let note = noted(&mut rig, &mut last, &past, |_| true).await;
    assert_eq!((note.dialled.as_str(), note.call, note.agent.clone()), ("788", None, None));
    assert_eq!(note.number, Some(model::Phone::new("+79123456789")));
    end(&mut rig, &mut last, &[past]).await;
    alive(&rig, &config).await;
    let within = dials(&config).await;
    assert_eq!(arrived(&mut rig).await, within);
    rig.order(Lane::Leg(LegId::Theirs(within.clone())), Op::Continue { leg: within.clone(), exit: Exit::Failed });
    noted(&mut rig, &mut last, &within, |_| true).await;
    end(&mut rig, &mut last, &[within]).await;
    rig.stop().await;
    let mut rig = started(&config).await;
    let mut last = Vec::new();
    let again = dials(&config).await;
    noted(&mut rig, &mut last, &again, |_| true).await;
    end(&mut rig, &mut last, &[again]).await;
    rig.stop().await;
}

#[tokio::test]
async fn when_a_caller_came_is_said_when_they_are_handed_over_and_when_they_are_found() {
    let Some(config) = config() else { return };
    let _alone = ALONE.lock().await;
    let mut rig = started(&config).await;
    alive(&rig, &config).await;
    let dialled = Instant::now();
    let caller = dials(&config).await;
    let (came, told) = loop {
        if let Event::CallerArrived { leg, came, told, .. } = rig.next().await {
            assert_eq!(leg, caller);
            break (came.expect("the dialplan says it"), told.expect("the event says it"));
        }
    };
    assert!(came <= told && told.since(came).to_duration() <= dialled.elapsed() + ROUNDED, "{came:?} {told:?}");
    let heard = Instant::now();
    rig.stop().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let at_least = heard.elapsed().saturating_sub(ROUNDED);
    let mut rig = Rig::start(config.clone());
    let Event::SwitchReturned { account, .. } = rig.next().await else { panic!("the account comes first") };
    let found = account.legs.iter().find(|leg| leg.leg == LegId::Theirs(caller.clone())).expect("the caller is found");
    let age = account.clock.expect("the account says it").since(came).to_duration();
    let at_most = dialled.elapsed() + ROUNDED;
    assert!(found.came == Some(came) && (at_least..=at_most).contains(&age), "{age:?} is not in {at_least:?} to {at_most:?}");
    let leg = LegId::Theirs(caller);
    rig.order(Lane::Leg(leg.clone()), Op::Hangup { leg, reason: HangupReason::Normal });
    rig.stop().await;
}

#[tokio::test]
async fn a_guard_that_nobody_renews_takes_the_caller_into_the_fallback_and_a_lifted_one_does_not() {
    let Some(config) = config() else { return };
    let _alone = ALONE.lock().await;
    let mut rig = started(&config).await;
    alive(&rig, &config).await;
    let (kept, left) = (dials(&config).await, dials(&config).await);
    for _ in 0..2 {
        let leg = arrived(&mut rig).await;
        let lane = Lane::Leg(LegId::Theirs(leg.clone()));
        rig.order(lane.clone(), Op::Answer { leg: leg.clone() });
        rig.order(lane.clone(), Op::StartMusic { leg: LegId::Theirs(leg.clone()), class: "default".to_owned() });
        rig.order(lane.clone(), Op::Guard { leg: leg.clone(), within: Some(Span::from_secs(3)) });
        if leg == kept {
            rig.order(lane, Op::Guard { leg, within: None });
        }
    }
    let note = noted(&mut rig, &mut Vec::new(), &left, |_| true).await;
    assert_eq!(note.dialled, "788");
    let (server, op) = (config.server, Op::TakeAccount { server: config.server });
    rig.order(Lane::Server(server), op);
    let account = loop {
        if let Event::SwitchReturned { account, .. } = rig.next().await {
            break account;
        }
    };
    let there: Vec<_> = account.legs.iter().map(|leg| leg.leg.clone()).collect();
    assert!(there.contains(&LegId::Theirs(kept.clone())) && !there.contains(&LegId::Theirs(left.clone())), "{there:?}");
    for leg in [kept, left] {
        rig.order(Lane::Leg(LegId::Theirs(leg.clone())), Op::Hangup { leg: LegId::Theirs(leg), reason: HangupReason::Normal });
    }
    rig.stop().await;
}

#[tokio::test]
async fn callers_who_wait_in_a_dead_program_are_evacuated_into_the_fallback() {
    let Some(config) = config() else { return };
    let _alone = ALONE.lock().await;
    let mut rig = started(&config).await;
    alive(&rig, &config).await;
    let caller = dials(&config).await;
    assert_eq!(arrived(&mut rig).await, caller);
    let refused = evacuate(&config, false).await.unwrap_err().to_string();
    assert!(refused.contains("sign of life"), "{refused}");
    // It says farewell, so that nobody has to wait until its last sign of life has grown old.
    rig.stop().await;
    let done = evacuate(&config, false).await.unwrap();
    assert_eq!((done.callers, done.legs, done.conversations, done.failed), (1, 0, 0, 0));
    let mut rig = started(&config).await;
    let mut last = Vec::new();
    noted(&mut rig, &mut last, &caller, |_| true).await;
    end(&mut rig, &mut last, &[caller]).await;
    rig.stop().await;
}
