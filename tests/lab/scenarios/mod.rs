//! Scenarios on the real Asterisk: each is a function whose name is the sentence that it proves.

use std::future::Future;
use std::pin::Pin;

use crate::Result;

pub mod abandoned;
pub mod agent_states;
pub mod answered;
pub mod callers;
pub mod fallback;
mod judge;
mod leaving;
pub mod recovery;
pub mod refused;
pub mod stage;
pub mod waiting;
pub mod witness;

pub use stage::Stage;

/// On which databases a scenario plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Books {
    /// On SQLite alone: what it proves has nothing to do with the database.
    Sqlite,
    /// On SQLite and on PostgreSQL.
    Both,
}

/// A scenario.
pub struct Scenario {
    /// What it proves.
    pub sentence: String,
    /// On which databases it plays.
    pub books: Books,
    /// Plays it.
    pub play: Play,
}

/// A scenario's function.
pub type Play = for<'a> fn(&'a mut Stage) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

macro_rules! scenarios {
    ($($books:ident $file:ident::$name:ident),+ $(,)?) => {
        vec![$(Scenario {
            sentence: stringify!($name).replace('_', " "),
            books: Books::$books,
            play: |stage| Box::pin($file::$name(stage)),
        }),+]
    };
}

/// All scenarios, in the order in which they play.
pub fn all() -> Vec<Scenario> {
    scenarios![
        Both answered::caller_and_agent_hear_each_other_until_the_caller_hangs_up,
        Both answered::agent_hangs_up_first,
        Sqlite answered::caller_hears_music_until_an_agent_becomes_ready,
        Sqlite answered::phone_puts_the_caller_on_hold_and_takes_them_back,
        Both abandoned::caller_gives_up_while_no_agent_is_ready,
        Both abandoned::caller_gives_up_while_the_phone_rings_and_the_agent_gets_the_next_call,
        Sqlite abandoned::answer_and_hang_up_in_the_same_moment_leave_nothing_behind,
        Both refused::agent_refuses_and_the_next_agent_is_rung,
        Sqlite refused::busy_phone_passes_the_call_on,
        Both refused::agent_who_does_not_answer_is_not_ready_and_the_next_agent_is_rung,
        Sqlite refused::phone_that_cannot_take_the_call_passes_it_on,
        Sqlite refused::silent_phone_passes_the_call_on,
        Sqlite refused::phone_that_is_not_registered_is_not_rung,
        Sqlite waiting::longest_idle_agent_is_rung_first,
        Sqlite waiting::callers_are_served_in_the_order_of_their_arrival,
        Sqlite waiting::wrap_up_keeps_the_agent_from_the_next_call_for_its_time,
        Sqlite agent_states::agent_becomes_not_ready_and_ready_by_feature_codes,
        Sqlite agent_states::agent_whose_cable_is_cut_in_a_talk_is_not_offered_calls,
        Sqlite callers::hostile_caller_ids_are_survived_and_stored_as_text,
        Sqlite callers::caller_without_a_number_is_served_like_any_other,
        Sqlite callers::number_that_no_queue_has_is_answered_by_the_polite_prompt,
        Both recovery::talk_goes_on_while_the_program_is_killed_and_restarted,
        Sqlite recovery::caller_who_waits_keeps_the_place_while_the_program_is_killed_and_restarted,
        Sqlite fallback::caller_reaches_the_plain_queue_while_the_program_is_stopped,
        Sqlite fallback::caller_hears_the_polite_prompt_while_nobody_is_there_at_all,
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_scenario_has_a_sentence_of_its_own() {
        let all = super::all();
        let sentences: BTreeSet<&str> = all.iter().map(|scenario| &*scenario.sentence).collect();
        assert_eq!(sentences.len(), all.len());
        assert!(sentences.iter().all(|sentence| sentence.contains(' ')));
    }
}
