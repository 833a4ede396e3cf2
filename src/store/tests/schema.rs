//! The schema and the SQL: what one database takes, the other takes too.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sqlx::{Executor, SqlSafeStr};

use super::stand::{on_both, on_postgres, on_sqlite};
use crate::dispatch::{Dialects, On};
use crate::migrations::FILES;
use crate::{
    Error, agent_states, agents, audit, books, calls, day, db, desk, installation, lock, queues, sessions, settings, timing,
    users,
};

/// Every statement of the crate, by file.
const STATEMENTS: &[(&str, &[(&str, Dialects)])] = &[
    ("agent_states.rs", agent_states::ALL),
    ("agents.rs", agents::ALL),
    ("audit.rs", audit::ALL),
    ("books.rs", books::ALL),
    ("calls.rs", calls::ALL),
    ("day.rs", day::ALL),
    ("db.rs", db::ALL),
    ("desk.rs", desk::ALL),
    ("fallback.rs", books::FALLBACK),
    ("installation.rs", installation::ALL),
    ("lock.rs", lock::ALL),
    ("overflow.rs", queues::OVERFLOW),
    ("queues.rs", queues::ALL),
    ("sessions.rs", sessions::ALL),
    ("settings.rs", settings::ALL),
    ("timing.rs", timing::ALL),
    ("users.rs", users::ALL),
];

#[tokio::test]
async fn every_statement_is_understood_by_both_databases() {
    on_both(|stand| async move {
        let mut tx = stand.db.write().await.unwrap();
        for (file, statements) in STATEMENTS {
            for (name, sql) in *statements {
                let sql = tx.dialect(*sql).into_sql_str();
                let prepared = on!(tx.connection(), c => c.prepare(sql).await.map(|_| ()));
                assert!(prepared.is_ok(), "{file}, {name}: {prepared:?}");
            }
        }
    })
    .await;
}

/// SQL that stands outside a `statements!` block would be prepared by no test.
#[test]
fn every_sql_text_is_in_a_list() {
    let listed: BTreeSet<&str> = STATEMENTS.iter().map(|(file, _)| *file).collect();
    let mut found = BTreeSet::new();
    for path in sources(Path::new(env!("CARGO_MANIFEST_DIR"))) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let source = fs::read_to_string(&path).unwrap();
        let (before, rest) = source.split_once("\nstatements! {\n").unwrap_or((&source, ""));
        let after = rest.split_once("\n}\n").map_or("", |(_, after)| after);
        for line in before.lines().chain(after.lines()).filter(|line| !line.trim_start().starts_with("//")) {
            let sql = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "].iter().any(|verb| line.contains(verb));
            let literal = ["query(\"", "query_as(\"", "query_scalar(\"", "raw_sql("].iter().any(|call| line.contains(call));
            assert!(!sql && !literal, "{}: this SQL is in no list: {line}", path.display());
        }
        if !rest.is_empty() {
            found.insert(name);
        }
    }
    assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), listed);
}

#[test]
fn migrations_are_twins_by_name() {
    for database in ["sqlite", "postgres"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database);
        let there: BTreeSet<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(there, FILES.iter().map(|&file| file.to_owned()).collect(), "{database}");
    }
}

const COLUMNS_SQLITE: &str = "
    SELECT m.name || '.' || c.name || CASE WHEN c.\"notnull\" THEN '' ELSE ' null' END
    FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
    WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%' AND NOT c.pk";
const COLUMNS_POSTGRES: &str = "
    SELECT c.table_name || '.' || c.column_name || CASE c.is_nullable WHEN 'NO' THEN '' ELSE ' null' END
    FROM information_schema.columns AS c
    WHERE c.table_schema = current_schema() AND c.table_name NOT LIKE '\\_sqlx%'
        AND NOT EXISTS (
            SELECT 1 FROM information_schema.key_column_usage AS k
            JOIN information_schema.table_constraints AS t USING (constraint_schema, constraint_name)
            WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema
                AND k.table_name = c.table_name AND k.column_name = c.column_name
        )";

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let (send, mut columns) = tokio::sync::mpsc::unbounded_channel();
    on_both(|stand| {
        let send = send.clone();
        async move {
            let found: Vec<String> = match stand.db.read() {
                On::Sqlite(c) => sqlx::query_scalar(COLUMNS_SQLITE).fetch_all(c).await.unwrap(),
                On::Pg(c) => sqlx::query_scalar(COLUMNS_POSTGRES).fetch_all(c).await.unwrap(),
            };
            send.send(BTreeSet::from_iter(found)).unwrap();
        }
    })
    .await;
    let sqlite = columns.recv().await.unwrap();
    assert!(sqlite.len() > 50, "{sqlite:?}");
    if let Ok(postgres) = columns.try_recv() {
        assert_eq!(sqlite, postgres);
    }
}

