//! Which installation this database belongs to: named once, and then for ever.

use model::Installation;

use crate::db::Db;
use crate::error::Error;

statements! {
    NAME = "
        INSERT INTO installation (only_one, id)
        VALUES (1, $1)
        ON CONFLICT (only_one) DO NOTHING";
    NAMED = "SELECT id FROM installation";
}

/// The database's installation. One that has none yet becomes the proposed one, whoever else proposes at the same time.
///
/// # Errors
/// When the database cannot be used.
pub async fn named(db: &Db, proposed: Installation) -> Result<Installation, Error> {
    if let Some(known) = known(db).await? {
        return Ok(known);
    }
    db.writing(async {
        let mut tx = db.write().await?;
        on!(tx.connection(), c => sqlx::query(NAME).bind(proposed.to_string()).execute(c).await.map(|_| ()))?;
        tx.commit().await
    })
    .await?;
    Ok(known(db).await?.unwrap_or(proposed))
}

/// The database's installation, if a program has served it already.
///
/// # Errors
/// When the database cannot be used.
pub async fn known(db: &Db) -> Result<Option<Installation>, Error> {
    let named: Option<String> =
        db.reading(async { Ok(on!(db.read(), c => sqlx::query_scalar(NAMED).fetch_optional(c).await)?) }).await?;
    let read = |id: String| id.parse().map_err(|why| Error::unreadable("installation", format!("{why}")));
    named.map(read).transpose()
}
