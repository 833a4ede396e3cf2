//! Scenarios on the real Asterisk: each is a function whose name is the sentence that it proves.

use std::future::Future;
use std::pin::Pin;

use crate::Result;

pub mod abandoned;
pub mod agent_states;
pub mod answered;
pub mod asks;
pub mod burst;
pub mod callers;
pub mod explained;
pub mod fallback;
pub mod house;
mod judge;
mod leaving;
mod live;
pub mod lot;
mod moments;
pub mod neighbours;
pub mod overflow;
pub mod phones;
pub mod priority;
pub mod recovery;
pub mod refused;
pub mod stage;
pub mod strategies;
mod talk;
pub mod waiting;
pub mod witness;
pub mod work;

use house::{
    FEWEST_CALLS, FULL, GIVES_UP, LINEAR, LONG_WRAP_UP, NEEDS_A_LOGIN, NEEDS_SOMEBODY_READY, PASSES_ON, RANDOM, RING_ALL,
    ROUND_ROBIN, SECOND, TIERS,
};
pub use lot::Lot;
pub use stage::Stage;
pub use talk::talk;

/// On which databases a scenario plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Books {
    /// On SQLite alone: what it proves has nothing to do with the database.
    Sqlite,
    /// At length on SQLite and on PostgreSQL.
    Both,
    /// On both in every run.
    Always,
}

/// In which runs a scenario plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In every run: only a real Asterisk can prove it.
    Everyday,
    /// When it, or its suite, is asked for by name, or everything at length: the tables and histories of the core prove the
    /// same without SIP.
    AtLength,
}

/// A scenario.
pub struct Scenario {
    /// What it proves.
    pub sentence: String,
    /// On which databases it plays.
    pub books: Books,
    /// In which runs.
    pub when: When,
    /// Plays it.
    pub play: Play,
}

/// A scenario's function.
#[derive(Clone, Copy)]
pub enum Play {
    /// It shares the stage with others, which do not need these queues.
    Beside(&'static [&'static str], PlayBeside),
    /// It touches the whole, and has the stage to itself.
    Alone(PlayAlone),
}

/// A scenario that has a lot of its own.
pub type PlayBeside = for<'a> fn(&'a mut Lot) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>>;
/// A scenario that has the whole stage.
pub type PlayAlone = for<'a> fn(&'a mut Stage) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

impl Scenario {
    /// Whether it plays on this database: in every run, or at length.
    pub fn plays(&self, postgres: bool, everyday: bool) -> bool {
        match (postgres, everyday) {
            (false, false) => true,
            (false, true) => self.when == When::Everyday,
            (true, false) => self.books != Books::Sqlite,
            (true, true) => self.books == Books::Always,
        }
    }
}

macro_rules! play {
    (Alone $file:ident::$name:ident) => {
        Play::Alone(|stage| Box::pin($file::$name(stage)))
    };
    (Beside[$($queue:expr),*] $file:ident::$name:ident) => {
        Play::Beside(&[$($queue),*], |lot| Box::pin($file::$name(lot)))
    };
}

macro_rules! scenarios {
    ($($when:ident $books:ident $place:ident $([$($queue:expr),*])? $file:ident::$name:ident),+ $(,)?) => {
        vec![$(Scenario {
            sentence: stringify!($name).replace('_', " "),
            books: Books::$books,
            when: When::$when,
            play: play!($place $([$($queue),*])? $file::$name),
        }),+]
    };
}

