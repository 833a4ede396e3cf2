//! The very end: nobody is there, and the caller leaves a message.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::shift::{comes, in_the_books};
use crate::parties::clock::{Seen, until};
use crate::parties::tone::{Sound, classify};
use crate::parties::{Phone, Tone};
use crate::scenarios::Stage;
use crate::{Result, Trouble};

/// The mailbox that `voicemail.conf` has.
const MAILBOX: &str = "100@default";
/// The greeting, which is spoken before the message begins, and a message that is long enough.
const MESSAGE_WITHIN: Duration = Duration::from_secs(40);
/// A message counts from so many frames of 20 ms of the caller's voice on: two seconds.
const HEARD: usize = 100;
/// The head of a WAV file, and a frame of 20 ms of 16-bit samples at 8 kHz.
const HEAD: usize = 44;
const FRAME: usize = 320;

/// The program is killed, the only agent has a break: the caller is greeted, speaks, and the message is kept.
pub async fn callers_leave_a_message_while_the_program_is_killed_and_nobody_is_ready(stage: &mut Stage) -> Result<()> {
    let resting = stage.agent().await?;
    stage.asks(&resting.name, "*111").await?;
    stage.becomes(&resting.name, "not_ready").await?;
    stage.lab.asterisk_cli(&format!("dialplan set global CALLSYNC_MAILBOX {MAILBOX}")).await?;
    stage.lab.product()?.kill().await;
    let played = message(stage).await;
    stage.lab.asterisk_cli("dialplan set global CALLSYNC_MAILBOX \"\"").await?;
    stage.program_returns().await?;
    let caller = played?;
    // Whoever speaks to a mailbox hears nothing meanwhile.
    in_the_books(stage, &caller).await
}

async fn message(stage: &mut Stage) -> Result<Phone> {
    let mut caller = comes(stage).await?;
    caller.is_answered().await?;
    until(MESSAGE_WITHIN, "the caller's voice is in the mailbox", async || {
        let heard = voice(&folder(stage), caller.tone)?;
        tokio::time::sleep(Duration::from_millis(250)).await;
        Ok(if heard >= HEARD { Seen::Enough(()) } else { Seen::NotYet(format!("{heard} frames of it are")) })
    })
    .await?;
    caller.hangs_up().await?;
    let kept = folder(stage).join("INBOX/msg0000.wav");
    until(MESSAGE_WITHIN, "the message is kept", async || {
        tokio::time::sleep(Duration::from_millis(250)).await;
        Ok(if kept.exists() { Seen::Enough(()) } else { Seen::NotYet(format!("{} is not there", kept.display())) })
    })
    .await?;
    Ok(caller)
}

fn folder(stage: &Stage) -> PathBuf {
    stage.lab.asterisk.root.join("var/spool/asterisk/voicemail/default/100")
}

/// How many frames of this tone are in the messages, those under way included.
fn voice(folder: &Path, tone: Tone) -> Result<usize> {
    let mut frames = 0;
    for part in ["tmp", "INBOX"] {
        let Ok(entries) = fs::read_dir(folder.join(part)) else { continue };
        for file in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
            if file.extension().is_some_and(|extension| extension == "wav" || extension == "WAV") {
                let bytes = fs::read(&file).map_err(Trouble::file("reading", &file))?;
                frames += bytes.get(HEAD..).unwrap_or_default().chunks_exact(FRAME).filter(|frame| is(frame, tone)).count();
            }
        }
    }
    Ok(frames)
}

fn is(frame: &[u8], tone: Tone) -> bool {
    let samples: Vec<f32> = frame.chunks_exact(2).map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]]))).collect();
    classify(&samples) == Sound::Tone(tone)
}