#[tokio::test]
async fn migrating_again_or_from_several_programs_at_once_does_no_harm() {
    on_both(|stand| async move {
        assert_eq!(stand.db.pending_migrations().await.unwrap(), 0);
        let (one, other) = (stand.again().await, stand.again().await);
        let (first, second, third) = tokio::join!(stand.db.migrate(), one.migrate(), other.migrate());
        assert!(first.is_ok() && second.is_ok() && third.is_ok(), "{first:?} {second:?} {third:?}");
        one.close().await;
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn programs_that_find_an_empty_database_together_migrate_it_once() {
    let path = std::env::temp_dir().join(format!("callsync-store-{}.db", uuid::Uuid::now_v7()));
    let url = format!("sqlite://{}", path.display());
    let (one, other) = (crate::Db::open(&url).await.unwrap(), crate::Db::open(&url).await.unwrap());
    assert_eq!(one.pending_migrations().await.unwrap(), FILES.len());
    let (first, second) = tokio::join!(one.migrate(), other.migrate());
    assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
    one.close().await;
    other.close().await;
    fs::remove_file(path).unwrap();
}

const FROM_THE_FUTURE: &str = "
    INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
    SELECT 9001, 'from the future', installed_on, success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1";

#[tokio::test]
async fn a_database_of_a_newer_release_is_refused_in_plain_words() {
    on_both(|stand| async move {
        let mut tx = stand.db.write().await.unwrap();
        on!(tx.connection(), c => c.execute(FROM_THE_FUTURE).await.map(|_| ())).unwrap();
        tx.commit().await.unwrap();
        for refused in [stand.db.migrate().await.unwrap_err(), stand.db.pending_migrations().await.unwrap_err()] {
            let last = i64::try_from(FILES.len()).unwrap();
            assert!(matches!(refused, Error::NewerSchema { found: 9001, known } if known == last), "{refused}");
            assert!(refused.to_string().contains("newer release"), "{refused}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_was_edited_after_it_was_applied_is_refused() {
    on_both(|stand| async move {
        let mut tx = stand.db.write().await.unwrap();
        let edit =
            "UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM _sqlx_migrations WHERE version = 1) WHERE version = 2";
        on!(tx.connection(), c => c.execute(edit).await.map(|_| ())).unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(stand.db.migrate().await, Err(Error::OtherMigration(2))));
    })
    .await;
}

#[tokio::test]
async fn sqlite_keeps_its_promises_about_the_disk() {
    on_sqlite(|stand| async move {
        let mode: String = on!(stand.db.read(), c => sqlx::query_scalar("PRAGMA journal_mode").fetch_one(c).await).unwrap();
        assert_eq!(mode, "wal");
        let mut tx = stand.db.write().await.unwrap();
        let synchronous: i64 = on!(tx.connection(), c => sqlx::query_scalar("PRAGMA synchronous").fetch_one(c).await).unwrap();
        let foreign_keys: i64 = on!(tx.connection(), c => sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(c).await).unwrap();
        assert_eq!((synchronous, foreign_keys), (2, 1));
        assert!(on!(stand.db.read(), c => sqlx::query("UPDATE books SET position = 7").execute(c).await.map(|_| ())).is_err());
    })
    .await;
}

#[tokio::test]
async fn a_postgres_statement_has_a_time_limit_unless_the_url_sets_another() {
    on_postgres(|stand| async move {
        let limit = |db: crate::Db| async move {
            let limit: String = on!(db.read(), c => sqlx::query_scalar("SHOW statement_timeout").fetch_one(c).await).unwrap();
            db.close().await;
            limit
        };
        assert_eq!(limit(stand.again().await).await, "30s");
        let other = crate::Db::open(&format!("{}&options[statement_timeout]=7000", stand.url)).await.unwrap();
        assert_eq!(limit(other).await, "7s");
    })
    .await;
}

#[tokio::test]
async fn an_url_that_cannot_work_is_refused_without_showing_its_password() {
    for url in [
        "mysql://u:geheim@h/d",
        "geheim",
        "sqlite::memory:",
        "sqlite://?mode=memory",
        "postgres://u:geheim@h:notaport/d",
        "sqlite:///nowhere/geheim-not.db",
        "postgres://u:geheim@127.0.0.1:1/d",
    ] {
        let refused = crate::Db::open_with(url, std::time::Duration::from_millis(200)).await.unwrap_err();
        assert!(matches!(refused, Error::Url(_) | Error::Open { .. }), "{url}: {refused:?}");
        for said in [refused.to_string(), format!("{refused:?}")] {
            assert!(!said.contains("geheim@") && !said.contains(":geheim"), "{said}");
        }
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_named_with_the_reason() {
    let url = "postgres://someone:geheim@127.0.0.1:1/calls";
    let refused = crate::Db::open(url).await.unwrap_err().to_string();
    assert!(refused.starts_with("PostgreSQL 127.0.0.1:1/calls as someone cannot be opened: "), "{refused}");
    assert!(refused.contains("onnection refused"), "{refused}");
    let refused = crate::Db::open("sqlite:///nowhere/calls.db").await.unwrap_err().to_string();
    assert!(refused.starts_with("SQLite file /nowhere/calls.db cannot be opened: "), "{refused}");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() && !path.ends_with("tests") {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
