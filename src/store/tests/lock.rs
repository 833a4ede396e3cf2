//! One program serves a database.

use std::time::Duration;

use sqlx::{Connection, Executor, PgConnection};

use super::stand::{Stand, on_both, on_postgres, on_sqlite};
use crate::lock::{Lock, hold, hold_within};
use crate::{Db, Error, users};

/// A second that is not the machine's slowness.
const SOON: Duration = Duration::from_millis(100);

async fn try_hold(db: &Db) -> Result<Lock, Error> {
    hold_within(db, Duration::ZERO, SOON).await
}

/// Waits until another program may serve, as after the death of the first.
async fn freed(db: &Db) -> Lock {
    for _ in 0..100 {
        if let Ok(lock) = try_hold(db).await {
            return lock;
        }
        tokio::time::sleep(SOON).await;
    }
    panic!("the lock was not freed");
}

#[tokio::test]
async fn a_second_program_is_refused_until_the_first_has_ended() {
    on_both(|stand| async move {
        let other = stand.again().await;
        let first = hold(&stand.db).await.unwrap();
        let refused = try_hold(&other).await.unwrap_err();
        assert!(matches!(refused, Error::Served(_)), "{refused:?}");
        assert!(refused.to_string().starts_with("another callsync serves this database"), "{refused}");
        assert!(matches!(try_hold(&stand.db).await, Err(Error::Served(_))), "not twice by one program either");
        drop(first);
        let second = hold(&other).await.unwrap();
        assert!(matches!(try_hold(&stand.db).await, Err(Error::Served(_))));
        drop(second);
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn programs_that_only_look_or_change_settings_are_not_in_the_way() {
    on_both(|stand| async move {
        let _lock = hold(&stand.db).await.unwrap();
        let other = stand.again().await;
        other.migrate().await.unwrap();
        other.ping().await.unwrap();
        assert!(users::list(&other).await.unwrap().is_empty());
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn another_path_to_the_same_file_leads_to_the_same_lock() {
    on_sqlite(|stand| async move {
        let file = stand.url.strip_prefix("sqlite://").unwrap();
        let link = format!("{file}-link");
        std::os::unix::fs::symlink(file, &link).unwrap();
        let other = Db::open(&format!("sqlite://{link}")).await.unwrap();
        let _lock = hold(&stand.db).await.unwrap();
        let refused = try_hold(&other).await;
        other.close().await;
        std::fs::remove_file(&link).unwrap();
        assert!(matches!(refused, Err(Error::Served(_))), "{refused:?}");
    })
    .await;
}

/// Ends the session that holds this stand's lock, as a restart of the server would.
async fn cut(stand: &Stand, holder: i32) {
    let mut connection = PgConnection::connect(&stand.url).await.unwrap();
    let end = sqlx::query("SELECT pg_terminate_backend($1)").bind(holder);
    connection.execute(end).await.unwrap();
    connection.close().await.unwrap();
}

/// The server's process that holds this stand's lock.
async fn holder(stand: &Stand) -> Option<i32> {
    let held = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 'books'::REGCLASS::OID";
    let mut connection = PgConnection::connect(&stand.url).await.unwrap();
    let pid = sqlx::query_scalar(held).fetch_optional(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    pid
}

#[tokio::test]
async fn a_lock_whose_connection_broke_is_taken_again() {
    on_postgres(|stand| async move {
        let lock = hold_within(&stand.db, Duration::ZERO, SOON).await.unwrap();
        let first = holder(&stand).await.unwrap();
        cut(&stand, first).await;
        // The first holder is seen until its end, which comes some time after the order.
        let back = async {
            while holder(&stand).await.is_none_or(|pid| pid == first) {
                tokio::time::sleep(SOON).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), back).await.unwrap();
        let other = stand.again().await;
        assert!(matches!(try_hold(&other).await, Err(Error::Served(_))));
        drop(lock);
        drop(freed(&other).await);
        other.close().await;
    })
    .await;
}
