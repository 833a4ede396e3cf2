//! Whatever dies, hangs, is cut off or fills up: nobody is hung up on, nobody hears a gap, nobody loses the place in the line,
//! and afterwards the books hold everything. Each test is a function whose name is the sentence that it proves; the judges
//! are the parties, Asterisk's own lists and the books, never the program.

use std::future::Future;
use std::pin::Pin;

use crate::Result;

mod books;
pub mod chance;
mod databases;
mod endings;
mod fairness;
pub mod field;
mod findings;
pub mod ground;
mod kills;
mod look;
mod media;
mod mishaps;
mod outages;
mod phases;
mod restart;
pub mod storm;

pub use chance::Chance;
pub use ground::Ground;

/// What a test has measured, in sentences.
pub type Figures = Vec<String>;

/// A test.
pub struct Test {
    /// What it proves.
    pub sentence: String,
    /// Whether it plays on PostgreSQL rather than on SQLite.
    pub postgres: bool,
    /// Plays it.
    pub play: Play,
}

/// A test's function.
pub type Play = for<'a> fn(&'a mut Ground) -> Pin<Box<dyn Future<Output = Result<Figures>> + 'a>>;

macro_rules! tests {
    ($($books:ident $file:ident::$name:ident),+ $(,)?) => {
        vec![$(Test {
            sentence: stringify!($name).replace('_', " "),
            postgres: stringify!($books) == "Postgres",
            play: |ground| Box::pin($file::$name(ground)),
        }),+]
    };
}

/// All tests, in the order in which they play: those on SQLite share one lab, those on PostgreSQL another.
pub fn all() -> Vec<Test> {
    tests![
        Sqlite kills::callers_and_agents_do_not_notice_twenty_kills_under_five_calls_a_second,
        Sqlite kills::calls_go_on_when_the_journal_is_lost_with_the_program,
        Sqlite mishaps::new_calls_fall_back_while_the_program_hangs_and_those_who_wait_wait_on,
        Sqlite mishaps::silently_cut_way_to_asterisk_is_noticed_and_new_calls_fall_back,
        Sqlite mishaps::agents_who_answer_while_the_way_is_silent_for_seconds_keep_their_callers,
        Sqlite databases::calls_go_on_while_the_sqlite_file_is_locked_and_then_its_disk_full,
        Sqlite mishaps::calls_go_on_while_the_disk_of_the_journal_is_full,
        Sqlite restart::calls_that_die_with_asterisk_are_booked_and_new_ones_are_served,
        Postgres databases::calls_go_on_while_postgresql_hangs_and_is_locked_and_is_gone,
        Postgres databases::calls_go_on_while_the_disk_of_postgresql_is_full,
    ]
}
