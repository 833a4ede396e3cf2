//! What happens to the program and to what it stands on, short of a kill: it hangs, its way to Asterisk is cut without a word,
//! Asterisk starts again, the disk of the journal is full.

use std::time::Duration;

use tokio::time::sleep;

use super::Figures;
use super::ground::{Cut, Full, Ground};
use super::storm::Storm;
use crate::Result;
use crate::parties::{Millis, now};

/// Before something happens there are calls in every phase.
const WARM: Duration = Duration::from_secs(4);
/// How long the program hangs.
const HANGS_FOR: Duration = Duration::from_secs(20);
/// A heartbeat older than this sends new calls to the fallback.
const STALE_AFTER: Millis = 10_000;
/// A beat comes every two seconds; and the one that came last was on its way.
const BEAT: Millis = 2500;
/// How often the way falls silent; with `--long` four times as often.
const SILENCES: u32 = 8;
/// A cut way must be noticed within this.
const NOTICED_WITHIN: Duration = Duration::from_secs(5);
const MENDED_WITHIN: Duration = Duration::from_secs(20);

/// Hung, not dead: Asterisk's connection to it stands, and nobody is at its other end.
pub async fn new_calls_fall_back_while_the_program_hangs_and_those_who_wait_wait_on(ground: &mut Ground) -> Result<Figures> {
    let mut storm = Storm::begins(ground, 120).await?;
    sleep(WARM).await;
    let went = now();
    storm.ground.stage.lab.product()?.pauses();
    sleep(HANGS_FOR).await;
    let answered = answered_after(&storm, went + STALE_AFTER + BEAT);
    storm.ground.stage.lab.product()?.resumes();
    let (back, lag) = storm.ground.is_ready(MENDED_WITHIN).await?;
    storm.was_away(went, back);
    storm.figure(format!("hung for {} ms, ready {} ms after; lag {lag}", HANGS_FOR.as_millis(), back - went - 20_000));
    fell_back(&mut storm, answered);
    storm.looks_around_at_last().await?;
    storm.ends().await
}

/// No packet goes either way, and no connection is closed.
pub async fn silently_cut_way_to_asterisk_is_noticed_and_new_calls_fall_back(ground: &mut Ground) -> Result<Figures> {
    let cut_for = Duration::from_secs(if ground.long { 60 } else { 25 });
    let mut storm = Storm::begins(ground, 180).await?;
    sleep(WARM).await;
    let port = storm.ground.stage.lab.ports.http;
    let went = now();
    let cut = Cut::to(port).await?;
    let noticed = storm.ground.reports(NOTICED_WITHIN, "the program says that Asterisk is lost", |said| !said.switch).await;
    match noticed {
        Ok((at, _)) => storm.figure(format!("cut for {} ms, noticed after {} ms", cut_for.as_millis(), at - went)),
        Err(trouble) => storm.finds(trouble.to_string()),
    }
    sleep(cut_for.saturating_sub(Duration::from_millis((now() - went).unsigned_abs()))).await;
    let answered = answered_after(&storm, went + STALE_AFTER + BEAT);
    drop(cut);
    let mended = now();
    let (back, lag) = storm.ground.is_ready(MENDED_WITHIN).await?;
    storm.was_away(went, back);
    storm.figure(format!("ready {} ms after the way was whole again; lag {lag}", back - mended));
    fell_back(&mut storm, answered);
    storm.looks_around_at_last().await?;
    storm.ends().await
}

/// The way is silent for a moment, again and again: some times are too short to be noticed at all, some long enough for the way to
/// be given up. Ring times pass and phones are answered meanwhile.
pub async fn agents_who_answer_while_the_way_is_silent_for_seconds_keep_their_callers(ground: &mut Ground) -> Result<Figures> {
    let silences = if ground.long { SILENCES * 4 } else { SILENCES };
    let mut chance = ground.chance("silences");
    let mut storm = Storm::begins(ground, silences * 12 + 60).await?;
    sleep(WARM).await;
    let port = storm.ground.stage.lab.ports.http;
    let mut lasted = Vec::new();
    for _ in 0..silences {
        sleep(chance.between(1500, 4000)).await;
        let went = now();
        let cut = Cut::to(port).await?;
        sleep(chance.between(1000, 4800)).await;
        drop(cut);
        lasted.push(now() - went);
        let (back, _) = storm.ground.is_ready(MENDED_WITHIN).await?;
        storm.was_away(went, back);
    }
    storm.figure(format!(
        "{silences} silences, of {} to {} ms",
        lasted.iter().min().unwrap_or(&0),
        lasted.iter().max().unwrap_or(&0)
    ));
    storm.looks_around_at_last().await?;
    storm.ends().await
}

/// Facts cannot be kept beside the database, and calls do not wait for that.
pub async fn calls_go_on_while_the_disk_of_the_journal_is_full(ground: &mut Ground) -> Result<Figures> {
    let full_for = Duration::from_secs(if ground.long { 60 } else { 10 });
    let mut storm = Storm::begins(ground, 120).await?;
    sleep(WARM).await;
    let disk = Full::filled(&storm.ground.journal()?)?;
    sleep(full_for).await;
    let log = storm.ground.stage.lab.product()?.log();
    if !log.lines().any(|line| line.contains("ERROR") && line.contains("journal")) {
        storm.finds("the journal cannot be written, and the program does not say so".to_owned());
    }
    drop(disk);
    sleep(Duration::from_secs(5)).await;
    // What was lost while the disk was full is written anew before the program is killed: the next one knows everything.
    let went = now();
    storm.ground.stage.lab.product()?.kill().await;
    let back = storm.ground.returns().await?;
    storm.was_away(went, back.ready);
    storm.looks_around_at_last().await?;
    storm.ends().await
}

/// Of the callers who dialled after this moment: how many, and how many were answered by now.
fn answered_after(storm: &Storm<'_>, since: Millis) -> (usize, usize) {
    let stories = storm.field.stories();
    // The last second's callers may be on their way.
    let late = stories.iter().filter(|(_, story)| story.dialled > since && story.dialled < now() - 1500);
    (late.clone().count(), late.filter(|(_, story)| story.connected.is_some()).count())
}

fn fell_back(storm: &mut Storm<'_>, (called, answered): (usize, usize)) {
    storm.figure(format!("{called} called after the heartbeat had stopped, {answered} of them were answered by the fallback"));
    if called == 0 || answered < called {
        storm.finds(format!("{} of {called} new callers were left without an answer", called - answered));
    }
}
