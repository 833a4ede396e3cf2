//! `callsync evacuate`: takes callers out of a dead program's hands, and says in numbers what was done.

use std::process::ExitCode;

use crate::Failure;
use crate::config::Config;

/// Takes everybody out whom nobody serves; fails if somebody could not be taken out.
pub async fn run(config: &Config, force: bool) -> Result<ExitCode, Failure> {
    let done = ari::evacuate(&config.switch(), force).await?;
    println!("{} callers who waited went into the fallback", done.callers);
    println!("{} feature calls were ended", done.features);
    println!("{} legs to agents were hung up", done.legs);
    println!("{} conversations go on", done.conversations);
    if done.failed == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} legs could not be dealt with: they ended meanwhile, or Asterisk refused; run this again", done.failed);
    Ok(ExitCode::FAILURE)
}
