//! `cargo lab call`: one call on a real Asterisk, and its story in sentences from everyone who saw it.

use std::process::ExitCode;
use std::time::Duration;

use tokio::time::sleep;

use crate::parties::clock::time_of_day;
use crate::parties::{Heard, Millis, Note, What};
use crate::place::Options;
use crate::say::{self, Step};
use crate::scenarios::Stage;
use crate::scenarios::witness::cdr::Row;
use crate::scenarios::witness::ledger::{Call, State};
use crate::{Result, Trouble};

/// Long enough to hear who speaks, and shorter than the queue lets a phone ring.
const A_WHILE: Duration = Duration::from_millis(1800);
/// The queue of the demo that leaves its agents time to finish a call.
const QUEUE: &str = "702";

/// Plays the call in a lab of its own, inside a space, and tells its story.
///
/// # Errors
/// When a part does not start, the call does not succeed, or its witnesses disagree.
pub async fn run() -> Result<ExitCode> {
    let options = Options::passing("call")?;
    if options.callsync.is_none() {
        return Err(Trouble::said("callsync was not built"));
    }
    let step = Step::quiet("Asterisk, callsync");
    let mut stage = Stage::start(options).await?;
    step.done("ready");
    stage.begins();
    let step = Step::long("one call", "somebody dials 702 and talks to an agent");
    let played = play(&mut stage).await;
    step.done(if played.is_ok() { "over" } else { "failed" });
    match &played {
        Ok((story, _)) => story.tell(),
        Err(_) => println!("{}", stage.timeline().await),
    }
    stage.lab.stop().await;
    let (_, agreed) = played?;
    agreed?;
    println!("\n  The phones, the sound, the ledger and the CDR tell the same story.");
    Ok(ExitCode::SUCCESS)
}

/// Plays the call. Gives its story, and whether its witnesses agree on it.
async fn play(stage: &mut Stage) -> Result<(Story, Result<()>)> {
    let mut agent = stage.agent_of(QUEUE).await?;
    let mut caller = stage.caller().await?;
    caller.dials(QUEUE).await?;
    caller.is_answered().await?;
    agent.rings().await?;
    let music = caller.hears_music().await?;
    sleep(A_WHILE).await;
    agent.answers().await?;
    let by_caller = caller.hears(&agent).await?;
    let by_agent = agent.hears(&caller).await?;
    sleep(A_WHILE).await;
    caller.hangs_up().await?;
    agent.is_hung_up().await?;
    let call = stage.ended_call(&caller.name).await?;
    let agreed = stage.witnesses_agree(&caller).await.map(drop);
    stage.becomes(&agent.name, "ready").await?;
    let mut story = Story::default();
    story.phones(&caller.name, &caller.diary.notes());
    story.phones(&caller.name, &agent.diary.notes());
    story.ears(&agent.name, music, by_caller, by_agent);
    story.ledger(&call, &stage.ledger.states_of(&agent.name).await?);
    story.cdr(&stage.rows(&call).await?);
    Ok((story, agreed))
}

/// Moments, each with its witness and in a sentence.
#[derive(Default)]
struct Story(Vec<(Millis, &'static str, String)>);

impl Story {
    /// What the phones say happened to them.
    fn phones(&mut self, caller: &str, notes: &[Note]) {
        for note in notes {
            let who = if note.who == caller { "The caller" } else { &*format!("Agent {}", note.who) };
            let sentence = match &note.what {
                What::Dialled => format!("{who} dials {}.", note.peer),
                What::Rang => format!("{who}'s phone rings: {} is calling.", note.peer),
                What::Established if note.who == caller => "The caller's call is taken into the queue.".to_owned(),
                What::Established => format!("{who} answers."),
                What::Refused(status) => format!("{who} refuses with {status}."),
                What::Held => format!("{who} puts the other side on hold."),
                What::Resumed => format!("{who} takes the other side back."),
                What::HungUp => format!("{who} hangs up."),
                What::WasHungUp => format!("{who} sees the other side hang up."),
                What::Failed(status) => format!("{who}'s call comes to nothing: {status}."),
            };
            self.0.push((note.at, "phone", sentence));
        }
    }

    /// What the wire brought to either ear.
    fn ears(&mut self, agent: &str, music: Heard, by_caller: Heard, by_agent: Heard) {
        self.0.push((music.from, "sound", "The caller hears music.".to_owned()));
        self.0.push((by_caller.from, "sound", format!("The caller hears agent {agent}.")));
        self.0.push((by_agent.from, "sound", format!("Agent {agent} hears the caller.")));
    }

    /// What the product booked.
    fn ledger(&mut self, call: &Call, states: &[State]) {
        let entered = format!("A call from {} has entered queue {}.", call.number, call.queue);
        self.0.push((call.entered, "ledger", entered));
        for state in states.iter().filter(|state| state.began > call.entered) {
            let words = match &*state.state {
                "wrap_up" => "finishing the call (wrap-up)",
                "not_ready" => "not ready",
                other => other,
            };
            self.0.push((state.began, "ledger", format!("Agent {} is {words}.", state.agent)));
        }
        if let (Some(at), Some(agent)) = (call.answered, &call.agent) {
            let waited = say::seconds(Duration::from_millis(u64::try_from(at - call.entered).unwrap_or(0)));
            self.0.push((at, "ledger", format!("Agent {agent} has answered; the caller waited {waited}.")));
        }
        if let Some(at) = call.ended {
            self.0.push((at, "ledger", format!("The call is over: {}, ended by the {}.", call.outcome, call.by)));
        }
    }

    /// What Asterisk wrote, with the product's stamps.
    fn cdr(&mut self, rows: &[Row]) {
        for row in rows {
            let Row { source, disposition, queue, agent, outcome, .. } = row;
            let sentence =
                format!("Asterisk's CDR of {source}: {disposition}; stamped queue {queue}, agent {agent}, outcome {outcome}.");
            // Whole seconds, rounded down: after everything that happened in that second.
            self.0.push((row.end + 999, "cdr", sentence));
        }
    }

    fn tell(&self) {
        let mut moments: Vec<_> = self.0.iter().collect();
        moments.sort_by_key(|(at, ..)| *at);
        println!();
        for (at, witness, sentence) in moments {
            let time = time_of_day(*at);
            let time = if *witness == "cdr" { &time[..8] } else { &time };
            println!("  {time:<12}  {witness:<6}  {sentence}");
        }
    }
}
