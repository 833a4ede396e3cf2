//! From the answer of a phone to the page that says so. The phone's 200 OK has the kernel's time of it from the tap; the page's
//! time is what the browser noted: both by the machine's clock.

use std::collections::BTreeMap;

use crate::parties::Millis;
use crate::say;
use crate::scenarios::Stage;
use crate::scenarios::witness::wire::dialogues;

/// Fewer would say nothing.
const ENOUGH: usize = 100;

/// Compares what the browser has noted with the wire, and says the times.
///
/// # Errors
/// A sentence, when too few calls were seen by both.
pub fn judge(stage: &Stage, said: &str) -> Result<(), String> {
    let seen: BTreeMap<&str, Millis> = said.lines().filter_map(talking).collect();
    let answered = dialogues(&stage.exchange.tap, stage.exchange.sip);
    let mut times: Vec<Millis> =
        answered.iter().filter_map(|call| Some(seen.get(call.caller.trim_start_matches('+'))? - call.answered?)).collect();
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len() * percent / 100).or(times.last()).copied().unwrap_or_default();
    say::line(format!(
        "from a phone's 200 OK to the page, {} times, with 50 that look: p50 {} ms, p95 {} ms, at most {} ms",
        times.len(),
        at(50),
        at(95),
        at(100)
    ));
    say::line(stage.pulse.standstills().said(stage.began));
    if times.len() >= ENOUGH {
        Ok(())
    } else {
        Err(format!("only {} answers were seen by the page and on the wire", times.len()))
    }
}

/// `    talking 79161234567 1795239763426`: who, and when the page said so.
fn talking(line: &str) -> Option<(&str, Millis)> {
    let (who, at) = line.strip_prefix("    talking ")?.split_once(' ')?;
    Some((who, at.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::talking;

    #[test]
    fn what_the_browser_noted_is_read() {
        assert_eq!(talking("    talking 79161234567 1795239763426"), Some(("79161234567", 1_795_239_763_426)));
        assert_eq!(talking("talking to you"), None);
    }
}
