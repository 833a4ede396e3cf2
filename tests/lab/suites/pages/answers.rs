//! From the answer of a phone to the page that says so. The phone's 200 OK has the kernel's time of it from the tap; the page's
//! time is what the browser noted: both by the machine's clock.

use std::collections::BTreeMap;
use std::path::Path;

use crate::bench::Spread;
use crate::parties::Millis;
use crate::say;
use crate::scenarios::Stage;
use crate::scenarios::witness::wire::dialogues;
use crate::{Result, Trouble};

/// Fewer would say nothing.
const ENOUGH: usize = 100;

/// Compares what the browser has noted (each caller's digits, and when) with the wire; says the times, in milliseconds, and
/// gives them.
///
/// # Errors
/// When the note cannot be read, or too few calls were seen by both.
pub fn judge(stage: &Stage, noted: &Path) -> Result<Vec<Millis>> {
    let text = std::fs::read_to_string(noted).map_err(Trouble::file("reading", noted))?;
    let seen: BTreeMap<String, Millis> =
        serde_json::from_str(&text).map_err(|why| Trouble::said(format!("what the browser noted: {why}")))?;
    let answered = dialogues(&stage.exchange.tap, stage.exchange.sip);
    let times: Vec<Millis> =
        answered.iter().filter_map(|call| Some(seen.get(call.caller.trim_start_matches('+'))? - call.answered?)).collect();
    say::line(format!("from a phone's 200 OK to the page, with 50 that look: {}", Spread::of_millis(&times)));
    say::line(stage.pulse.standstills().said(stage.began));
    match times.len() {
        ENOUGH.. => Ok(times),
        few => Err(Trouble::said(format!("only {few} answers were seen by the page and on the wire"))),
    }
}
