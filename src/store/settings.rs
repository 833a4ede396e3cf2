//! The settings as one document: read at one moment, changed in one transaction that checks the whole, and numbered, so
//! that the running program notices what another process changed.

use model::agent::FIRST_TIER;
use model::{Actor, PersonName, Settings, Timestamp};

use crate::audit::Change;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::{agents, audit, queues, text, timing};

/// The settings, and the number of the change that made them so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Grows with every change.
    pub version: i64,
    /// The settings.
    pub settings: Settings,
}

statements! {
    VERSION = "SELECT version FROM settings_version";
    BUMP = "UPDATE settings_version SET version = version + 1";
    @differ {
        // In SQLite the transaction holds the only lock there is.
        LOCK =
            "SELECT version FROM settings_version",
            "SELECT version FROM settings_version FOR UPDATE";
    }
}

/// The settings as they stand at one moment.
///
/// # Errors
/// When the database does not answer, or holds what we cannot have written.
pub async fn load(db: &Db) -> Result<Loaded, Error> {
    db.reading(async {
        let mut tx = db.read_together().await?;
        let version = on!(tx.connection(), c => sqlx::query_scalar(VERSION).fetch_one(c).await)?;
        let settings = read(&mut tx).await?;
        tx.commit().await?;
        Ok(Loaded { version, settings })
    })
    .await
}

/// The number of the last change: cheap to ask every second.
///
/// # Errors
/// When the database does not answer.
pub async fn version(db: &Db) -> Result<i64, Error> {
    db.reading(async { Ok(on!(db.read(), c => sqlx::query_scalar(VERSION).fetch_one(c).await)?) }).await
}

/// Changes the settings by `edit`, or leaves them as they are when the result would contradict itself.
pub(crate) async fn change(
    db: &Db,
    by: &Actor,
    at: Timestamp,
    edit: impl FnOnce(&mut Settings) -> Result<(), Error>,
) -> Result<Vec<Change>, Error> {
    db.writing(async {
        let mut tx = db.write().await?;
        let changes = change_within(&mut tx, by, at, edit).await?;
        tx.commit().await?;
        Ok(changes)
    })
    .await
}

/// As [`change`], within a transaction that does more.
pub(crate) async fn change_within(
    tx: &mut Tx,
    by: &Actor,
    at: Timestamp,
    edit: impl FnOnce(&mut Settings) -> Result<(), Error>,
) -> Result<Vec<Change>, Error> {
    let lock = tx.dialect(LOCK);
    let _: i64 = on!(tx.connection(), c => sqlx::query_scalar(lock).fetch_one(c).await)?;
    let before = read(tx).await?;
    let mut after = before.clone();
    edit(&mut after)?;
    make_storable(&mut after)?;
    after.check()?;
    if before == after {
        return Ok(Vec::new());
    }
    let changes = write(tx, &before, &after).await?;
    for change in &changes {
        audit::append(tx, by, at, change).await?;
    }
    on!(tx.connection(), c => sqlx::query(BUMP).execute(c).await.map(|_| ()))?;
    Ok(changes)
}

async fn read(tx: &mut Tx) -> Result<Settings, Error> {
    let (queues, agents) = (queues::read(tx).await?, agents::read(tx).await?);
    Ok(Settings { queues, agents, timing: timing::read(tx).await? })
}

/// What is gone goes first, so that its number or phone is free; queues come before the agents who serve them.
async fn write(tx: &mut Tx, before: &Settings, after: &Settings) -> Result<Vec<Change>, Error> {
    let mut changes = agents::remove_missing(tx, &before.agents, &after.agents).await?;
    changes.extend(queues::remove_missing(tx, &before.queues, &after.queues).await?);
    changes.extend(queues::write(tx, &before.queues, &after.queues).await?);
    changes.extend(agents::write(tx, &before.agents, &after.agents).await?);
    changes.extend(timing::write(tx, &before.timing, &after.timing).await?);
    Ok(changes)
}

/// Limits of what people enter: generous for people, small enough for an index, a log line and a page.
const NUMBER: usize = 40;
const NAME: usize = 120;
const ASTERISK_NAME: usize = 79;

fn make_storable(settings: &mut Settings) -> Result<(), Error> {
    for queue in &mut settings.queues {
        let what = |field: &str| format!("the {field} of queue {:?}", text::clip(&queue.number, NUMBER));
        let name = text::entered(&what("name"), &queue.name, NAME)?;
        let music = text::entered(&what("class of music"), &queue.music, ASTERISK_NAME)?;
        if queue.service_level.percent > 100 {
            return Err(Error::refused(what("service level"), "is above 100 %"));
        }
        queue.number = text::entered(&what("number"), &queue.number, NUMBER)?;
        (queue.name, queue.music) = (name, music);
    }
    for agent in &mut settings.agents {
        let what = |field: &str| format!("the {field} of the agent at endpoint {:?}", text::clip(&agent.endpoint.name, NUMBER));
        let name = PersonName::new(text::entered(&what("name"), agent.name.expose(), NAME)?);
        agent.endpoint.name = text::entered(&what("endpoint"), &agent.endpoint.name, ASTERISK_NAME)?;
        agent.name = name;
        // Whom the settings give no tier is in the first one: said twice, the same settings would not be equal.
        agent.tiers.retain(|_, tier| *tier != FIRST_TIER);
    }
    Ok(())
}
