//! How long the core waits, as the settings say: one document, of which what is left out is as it comes.

use model::Timing;
use sqlx::types::{Json, Uuid};

use crate::audit::Change;
use crate::db::Tx;
use crate::error::Error;

statements! {
    READ = "SELECT document FROM settings_documents WHERE name = $1";
    PUT = "
        INSERT INTO settings_documents (name, document)
        VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET document = excluded.document";
}

/// The document's name.
const NAME: &str = "timing";

pub(crate) async fn read(tx: &mut Tx) -> Result<Timing, Error> {
    let document: Option<Json<Timing>> = on!(tx.connection(), c => sqlx::query_scalar(READ).bind(NAME).fetch_optional(c).await)?;
    Ok(document.map_or_else(Timing::default, |Json(timing)| timing))
}

pub(crate) async fn write(tx: &mut Tx, before: &Timing, after: &Timing) -> Result<Option<Change>, Error> {
    let Some(change) = Change::between("timing", Uuid::nil(), Some(before), Some(after)) else { return Ok(None) };
    on!(tx.connection(), c => sqlx::query(PUT).bind(NAME).bind(Json(after)).execute(c).await.map(|_| ()))?;
    Ok(Some(change))
}
