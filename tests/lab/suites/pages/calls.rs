//! The calls that are made while the pages are looked at: a steady coming and going, and one caller who sends a script for a
//! number and waits for as long as it all lasts.

use std::time::Duration;

use crate::Result;
use crate::parties::Crowd;
use crate::parties::caller::Caller;
use crate::parties::script::{self, Deed, Ringing, always, mixed};
use crate::scenarios::{Stage, house};

const PHONES: usize = 12;
/// Callers a second: two thirds of the phones are busy, and now and then somebody waits.
const RATE: u32 = 2;
/// More callers than any run of the flows has time for.
const CALLERS: u32 = 20_000;
/// Whoever calls last has been served by then.
const END_WITHIN: Duration = Duration::from_secs(60);
const FOR_LONG: f64 = 7200.0;

/// Text to one who reads it, an attack to a browser that is given it as it is; `(` and `)` may stand in an address as they are.
const PLANTED: &str = "\"<script>alert(1)</script>\" <sip:%3Cscript%3Ealert(1)%3C%2Fscript%3E@127.0.0.2>";

/// Calls under way.
pub struct Calls {
    phones: Crowd,
    callers: Crowd,
    planted: Crowd,
}

impl Calls {
    /// Begins them, with agents of 700.
    ///
    /// # Errors
    /// When a party does not start.
    pub async fn begin(stage: &mut Stage) -> Result<Self> {
        let deed = Deed::Answers {
            after: mixed(&[(1.0, 0.2), (2.0, 0.5), (1.0, 0.9)]),
            talks: mixed(&[(1.0, 1.5), (1.0, 3.0), (1.0, 5.0)]),
        };
        let phones = stage.crowd(PHONES, &script::agents(Ringing::Told, &[(1.0, deed)])).await?;
        // Nobody serves this queue here, and it sends nobody away.
        let dials = house::FEWEST_CALLS;
        let planted = Caller { from: PLANTED, number: "planted", dials, patience: always(FOR_LONG), headers: "" };
        let planted = Crowd::caller(&stage.exchange, &planted)?;
        let numbers: Vec<String> = (0..CALLERS).map(|n| format!("+7916{n:07}")).collect();
        let caller =
            Caller { from: "<sip:[field0]@[local_ip]>", number: "[field0]", dials: "700", patience: always(30.0), headers: "" };
        let callers = Crowd::callers(&stage.exchange, &caller.script(), &numbers, RATE)?;
        Ok(Self { phones, callers, planted })
    }

    /// Lets nobody call any more, and waits until all calls are over.
    ///
    /// # Errors
    /// When calls do not end, or phones cannot leave.
    pub async fn end(mut self, stage: &Stage) -> Result<()> {
        self.callers.stops_calling()?;
        self.callers.ends(END_WITHIN).await?;
        self.planted.dies().await;
        stage.lab.asterisk_cli("channel request hangup all").await?;
        self.phones.leaves().await
    }
}
