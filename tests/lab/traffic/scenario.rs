//! Pieces that the sipp scenarios share.

use std::fmt::Write as _;

/// What may happen next: how likely, and the label where it is written.
pub struct Choice {
    /// Weights need not add up to anything.
    pub weight: f64,
    /// A label of the scenario.
    pub label: u32,
}

/// Steps that jump to one of the choices at random.
pub fn choose(choices: &[Choice]) -> String {
    let mut left: f64 = choices.iter().map(|choice| choice.weight).sum();
    let mut text = String::new();
    for (index, Choice { weight, label }) in choices.iter().enumerate() {
        // sipp throws its dice once per step, so each step's chance is its share of what is left.
        if index + 1 == choices.len() {
            let _ = writeln!(text, "  <nop next=\"{label}\"/>");
        } else {
            let _ = writeln!(text, "  <nop next=\"{label}\" chance=\"{:.6}\"/>", weight / left);
        }
        left -= weight;
    }
    text
}

/// Waits for one request for one of several times, chosen at random by the caller of this piece.
pub struct Wait {
    /// How likely.
    pub weight: f64,
    /// How long, in seconds.
    pub seconds: f64,
}

/// Waits for a `request` for one of `waits`; goes to `met` when it comes and to `expired` when it does not. Uses the labels
/// from `first_label` on, one for each wait.
pub fn wait_for(request: &str, waits: &[Wait], met: u32, expired: u32, first_label: u32) -> String {
    let labelled: Vec<(u32, &Wait)> = (first_label..).zip(waits).collect();
    let choices: Vec<Choice> = labelled.iter().map(|(label, wait)| Choice { weight: wait.weight, label: *label }).collect();
    let mut text = choose(&choices);
    for (label, wait) in labelled {
        let milliseconds = (wait.seconds * 1000.0).round();
        let _ = write!(
            text,
            "  <label id=\"{label}\"/>\n  \
             <recv request=\"{request}\" timeout=\"{milliseconds}\" ontimeout=\"{expired}\" next=\"{met}\"/>\n"
        );
    }
    text
}

/// Wraps the steps of a scenario.
pub fn scenario(name: &str, steps: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<scenario name=\"{name}\">\n{steps}</scenario>\n")
}

/// The description of one stream of µ-law sound at the place where sipp plays it.
pub const SOUND: &str = "v=0
o=lab 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
a=ptime:20
a=sendrecv
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_choice_is_certain_and_earlier_ones_have_their_share_of_what_is_left() {
        let text =
            choose(&[Choice { weight: 1.0, label: 1 }, Choice { weight: 1.0, label: 2 }, Choice { weight: 2.0, label: 3 }]);
        assert_eq!(
            text,
            "  <nop next=\"1\" chance=\"0.250000\"/>\n  <nop next=\"2\" chance=\"0.333333\"/>\n  <nop next=\"3\"/>\n"
        );
    }

    #[test]
    fn every_wait_has_a_label_of_its_own() {
        let waits = [Wait { weight: 1.0, seconds: 1.5 }, Wait { weight: 1.0, seconds: 3.0 }];
        let text = wait_for("BYE", &waits, 8, 9, 20);
        assert!(text.contains("<label id=\"20\"/>") && text.contains("<label id=\"21\"/>"), "{text}");
        assert!(text.contains("<recv request=\"BYE\" timeout=\"1500\" ontimeout=\"9\" next=\"8\"/>"), "{text}");
    }
}
