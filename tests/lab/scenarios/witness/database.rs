//! Reading the books from outside, in SQLite and in PostgreSQL, by one SQL text.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, PgPool, Row, SqlitePool};

use crate::{Result, Trouble};

/// A database that somebody else writes.
#[derive(Clone)]
pub enum Database {
    /// A file.
    Sqlite(SqlitePool),
    /// A server.
    Postgres(PgPool),
}

/// A row: every column is asked for as text, so that both databases give the same.
pub type Fields = Vec<Option<String>>;

impl Database {
    /// Opens it; nothing is created.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn open(url: &str) -> Result<Self> {
        let trouble = |why: sqlx::Error| Trouble::said(format!("opening the books for reading: {why}"));
        if url.starts_with("postgres") {
            return Ok(Self::Postgres(PgPoolOptions::new().max_connections(2).connect(url).await.map_err(trouble)?));
        }
        let options = SqliteConnectOptions::from_str(url).map_err(trouble)?.busy_timeout(Duration::from_secs(5));
        // Lazily: Asterisk makes its file with the first call.
        Ok(Self::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options)))
    }

    /// The rows that a question has, whose columns are all cast to text; `CAST(hex(x) AS TEXT)` gives the id in column `x`, and
    /// `$n` stands for the `n`-th value. Read ids with [`id`].
    ///
    /// # Errors
    /// When the database refuses the question.
    pub async fn rows(&self, question: &str, values: &[&str]) -> Result<Vec<Fields>> {
        let asked = match self {
            Self::Sqlite(pool) => {
                let question = AssertSqlSafe(question.to_owned());
                let query = values.iter().fold(sqlx::query(question), |query, value| query.bind((*value).to_owned()));
                query
                    .fetch_all(pool)
                    .await
                    .map(|rows| rows.iter().map(|row| fields(row.len(), |n| row.try_get(n).unwrap_or_default())).collect())
            }
            Self::Postgres(pool) => {
                let question = AssertSqlSafe(question.replace("hex(", "uuid_send("));
                let query = values.iter().fold(sqlx::query(question), |query, value| query.bind((*value).to_owned()));
                query
                    .fetch_all(pool)
                    .await
                    .map(|rows| rows.iter().map(|row| fields(row.len(), |n| row.try_get(n).unwrap_or_default())).collect())
            }
        };
        asked.map_err(|why| Trouble::said(format!("asking the books {question:?}: {why}")))
    }
}

fn fields(count: usize, get: impl Fn(usize) -> Option<String>) -> Fields {
    (0..count).map(get).collect()
}

/// An id as both databases give it: `0193…` or `\\x0193…`.
pub fn id(text: &str) -> String {
    text.trim_start_matches("\\x").to_ascii_lowercase()
}
