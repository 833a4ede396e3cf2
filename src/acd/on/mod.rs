//! What happens when something happens: one file an event.

pub(crate) mod agent_asked;
mod call_asked;
mod caller_arrived;
mod clock_jumped;
mod day_began;
mod endpoint_changed;
pub(crate) mod fallback_reported;
mod feature_dialled;
mod heard_out;
mod leg_answered;
mod leg_ended;
mod leg_held;
mod leg_rang;
mod order_failed;
mod prompt_ended;
mod settings_changed;
mod switch_lost;
mod switch_returned;

use model::fact::Ignored;

pub(crate) use caller_arrived::{Arrival, Came, book, enter, new_call, welcome};
pub(crate) use switch_returned::watch;

use crate::call::Stretch;
use crate::deadline;
use crate::event::Event;
use crate::turn::Turn;

/// Takes an event in.
///
/// # Errors
/// Why it changes nothing. The books say so.
pub(crate) fn take(turn: &mut Turn<'_>, event: Event) -> Result<(), Ignored> {
    match event {
        Event::SettingsChanged(settings) => settings_changed::take(turn, settings),
        Event::SwitchReturned { server, account } => {
            switch_returned::take(turn, server, &account);
            Ok(())
        }
        Event::SwitchLost { server } => switch_lost::take(turn, server),
        Event::CallerArrived { leg, number, dialled, priority, came: called, told } => {
            if let Some(told) = told {
                turn.state.clocks_mut().hear(leg.server, told, turn.at);
            }
            caller_arrived::take(turn, leg, Arrival { number, dialled, priority, called, came: Came::Now })
        }
        Event::FeatureDialled { leg, endpoint, feature } => feature_dialled::take(turn, leg, &endpoint, feature),
        Event::LegRang { leg } => leg_rang::take(turn, leg),
        Event::LegAnswered { leg } => leg_answered::take(turn, leg),
        Event::LegEnded { leg, cause } => leg_ended::take(turn, &leg, cause),
        Event::HeardOut { leg } => heard_out::take(turn, leg),
        Event::LegHeld { leg } => leg_held::take(turn, &leg, Stretch::Hold),
        Event::LegResumed { leg } => leg_held::take(turn, &leg, Stretch::Talk),
        Event::EndpointChanged { endpoint, reachable, in_use } => endpoint_changed::take(turn, endpoint, reachable, in_use),
        Event::PromptEnded { prompt } => prompt_ended::take(turn, prompt),
        Event::AgentAsked { agent, ask, by } => agent_asked::take(turn, agent, ask, by),
        Event::CallAsked { call, ask, by } => call_asked::take(turn, call, ask, by),
        Event::FallbackReported { server, calls } => {
            fallback_reported::take(turn, server, calls);
            Ok(())
        }
        Event::ClockJumped { by } => {
            clock_jumped::take(turn, by);
            Ok(())
        }
        Event::OrderFailed { order, why } => {
            order_failed::take(turn, order, &why);
            Ok(())
        }
        Event::DayBegan { began, sums } => day_began::take(turn, began, &sums),
        Event::DeadlinePassed => {
            deadline::expire(turn);
            Ok(())
        }
    }
}
