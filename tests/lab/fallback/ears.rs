//! Dead air, measured at the caller's ear.

use crate::parties::{Ear, Heard, Millis, Phone, What};
use crate::scenarios::Stage;
use crate::{Result, Trouble};

/// Nobody may hear nothing for longer than this.
const DEAD_AIR: Millis = 2000;

/// A caller has heard something from the moment that the call stood until it was over, and a ringing tone before it.
///
/// # Errors
/// With the silence, and when it was.
pub fn never_silent(stage: &Stage, caller: &Phone) -> Result<()> {
    let notes = caller.diary.notes();
    let at = |what: &dyn Fn(&What) -> bool| notes.iter().find(|note| what(&note.what)).map(|note| note.at);
    let dialled = at(&|what| *what == What::Dialled).unwrap_or_default();
    let over = at(&|what| matches!(what, What::HungUp | What::WasHungUp | What::Failed(_)));
    let taken = at(&|what| *what == What::Established);
    let (Some(taken), Some(over)) = (taken, over) else {
        return Err(Trouble::said(format!("the call of {} never stood, or is not over", caller.name)));
    };
    let told = stage.exchange.tap.sip(|message| message.caller == caller.name && matches!(message.status(), Some(180..=183)));
    let rung = told.iter().map(|message| message.at).find(|rung| *rung >= dialled).unwrap_or(taken).min(taken);
    if rung - dialled > DEAD_AIR {
        return Err(Trouble::said(format!("{} had dialled and heard nothing for {} ms", caller.name, rung - dialled)));
    }
    let (from, length) = longest_silence(&caller.ear(), taken, over);
    if length > DEAD_AIR + stage.pulse.standstills().between(from, from + length) {
        let when = crate::parties::clock::time_of_day(from);
        return Err(Trouble::said(format!("{} heard nothing for {length} ms from {when} on", caller.name)));
    }
    Ok(())
}

/// When the longest silence between two times began, and how long it was.
fn longest_silence(ear: &Ear, from: Millis, to: Millis) -> (Millis, Millis) {
    let heard = ear.stretches(from);
    let within = || heard.iter().filter(|heard| heard.from < to);
    let ends = std::iter::once(from).chain(within().map(|heard: &Heard| heard.to));
    let begins = within().map(|heard| heard.from).chain(std::iter::once(to));
    let silences = ends.zip(begins).map(|(ended, began)| (ended, began - ended));
    silences.max_by_key(|(_, length)| *length).unwrap_or((from, 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parties::packet::Stamp;
    use crate::parties::tone::Sound;

    #[test]
    fn silence_is_measured_between_sounds_and_at_both_ends() {
        let mut ear = Ear::default();
        (1000..2000).step_by(20).for_each(|at| ear.hear(at, Sound::Other, Stamp::default()));
        (2000..5000).step_by(20).for_each(|at| ear.hear(at, Sound::Silence, Stamp::default()));
        (5000..6000).step_by(20).for_each(|at| ear.hear(at, Sound::Other, Stamp::default()));
        assert_eq!(longest_silence(&ear, 1000, 6000), (1980, 3020));
        assert_eq!(longest_silence(&ear, 1000, 12_000), (5980, 6020));
        assert_eq!(longest_silence(&Ear::default(), 0, 70), (0, 70));
    }
}
