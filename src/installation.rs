//! Which installation this is. The database says so; the data folder holds a copy, since calls do not wait for a database that is
//! not there, and since a program that is dead has to be helped without one.

use std::path::{Path, PathBuf};

use model::Installation;
use store::Db;

use crate::Failure;

/// The copy.
fn copy(data_dir: &Path) -> PathBuf {
    data_dir.join("installation")
}

/// The installation, by the data folder.
pub fn copied(data_dir: &Path) -> Option<Installation> {
    std::fs::read_to_string(copy(data_dir)).ok()?.trim().parse().ok()
}

/// The installation, by its database; the data folder is told of it. A new database goes on with what the data folder says, as
/// after a move to another database.
///
/// # Errors
/// When the database cannot be used, or the data folder not be written.
pub async fn named(db: &Db, data_dir: &Path) -> Result<Installation, Failure> {
    let before = copied(data_dir);
    let proposed = before.unwrap_or_else(|| Installation::numbered(uuid::Uuid::now_v7().as_u64_pair().1 as u32));
    let installation = store::installation::named(db, proposed).await?;
    if before != Some(installation) {
        let file = copy(data_dir);
        let written = std::fs::write(&file, format!("{installation}\n"));
        written.map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    }
    Ok(installation)
}

/// The installation, if anything says so: nothing is made.
pub async fn known(config: &crate::config::Config) -> Option<Installation> {
    if let Some(copied) = copied(&config.data_dir) {
        return Some(copied);
    }
    if config.sqlite_file().is_some_and(|file| !file.exists()) {
        return None;
    }
    let db = config.open_store().await.ok()?;
    store::installation::known(&db).await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use model::Installation;
    use store::Db;

    use super::{copied, named};

    async fn database(folder: &std::path::Path, name: &str) -> Db {
        let db = Db::open(&format!("sqlite://{}", folder.join(name).display())).await.unwrap();
        db.migrate().await.unwrap();
        db
    }

    #[tokio::test]
    async fn the_database_names_it_and_the_data_folder_keeps_a_copy_for_the_next_database() {
        let folder = std::env::temp_dir().join(format!("callsync-installation-{}", uuid::Uuid::now_v7().simple()));
        std::fs::create_dir_all(&folder).unwrap();
        assert_eq!(copied(&folder), None);
        let first = database(&folder, "first.db").await;
        let installation = named(&first, &folder).await.unwrap();
        assert_eq!((copied(&folder), named(&first, &folder).await.unwrap()), (Some(installation), installation));
        assert_eq!(named(&database(&folder, "moved.db").await, &folder).await.unwrap(), installation);

        let restored = database(&folder, "restored.db").await;
        let other = Installation::numbered(7);
        store::installation::named(&restored, other).await.unwrap();
        assert_eq!((named(&restored, &folder).await.unwrap(), copied(&folder)), (other, Some(other)));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
