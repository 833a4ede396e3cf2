//! What all these tests share: people call, something happens to the program, people come to their end, and everything is
//! judged by those who saw it from outside.

use std::time::Duration;

use tokio::time::sleep;

use super::books::{self, Account, Excuses, Memory};
use super::field::{Field, Stories};
use super::ground::{Ground, Return};
use super::outages::Outages;
use super::{endings, fairness, look, media, phases};
use crate::parties::{Millis, now};
use crate::{Result, Trouble};

/// After the last mishap Asterisk's lists must be in order again within this.
const IN_ORDER_WITHIN: Duration = Duration::from_secs(10);
/// The books must hold everything within this once all calls are over.
const BOOKED_WITHIN: Duration = Duration::from_secs(15);
/// Asterisk writes the last rows of its CDR within this.
const CDR_WITHIN: Duration = Duration::from_secs(1);
/// The last callers come this long before the last look, so that they need not be waited for after it.
const LAST_CALLERS: Duration = Duration::from_secs(5);
/// How many findings a failed test shows.
const SHOWN: usize = 40;

/// A test under way.
pub struct Storm<'a> {
    /// Where it plays.
    pub ground: &'a mut Ground,
    /// Who takes part.
    pub field: Field,
    /// What may excuse the books so far.
    pub excuses: Excuses,
    figures: Vec<String>,
    found: Vec<String>,
}

impl<'a> Storm<'a> {
    /// People begin to call, for at most so many seconds.
    ///
    /// # Errors
    /// When they cannot.
    pub async fn begins(ground: &'a mut Ground, seconds: u32) -> Result<Self> {
        let field = Field::opens(ground, seconds).await?;
        let excuses = Excuses { outages: Outages::default(), memory: Memory::Kept, no_cdr: None };
        Ok(Self { ground, field, excuses, figures: Vec::new(), found: Vec::new() })
    }

    /// The program was away from this moment to its return.
    pub fn was_away(&mut self, from: Millis, to: Millis) {
        self.excuses.outages.add(from, to);
    }

    /// A figure for the report.
    pub fn figure(&mut self, words: String) {
        self.figures.push(words);
    }

    /// Something is not as it must be; the test goes on, so that it shows all of it.
    pub fn finds(&mut self, words: String) {
        self.found.push(words);
    }

    /// Looks at Asterisk's lists, ten seconds after what happened.
    ///
    /// # Errors
    /// When Asterisk or the ledger does not answer.
    pub async fn looks_around(&mut self) -> Result<()> {
        sleep(IN_ORDER_WITHIN).await;
        self.looks().await
    }

    /// The same for the last time: soon nobody calls any more.
    ///
    /// # Errors
    /// When Asterisk or the ledger does not answer.
    pub async fn looks_around_at_last(&mut self) -> Result<()> {
        sleep(IN_ORDER_WITHIN.saturating_sub(LAST_CALLERS)).await;
        self.field.stops_calling()?;
        sleep(LAST_CALLERS).await;
        self.looks().await
    }

    async fn looks(&mut self) -> Result<()> {
        let (channels, bridges, found) = look::around(self.ground).await?;
        self.figures.push(format!("look: {channels} channels, {bridges} bridges, {} out of order", found.len()));
        self.found.extend(found);
        Ok(())
    }

    /// Everybody comes to an end, and is heard as a witness. Gives the figures.
    ///
    /// # Errors
    /// With everything that was found, when anything was.
    pub async fn ends(mut self) -> Result<Vec<String>> {
        let to = now();
        self.field.closes().await?;
        match self.ground.catches_up(BOOKED_WITHIN).await {
            Ok(took) => self.figures.push(format!("the books held everything {took} ms after the last call")),
            Err(trouble) => self.found.push(trouble.to_string()),
        }
        sleep(CDR_WITHIN).await;
        let stories = self.field.stories();
        self.judges(&stories, to).await?;
        let Self { ground, field, figures, mut found, .. } = self;
        let left = async {
            field.leaves().await?;
            ground.stage.nothing_is_left().await
        };
        found.extend(left.await.err().map(|trouble| trouble.to_string()));
        if found.is_empty() {
            return Ok(figures);
        }
        let more = found.len().saturating_sub(SHOWN);
        found.truncate(SHOWN);
        Err(Trouble::said(format!("- {}\n({more} more)\n{}", found.join("\n- "), figures.join("\n"))))
    }

    async fn judges(&mut self, stories: &Stories, to: Millis) -> Result<()> {
        let standstills = self.ground.stage.pulse.standstills();
        let account = books::judge(self.ground, stories, &self.excuses).await?;
        let Account { served, fallen_back, outcomes, without_cdr, in_the_cdr_alone, mut found } = account;
        let outages = &self.excuses.outages;
        found.join(endings::judge(stories, &fallen_back, outages, standstills.clone()));
        let notes: Vec<_> = self.field.parties().iter().flat_map(|party| party.diary.notes()).collect();
        found.join(endings::doubled(&notes));
        found.join(fairness::judge(stories, &served, outages, &standstills));
        let (longest, holes) = media::judge(&self.field, to, &standstills);
        found.join(holes);
        for event in self.ground.poison()? {
            found.add("an event broke the core", event);
        }
        self.found.extend(found.said());
        let outcomes: Vec<String> = outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
        let instants: Vec<Millis> = outages.instants().collect();
        if in_the_cdr_alone > 0 {
            self.figures.push(format!("{in_the_cdr_alone} calls of the last moment are in the CDR alone: the journal was lost"));
        }
        let phases = phases::said(&phases::count(&self.field, stories, &instants));
        self.figures.push(format!("{} calls: {}", stories.len(), outcomes.join(", ")));
        self.figures.push(format!("{} outages; calls at their beginnings: {phases}", outages.count()));
        if without_cdr > 0 {
            self.figures.push(format!("{without_cdr} calls have no CDR: Asterisk does not try again"));
        }
        self.figures.push(format!("longest media gap of the pairs: {longest} ms"));
        self.figures.push(standstills.said(self.ground.stage.began));
        Ok(())
    }
}

/// How the program came back, several times: in words.
pub fn said(returns: &[Return]) -> String {
    let longest = returns.iter().map(|one| one.took).max().unwrap_or_default();
    let lag = returns.iter().map(|one| one.lag).max().unwrap_or_default();
    let sum: Millis = returns.iter().map(|one| one.took).sum();
    let mean = sum / Millis::try_from(returns.len().max(1)).unwrap_or(1);
    format!("{} starts, ready after {mean} ms, {longest} ms at most; lag then at most {lag} facts", returns.len())
}