/// All scenarios, in the order in which they play: those that share the stage come first.
pub fn all() -> Vec<Scenario> {
    scenarios![
        Everyday Always Beside[] answered::caller_and_agent_hear_each_other_until_the_caller_hangs_up,
        Everyday Both Beside[] answered::agent_hangs_up_first,
        Everyday Sqlite Beside[] answered::caller_hears_music_until_an_agent_becomes_ready,
        Everyday Sqlite Beside[] answered::phone_puts_the_caller_on_hold_and_takes_them_back,
        Everyday Both Beside[] abandoned::caller_gives_up_while_no_agent_is_ready,
        Everyday Both Beside[] abandoned::caller_gives_up_while_the_phone_rings_and_the_agent_gets_the_next_call,
        AtLength Sqlite Beside["701"] abandoned::answer_and_hang_up_in_the_same_moment_leave_nothing_behind,
        Everyday Always Beside[] refused::agent_refuses_and_the_next_agent_is_rung,
        Everyday Sqlite Beside[] refused::busy_phone_passes_the_call_on,
        Everyday Both Beside[] refused::agent_who_does_not_answer_is_not_ready_and_the_next_agent_is_rung,
        Everyday Sqlite Beside[] refused::phone_that_cannot_take_the_call_passes_it_on,
        Everyday Sqlite Beside[] refused::silent_phone_passes_the_call_on,
        Everyday Sqlite Beside[] refused::phone_that_is_not_registered_is_not_rung,
        AtLength Sqlite Beside[] waiting::longest_idle_agent_is_rung_first,
        Everyday Sqlite Beside[] waiting::callers_are_served_in_the_order_of_their_arrival,
        AtLength Sqlite Beside["702"] waiting::wrap_up_keeps_the_agent_from_the_next_call_for_its_time,
        AtLength Sqlite Beside[FEWEST_CALLS] strategies::agent_who_has_answered_fewest_calls_is_rung_first,
        AtLength Sqlite Beside[ROUND_ROBIN] strategies::agents_are_rung_in_turn,
        AtLength Sqlite Beside[LINEAR] strategies::first_agent_of_a_linear_queue_gets_every_call_that_they_can_take,
        AtLength Sqlite Beside[RANDOM] strategies::agents_of_a_random_queue_are_drawn_by_lot,
        Everyday Both Beside[RING_ALL] strategies::all_phones_of_a_ring_all_queue_ring_and_the_first_to_answer_has_the_call,
        Everyday Sqlite Beside[RING_ALL] strategies::two_phones_picked_up_in_the_same_moment_share_no_caller,
        AtLength Sqlite Beside[TIERS] strategies::second_tier_is_rung_only_while_the_first_is_busy,
        AtLength Sqlite Beside[GIVES_UP] overflow::caller_who_has_waited_long_enough_is_given_back,
        AtLength Sqlite Beside[GIVES_UP] overflow::agent_who_is_rung_when_the_time_is_over_gets_the_call_all_the_same,
        Everyday Both Beside[PASSES_ON, SECOND] overflow::caller_who_has_waited_long_enough_goes_on_to_the_second_queue,
        AtLength Sqlite Beside[NEEDS_A_LOGIN] overflow::caller_is_given_back_at_once_while_nobody_is_logged_in,
        AtLength Sqlite Beside[NEEDS_A_LOGIN] overflow::caller_is_given_back_when_the_last_agent_logs_out,
        AtLength Sqlite Beside[NEEDS_SOMEBODY_READY] overflow::caller_is_given_back_at_once_while_nobody_is_ready,
        AtLength Sqlite Beside[NEEDS_SOMEBODY_READY, SECOND] overflow::caller_goes_on_when_the_last_agent_is_not_ready_any_more,
        AtLength Sqlite Beside[FULL] overflow::caller_who_finds_the_queue_full_is_given_back,
        Everyday Both Beside[LINEAR, TIERS] explained::decisions_tell_who_else_could_have_been_rung_and_who_won,
        Everyday Sqlite Beside[] priority::caller_with_a_priority_is_served_before_those_who_came_earlier,
        Everyday Sqlite Beside[] work::agent_says_by_feature_code_why_they_are_not_ready,
        Everyday Both Beside[] work::agent_logs_out_and_in_by_feature_codes,
        Everyday Sqlite Beside[] work::agent_is_logged_out_and_in_by_the_api,
        AtLength Sqlite Beside[LONG_WRAP_UP] work::agent_ends_the_wrap_up_and_is_rung_at_once,
        AtLength Sqlite Beside[LONG_WRAP_UP] work::agent_extends_the_wrap_up_and_is_not_rung_when_its_usual_time_is_over,
        Everyday Both Beside[] work::private_call_keeps_offers_away_and_the_agent_is_rung_right_after_it,
        Everyday Sqlite Beside[] work::phone_that_rings_for_somebody_else_is_not_rung_by_us,
        Everyday Sqlite Beside["702"] work::agent_who_calls_a_queue_themselves_is_offered_nothing_meanwhile,
        AtLength Sqlite Beside["700", "701"] work::agent_of_two_queues_is_rung_for_one_caller_at_a_time,
        Everyday Sqlite Beside[] phones::phone_that_vanished_is_unreachable_within_five_seconds_and_is_rung_when_it_is_back,
        Everyday Sqlite Beside[] phones::busy_phone_is_left_alone_for_a_while_and_then_rung_again,
        AtLength Sqlite Beside[] phones::phone_that_nobody_answers_gets_no_second_call,
        Everyday Sqlite Beside[] phones::agent_ends_the_call_of_a_caller_whose_phone_has_died,
        AtLength Sqlite Beside[] agent_states::agent_becomes_not_ready_and_ready_by_feature_codes,
        Everyday Sqlite Beside[] agent_states::agent_whose_cable_is_cut_in_a_talk_is_not_offered_calls,
        Everyday Sqlite Beside[] callers::number_that_no_queue_has_is_answered_by_the_polite_prompt,
        Everyday Sqlite Alone callers::hostile_caller_ids_are_survived_and_stored_as_text,
        Everyday Sqlite Alone callers::caller_without_a_number_is_served_like_any_other,
        AtLength Sqlite Alone burst::three_hundred_callers_at_once_ring_no_phone_twice_and_are_served_in_order,
        Everyday Always Alone recovery::talk_goes_on_while_the_program_is_killed_and_restarted,
        Everyday Sqlite Alone recovery::caller_who_waits_keeps_the_place_while_the_program_is_killed_and_restarted,
        Everyday Sqlite Alone neighbours::second_program_on_the_same_asterisk_touches_no_call_of_the_first,
        Everyday Sqlite Alone neighbours::second_program_on_the_same_application_is_refused_in_words,
        Everyday Sqlite Alone fallback::caller_reaches_an_agent_by_asterisks_own_queue_while_the_program_is_stopped,
        Everyday Sqlite Alone fallback::caller_reaches_an_agent_by_asterisks_own_queue_while_the_program_hangs,
        AtLength Sqlite Alone fallback::caller_hears_the_polite_prompt_while_nobody_is_there_at_all,
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

    #[test]
    fn every_run_has_scenarios_on_both_databases_and_some_are_left_for_length() {
        let count = |postgres, everyday| super::all().iter().filter(|scenario| scenario.plays(postgres, everyday)).count();
        assert!(count(false, true) < count(false, false) && count(true, true) < count(true, false));
        assert!(count(true, true) > 0 && count(true, true) < count(false, true));
    }
}
