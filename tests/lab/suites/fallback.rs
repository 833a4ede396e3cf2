//! The program stopped, killed, hung, cut off, never back: on the lab with SQLite.

use std::time::Duration;

use super::Wish;
use super::plays::play;
use super::report::Tally;
use crate::Result;
use crate::fallback::all;
use crate::scenarios::{Scenario, Stage};

/// A minute until the last guard has taken its caller out, and what is before and after it.
const AT_MOST: Duration = Duration::from_secs(180);

/// The tests that are wished for.
pub fn chosen(wish: &Wish) -> Vec<Scenario> {
    all().into_iter().filter(|test| wish.wants("fallback") || wish.wants(&test.sentence)).collect()
}

/// Plays them one after another; after each the stage must be empty again.
///
/// # Errors
/// Never: what fails is counted.
pub async fn test(wish: &Wish, stage: &mut Stage) -> Result<Tally> {
    play(chosen(wish), 1, AT_MOST, stage).await
}
