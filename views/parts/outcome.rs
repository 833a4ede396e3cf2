//! How a call ended, in a word.

use model::Outcome;

use crate::words::Lang;

/// The word for how a call ended.
#[must_use]
pub fn outcome_word(outcome: Outcome, lang: Lang) -> String {
    match outcome {
        Outcome::Answered => lang.text("outcome-answered"),
        Outcome::Abandoned => lang.text("outcome-abandoned"),
        Outcome::Returned => lang.text("outcome-returned"),
        Outcome::Fallback => lang.text("outcome-fallback"),
        Outcome::Lost => lang.text("outcome-lost"),
    }
}
