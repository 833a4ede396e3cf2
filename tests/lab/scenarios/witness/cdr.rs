//! What Asterisk's CDR says.

use super::database::{Database, Fields};
use crate::Result;
use crate::parties::Millis;

/// A row of `cdr` on a caller's channel. Its own times are whole seconds; those that the product stamped are milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The caller's channel.
    pub leg: String,
    /// The caller's number.
    pub source: String,
    /// When it began.
    pub start: Millis,
    /// When it ended.
    pub end: Millis,
    /// The channel on the other side of the bridge.
    pub other: String,
    /// What Asterisk thinks of it.
    pub disposition: String,
    /// The stamped call.
    pub call: String,
    /// The stamped queue.
    pub queue: String,
    /// The stamped agent.
    pub agent: String,
    /// The stamped outcome.
    pub outcome: String,
    /// The stamped time of entering.
    pub entered: Option<Millis>,
    /// The stamped time of the answer.
    pub answered: Option<Millis>,
}

/// The CDR, read from outside.
#[derive(Clone)]
pub struct Cdr(pub Database);

const ROWS: &str = "SELECT uniqueid, src, CAST(start AS TEXT), CAST(\"end\" AS TEXT), dstchannel, disposition,
        callsync_call, callsync_queue, callsync_agent, callsync_outcome, callsync_entered, callsync_answered
    FROM cdr";

impl Cdr {
    /// The rows of one channel in the order in which they were opened.
    ///
    /// # Errors
    /// When the CDR cannot be read.
    pub async fn of(&self, leg: &str) -> Result<Vec<Row>> {
        let question = format!("{ROWS} WHERE uniqueid = $1 ORDER BY CAST(sequence AS INTEGER)");
        Ok(self.0.rows(&question, &[leg]).await?.iter().map(row).collect())
    }

    /// All rows of callers from the trunk, in the order in which they were opened.
    ///
    /// # Errors
    /// When the CDR cannot be read.
    pub async fn callers(&self) -> Result<Vec<Row>> {
        let question = format!("{ROWS} WHERE channel LIKE 'PJSIP/trunk-%' ORDER BY CAST(sequence AS INTEGER)");
        Ok(self.0.rows(&question, &[]).await?.iter().map(row).collect())
    }
}

fn row(fields: &Fields) -> Row {
    let text = |n: usize| fields.get(n).cloned().flatten().unwrap_or_default();
    Row {
        leg: text(0),
        source: text(1),
        start: seconds(&text(2)).unwrap_or_default(),
        end: seconds(&text(3)).unwrap_or_default(),
        other: text(4),
        disposition: text(5),
        call: text(6).replace('-', ""),
        queue: text(7),
        agent: text(8),
        outcome: text(9),
        entered: text(10).parse().ok(),
        answered: text(11).parse().ok(),
    }
}

/// `2026-11-21 05:50:53` in UTC, which is the lab's time zone, as milliseconds.
fn seconds(text: &str) -> Option<Millis> {
    let (date, time) = text.split_once(' ')?;
    let number = |text: &str| text.parse::<i64>().ok();
    let mut date = date.split('-').map(number);
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let mut time = time.split(':').map(|part| number(part.get(..2)?));
    let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
    Some((((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000)
}

/// Days since 1970-01-01 in the Gregorian calendar. Years begin in March here, so that the leap day is their last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_time_of_the_cdr_is_read() {
        assert_eq!(seconds("2026-11-21 05:50:53"), Some(1_795_240_253_000));
        assert_eq!(seconds("1970-01-01 00:00:01"), Some(1000));
        assert_eq!(seconds("2024-02-29 00:00:00"), Some(1_709_164_800_000));
        assert_eq!(seconds(""), None);
    }
}
