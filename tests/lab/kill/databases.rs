//! What happens to the database: calls outrank books, and afterwards the books are complete.

use std::time::Duration;

use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};
use tokio::time::sleep;

use super::Figures;
use super::ground::{Full, Ground};
use super::storm::Storm;
use crate::parties::{Millis, now};
use crate::postgres::LEDGER;
use crate::{Result, Trouble};

const WARM: Duration = Duration::from_secs(4);
/// Until the program says that the books cannot be written: its patience with a silent database.
const SAID_WITHIN: Duration = Duration::from_secs(15);
/// From the end of a call to its row in the CDR.
const A_ROW: Millis = 2000;
const HEALS_WITHIN: Duration = Duration::from_secs(20);

/// Another program has the file for itself; then the disk under it is full.
pub async fn calls_go_on_while_the_sqlite_file_is_locked_and_then_its_disk_full(ground: &mut Ground) -> Result<Figures> {
    let lasts = lasts(ground);
    let mut storm = Storm::begins(ground, 180).await?;
    sleep(WARM).await;
    let url = storm.ground.stage.lab.database_url();
    let mut other = SqliteConnection::connect(&url).await.map_err(said)?;
    other.execute("BEGIN EXCLUSIVE").await.map_err(said)?;
    is_said(&mut storm, "locked", lasts).await?;
    other.execute("COMMIT").await.map_err(said)?;
    heals(&mut storm, "locked").await?;
    // What the file has room for already would be written still.
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.map_err(said)?;
    other.close().await.map_err(said)?;
    let data = storm.ground.stage.lab.product()?.data();
    let disk = Full::filled(&data)?;
    is_said(&mut storm, "full", lasts).await?;
    drop(disk);
    heals(&mut storm, "full").await?;
    storm.ends().await
}

/// The server answers nobody; then its tables are locked; then it is stopped, and started again.
pub async fn calls_go_on_while_postgresql_hangs_and_is_locked_and_is_gone(ground: &mut Ground) -> Result<Figures> {
    let lasts = lasts(ground);
    let mut storm = Storm::begins(ground, 240).await?;
    sleep(WARM).await;
    storm.ground.stage.lab.postgres()?.pauses();
    is_said(&mut storm, "hung", lasts).await?;
    storm.ground.stage.lab.postgres()?.resumes();
    heals(&mut storm, "hung").await?;
    let url = storm.ground.stage.lab.postgres()?.url(LEDGER);
    let mut other = PgConnection::connect(&url).await.map_err(said)?;
    other.execute("BEGIN; LOCK TABLE books, calls IN ACCESS EXCLUSIVE MODE").await.map_err(said)?;
    is_said(&mut storm, "locked", lasts).await?;
    other.execute("COMMIT").await.map_err(said)?;
    other.close().await.map_err(said)?;
    heals(&mut storm, "locked").await?;
    let gone = now();
    storm.ground.stage.lab.postgres()?.halts().await;
    is_said(&mut storm, "gone", lasts).await?;
    storm.ground.stage.lab.postgres()?.resumes_work().await?;
    // Asterisk's CDR is in the same server. A row that it cannot write is lost.
    storm.excuses.no_cdr = Some((gone - A_ROW, now() + A_ROW));
    heals(&mut storm, "gone").await?;
    storm.ends().await
}

/// Not one page more can be written: the server answers every write with an error, or gives up altogether.
pub async fn calls_go_on_while_the_disk_of_postgresql_is_full(ground: &mut Ground) -> Result<Figures> {
    let lasts = lasts(ground);
    let mut storm = Storm::begins(ground, 120).await?;
    sleep(WARM).await;
    let full = now();
    let disk = Full::filled(&storm.ground.stage.lab.postgres()?.folder())?;
    is_said(&mut storm, "full", lasts).await?;
    drop(disk);
    // A server that could not write its log has stopped by itself, and is started by whoever looks after it.
    storm.ground.stage.lab.postgres()?.resumes_work().await?;
    storm.excuses.no_cdr = Some((full - A_ROW, now() + A_ROW));
    heals(&mut storm, "full").await?;
    storm.ends().await
}

fn lasts(ground: &Ground) -> Duration {
    Duration::from_secs(if ground.long { 60 } else { 8 })
}

/// The trouble lasts at least so long, and until the program has said so.
async fn is_said(storm: &mut Storm<'_>, trouble: &str, lasts: Duration) -> Result<()> {
    let began = now();
    match storm.ground.reports(SAID_WITHIN, "the program says that its books are shut", |said| !said.books).await {
        Ok((at, _)) => storm.figure(format!("{trouble}: said after {} ms", at - began)),
        Err(unsaid) => storm.finds(format!("the database is {trouble}, and nobody says so: {unsaid}")),
    }
    sleep(lasts.saturating_sub(Duration::from_millis((now() - began).unsigned_abs()))).await;
    Ok(())
}

async fn heals(storm: &mut Storm<'_>, trouble: &str) -> Result<()> {
    let lag = storm.ground.stage.lab.product()?.readiness().await.map_or(0, |said| said.books_lag);
    match storm.ground.catches_up(HEALS_WITHIN).await {
        Ok(took) => storm.figure(format!("{trouble}: {lag} facts waited, all written {took} ms after it was over")),
        Err(late) => storm.finds(format!("the database is no longer {trouble}, and the books lag on: {late}")),
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
fn said(why: sqlx::Error) -> Trouble {
    Trouble::said(format!("meddling with the database: {why}"))
}
