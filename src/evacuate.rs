//! `callsync evacuate`: takes callers out of a dead program's hands, and says in numbers what was done.

use std::process::ExitCode;

use model::Installation;

use crate::Failure;
use crate::config::Config;
use crate::installation;

/// Takes everybody out whom nobody serves; fails if somebody could not be taken out.
pub async fn run(config: &Config, force: bool) -> Result<ExitCode, Failure> {
    let known = installation::known(config).await;
    if known.is_none() {
        println!("neither the data folder nor the database says which installation this is: callers who bear one's name stay");
    }
    let done = ari::evacuate(&config.switch(known.unwrap_or(Installation::numbered(0))), force).await?;
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
