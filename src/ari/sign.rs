//! The sign of life in Asterisk: what it looks like, and whose the last one was. A second program on the same application would
//! take all calls from the first, so it does not begin while the first gives signs of life.

use std::time::Duration;

use model::Installation;
use serde::Deserialize;
use tokio::time::timeout;

use crate::Config;
use crate::client::HttpClient;
use crate::line::{AT_ONCE, Line, NotRead, Transport};
use crate::names::Names;
use crate::request::{Kind, Request};

/// Asterisk's own clock, in seconds since 1970. Without a channel ARI evaluates no function, so there is no finer one.
pub const CLOCK: &str = "EPOCH";

/// How old a sign of life may be, in seconds, as the dialplan judges it.
const FRESH: i64 = 10;

/// How often it is looked whether a program that took our application still gives signs of life. As long as it does it has the
/// application: two programs that take it from each other in turn would leave every call without a master.
pub const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// How long Asterisk may take to say whose the application is: one that says nothing cannot be asked for calls either.
const SAID_WITHIN: Duration = Duration::from_secs(1);

/// A sign of life that is fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign {
    /// How old it is, in seconds.
    pub age: i64,
    /// Who gave it; `None` for a build that did not say.
    pub installation: Option<Installation>,
}

/// Another program serves our application.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "another callsync (installation {installation}) serves the application {app:?} of this Asterisk: it gave a sign of life {age} s ago. \
     Stop it first, or give this one an application of its own (`app` in the section [ari], and dialplan/README.md); \
     one that has died is out of the way {FRESH} s after its last sign of life"
)]
pub struct Occupied {
    /// The application.
    pub app: String,
    /// Who serves it.
    pub installation: Installation,
    /// How old its sign of life is, in seconds.
    pub age: i64,
}

#[derive(Deserialize)]
struct Variable {
    value: String,
}

/// The text of a sign of life that is given at this time of Asterisk's clock. The dialplan takes the digits, so nothing else of
/// it may hold one.
pub fn text(at: i64, installation: Installation) -> String {
    format!("{at} {installation}")
}

/// The last sign of life of our application, if it is fresh.
pub async fn last(line: &Line, names: &Names) -> Result<Option<Sign>, NotRead> {
    let alive = names.alive();
    let (said, now) = tokio::try_join!(variable(line, &alive), variable(line, CLOCK))?;
    Ok(said.zip(now).and_then(|(said, now)| read(&said, now.trim().parse().ok()?)))
}

fn read(said: &str, now: i64) -> Option<Sign> {
    let mut words = said.split_whitespace();
    let age = now.saturating_sub(words.next()?.parse().ok()?);
    let installation = words.next().and_then(|word| word.parse().ok());
    (-FRESH..=FRESH).contains(&age).then_some(Sign { age, installation })
}

/// A variable that belongs to no channel; `None` for one that was never set.
async fn variable(line: &Line, name: &str) -> Result<Option<String>, NotRead> {
    let asked: Result<Variable, NotRead> = line.read(&Request::new(Kind::GetGlobal, &[]).with("variable", name)).await;
    match asked {
        Ok(Variable { value }) => Ok(Some(value)),
        Err(NotRead::Status { status: 404, .. }) => Ok(None),
        Err(why) => Err(why),
    }
}

/// Whether another installation serves our application. One of ours that has just died may have said so as well, and has to be
/// followed at once: of that the store's lock takes care.
pub async fn may_serve(line: &Line, names: &Names) -> Result<(), Occupied> {
    let Ok(Ok(Some(Sign { age, installation: Some(installation) }))) = timeout(SAID_WITHIN, last(line, names)).await else {
        return Ok(());
    };
    if installation == names.installation() {
        return Ok(());
    }
    Err(Occupied { app: names.app().to_owned(), installation, age })
}

/// Whether a program may begin: no other installation serves its application, as far as Asterisk says so.
///
/// # Errors
/// Who serves it.
pub async fn may_begin(config: &Config) -> Result<(), Occupied> {
    // What ails the settings is said when they are used.
    let Ok(client) = HttpClient::new(config, AT_ONCE) else { return Ok(()) };
    may_serve(&Line::new(Transport::Http(client)), &Names::new(config)).await
}

/// Waits until the program that took our application gives no sign of life any more. Our own last one has to grow old too: the
/// other may not have given any yet.
pub async fn silence(config: &Config) {
    let Ok(client) = HttpClient::new(config, AT_ONCE) else { return };
    let (line, names) = (Line::new(Transport::Http(client)), Names::new(config));
    let taken = metrics::gauge!("callsync_ari_application_taken");
    taken.set(1);
    loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        if !matches!(last(&line, &names).await, Ok(Some(_))) {
            taken.set(0);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use model::Installation;

    use super::{Sign, read, text};

    #[test]
    fn a_sign_of_life_says_when_and_whose_and_the_dialplan_finds_nothing_but_the_time_in_its_digits() {
        let installation = Installation::numbered(0xdead_beef);
        let said = text(1_790_000_000, installation);
        assert_eq!(said.chars().filter(char::is_ascii_digit).collect::<String>(), "1790000000");
        assert_eq!(read(&said, 1_790_000_003), Some(Sign { age: 3, installation: Some(installation) }));
        assert_eq!(read("1790000000", 1_790_000_000), Some(Sign { age: 0, installation: None }), "an older build said no more");
    }

    #[test]
    fn what_is_old_empty_or_yet_to_come_is_no_sign_of_life() {
        for (said, now) in [("1790000000 bbbbbbbb", 1_790_000_011), ("1790000011", 1_790_000_000), ("", 5), ("soon", 5)] {
            assert_eq!(read(said, now), None, "{said:?}");
        }
    }
}
