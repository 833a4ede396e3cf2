//! How one text serves both databases: `on!` writes a query once for both connections, `statements!` names a file's SQL
//! and lists it for the test that prepares every statement on both, `row!` reads a row by the names of its columns.

/// One of the two databases, and what belongs to it.
pub(crate) enum On<S, P> {
    /// SQLite's.
    Sqlite(S),
    /// PostgreSQL's.
    Pg(P),
}

/// A statement whose dialects truly differ: locking a row, unfolding JSON.
#[derive(Clone, Copy)]
pub(crate) struct Dialects {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

impl Dialects {
    /// A text that both understand.
    #[cfg(test)]
    pub(crate) const fn same(sql: &'static str) -> Self {
        Self { sqlite: sql, postgres: sql }
    }
}

/// `on!(connection, c => query(SQL).execute(c).await)`: the expression is compiled once for each database.
macro_rules! on {
    ($connection:expr, $c:ident => $query:expr) => {
        match $connection {
            $crate::dispatch::On::Sqlite($c) => $query,
            $crate::dispatch::On::Pg($c) => $query,
        }
    };
}

/// The SQL of one file: constants for the file, and `ALL` for the test. In the `@differ` block each statement has two texts.
macro_rules! statements {
    (
        $($(#[$doc:meta])* $name:ident = $sql:literal;)*
        $(@differ { $($(#[$each_doc:meta])* $each:ident = $sqlite:literal, $postgres:literal;)+ })?
    ) => {
        $($(#[$doc])* const $name: &str = $sql;)*
        $($($(#[$each_doc])* const $each: $crate::dispatch::Dialects =
            $crate::dispatch::Dialects { sqlite: $sqlite, postgres: $postgres };)+)?

        #[cfg(test)]
        pub(crate) const ALL: &[(&str, $crate::dispatch::Dialects)] = &[
            $((stringify!($name), $crate::dispatch::Dialects::same($name)),)*
            $($((stringify!($each), $each),)+)?
        ];
    };
}

/// A row of one file's queries, read by column name from either database.
macro_rules! row {
    ($(#[$doc:meta])* struct $name:ident { $($column:ident: $type:ty,)+ }) => {
        $(#[$doc])*
        struct $name {
            $($column: $type,)+
        }

        impl<'r, R> sqlx::FromRow<'r, R> for $name
        where
            R: sqlx::Row,
            &'static str: sqlx::ColumnIndex<R>,
            $($type: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)+
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                Ok(Self { $($column: row.try_get(stringify!($column))?,)+ })
            }
        }
    };
}
