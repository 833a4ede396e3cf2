//! Where scenarios play: one lab at work, with its tap and its books. A scenario that touches the whole, the program or Asterisk
//! itself, has the stage to itself; the others share it, each with a lot of its own.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::house;
use super::lot::{Door, Lot};
use super::witness::cdr::Cdr;
use super::witness::database::Database;
use super::witness::ledger::Ledger;
use crate::parties::actions::SOON;
use crate::parties::clock::{Seen, until};
use crate::parties::{Exchange, Hears, Millis, Pulse, Tap, now};
use crate::passwords::write_secret;
use crate::place::{Lab, Options};
use crate::{Result, folders};

/// A heartbeat comes every two seconds, and counts whole seconds.
const A_BEAT: Millis = 3500;

/// A lab at work with everything that scenarios need.
pub struct Stage {
    /// The lab.
    pub lab: Lab,
    /// What is left of it for a scenario: all.
    pub lot: Lot,
}

impl Deref for Stage {
    type Target = Lot;

    fn deref(&self) -> &Lot {
        &self.lot
    }
}

impl DerefMut for Stage {
    fn deref_mut(&mut self) -> &mut Lot {
        &mut self.lot
    }
}

impl Stage {
    /// Starts a lab, and gives its queues the scenarios' times.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn start(options: Options) -> Result<Self> {
        Self::start_hearing(options, Hears::Everything).await
    }

    /// The same, with a tap that hears of the sound only what is wanted.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn start_hearing(options: Options, hears: Hears) -> Result<Self> {
        let mut lab = Lab::start(options).await?;
        let settings = lab.folder.join("scenarios.json");
        let text = house::document(&lab.passwords).to_string();
        write_secret(&settings, &text)?;
        lab.product()?.import(&settings).await?;
        // A program that has just started has read them; one that runs would do so within a second.
        lab.restart_product().await?;
        for number in house::NUMBERS {
            lab.asterisk_cli(&format!("dialplan add extension {number} into from-trunk replace")).await?;
        }
        let tap = Arc::new(Tap::start(hears)?);
        let exchange = Exchange { sip: lab.ports.sip, tap, folder: folders::made(lab.folder.join("parties"))? };
        let ledger = Ledger(Database::open(&lab.database_url()).await?);
        let cdr = Cdr(Database::open(&lab.cdr_url()).await?);
        let door = Door { ari_url: lab.ari_url(), web_url: lab.web_url(), passwords: lab.passwords.clone() };
        let stage = Self { lab, lot: Lot::whole(exchange, ledger, cdr, Arc::new(Pulse::start()), door) };
        stage.program_is_heard().await?;
        Ok(stage)
    }

    /// So many lots, which scenarios play in side by side.
    pub fn lots(&self, count: usize) -> Vec<Lot> {
        (0..count.min(house::LOTS.len())).map(|place| self.lot.beside(place)).collect()
    }

    /// Makes the stage ready for the next scenario.
    pub fn begins(&mut self) {
        self.lot.begins();
        self.exchange.tap.forget();
    }

    /// Starts the program again, and waits until Asterisk hands callers to it.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn program_returns(&mut self) -> Result<()> {
        self.lab.product()?.serve().await?;
        self.program_is_heard().await
    }

    /// Waits until the program's heartbeat has reached Asterisk: before it, callers go past the program.
    ///
    /// # Errors
    /// When it does not.
    pub async fn program_is_heard(&self) -> Result<()> {
        until(SOON * 4, "the program's heartbeat is heard in Asterisk", async || {
            let beat = self.ari("asterisk/variable?variable=CALLSYNC_ALIVE").await?["value"].clone();
            let said = beat.as_str().and_then(|text| text.split(' ').next()?.parse::<Millis>().ok());
            let age = said.map(|seconds| now() - seconds * 1000);
            Ok(match age {
                Some(age) if age < A_BEAT => Seen::Enough(()),
                _ => Seen::NotYet(format!("CALLSYNC_ALIVE is {beat}")),
            })
        })
        .await
    }
}
