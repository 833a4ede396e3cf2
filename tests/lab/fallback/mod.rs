//! When we are not there: the program stopped, killed, hung, cut off, never back. Every caller reaches an agent or the final
//! prompt, hears something all the time, and waits no longer than a minute for somebody to notice; the right agents ring; and
//! when the program is back, its books have it all.

use crate::scenarios::{Books, Play, Scenario, When};

mod absence;
mod ears;
mod mailbox;
mod returning;
mod shift;

pub use shift::booked;

macro_rules! tests {
    ($($file:ident::$name:ident),+ $(,)?) => {
        vec![$(Scenario {
            sentence: stringify!($name).replace('_', " "),
            books: Books::Sqlite,
            when: When::AtLength,
            play: Play::Alone(|stage| Box::pin($file::$name(stage))),
        }),+]
    };
}

/// All tests, in the order in which they play.
pub fn all() -> Vec<Scenario> {
    tests![
        absence::callers_reach_agents_while_the_program_is_stopped_and_those_who_waited_are_evacuated,
        absence::callers_reach_agents_while_the_program_is_killed_and_never_back,
        absence::callers_reach_agents_while_the_program_hangs,
        absence::callers_reach_agents_while_the_program_is_cut_off,
        absence::nobody_is_left_alone_in_silence_when_the_other_hangs_up_while_the_program_is_stopped,
        absence::callers_hear_the_prompt_while_the_program_is_killed_and_nobody_is_ready,
        mailbox::callers_leave_a_message_while_the_program_is_killed_and_nobody_is_ready,
        returning::calls_of_the_fallback_finish_in_peace_when_the_program_is_back,
    ]
}
