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
mod moments;
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

pub use stage::Stage;
pub use talk::talk;

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
        Sqlite strategies::agent_who_has_answered_fewest_calls_is_rung_first,
        Sqlite strategies::agents_are_rung_in_turn,
        Sqlite strategies::first_agent_of_a_linear_queue_gets_every_call_that_they_can_take,
        Sqlite strategies::agents_of_a_random_queue_are_drawn_by_lot,
        Both strategies::all_phones_of_a_ring_all_queue_ring_and_the_first_to_answer_has_the_call,
        Sqlite strategies::two_phones_picked_up_in_the_same_moment_share_no_caller,
        Sqlite strategies::second_tier_is_rung_only_while_the_first_is_busy,
        Sqlite overflow::caller_who_has_waited_long_enough_is_given_back,
        Sqlite overflow::agent_who_is_rung_when_the_time_is_over_gets_the_call_all_the_same,
        Both overflow::caller_who_has_waited_long_enough_goes_on_to_the_second_queue,
        Sqlite overflow::caller_is_given_back_at_once_while_nobody_is_logged_in,
        Sqlite overflow::caller_is_given_back_when_the_last_agent_logs_out,
        Sqlite overflow::caller_is_given_back_at_once_while_nobody_is_ready,
        Sqlite overflow::caller_goes_on_when_the_last_agent_is_not_ready_any_more,
        Sqlite overflow::caller_who_finds_the_queue_full_is_given_back,
        Both explained::decisions_tell_who_else_could_have_been_rung_and_who_won,
        Sqlite priority::caller_with_a_priority_is_served_before_those_who_came_earlier,
        Sqlite work::agent_says_by_feature_code_why_they_are_not_ready,
        Both work::agent_logs_out_and_in_by_feature_codes,
        Sqlite work::agent_is_logged_out_and_in_by_the_api,
        Sqlite work::agent_ends_the_wrap_up_and_is_rung_at_once,
        Sqlite work::agent_extends_the_wrap_up_and_is_not_rung_when_its_usual_time_is_over,
        Both work::private_call_keeps_offers_away_and_the_agent_is_rung_right_after_it,
        Sqlite work::phone_that_rings_for_somebody_else_is_not_rung_by_us,
        Sqlite work::agent_who_calls_a_queue_themselves_is_offered_nothing_meanwhile,
        Sqlite work::agent_of_two_queues_is_rung_for_one_caller_at_a_time,
        Sqlite phones::phone_that_vanished_is_unreachable_within_five_seconds_and_is_rung_when_it_is_back,
        Sqlite phones::busy_phone_is_left_alone_for_ten_seconds_and_then_rung_again,
        Sqlite phones::phone_that_nobody_answers_gets_no_second_call,
        Sqlite phones::agent_ends_the_call_of_a_caller_whose_phone_has_died,
        Sqlite burst::three_hundred_callers_at_once_ring_no_phone_twice_and_are_served_in_order,
        Sqlite agent_states::agent_becomes_not_ready_and_ready_by_feature_codes,
        Sqlite agent_states::agent_whose_cable_is_cut_in_a_talk_is_not_offered_calls,
        Sqlite callers::hostile_caller_ids_are_survived_and_stored_as_text,
        Sqlite callers::caller_without_a_number_is_served_like_any_other,
        Sqlite callers::number_that_no_queue_has_is_answered_by_the_polite_prompt,
        Both recovery::talk_goes_on_while_the_program_is_killed_and_restarted,
        Sqlite recovery::caller_who_waits_keeps_the_place_while_the_program_is_killed_and_restarted,
        Sqlite fallback::caller_reaches_an_agent_by_asterisks_own_queue_while_the_program_is_stopped,
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
