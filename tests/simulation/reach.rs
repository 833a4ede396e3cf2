//! Which cells of the table can be met, and why the others cannot. A run fails both ways: when a cell that can be met is met
//! too seldom, and when one that cannot is met.

use crate::cells::{AGENTS, EVENTS, PHASES};

/// What concerns a whole Asterisk, or all of us.
const OF_EVERYBODY: [&str; 6] =
    ["settings_changed", "switch_returned", "switch_lost", "fallback_reported", "clock_jumped", "day_began"];

/// What is reported of a leg of ours, or ordered for it: the agent at its end may be free of its call already.
const OF_OUR_LEG: [&str; 8] =
    ["leg_rang", "leg_answered", "leg_ended", "heard_out", "leg_held", "leg_resumed", "order_failed", "deadline_passed"];

/// What concerns one agent, and through them the call that they are bound to.
const OF_AN_AGENT: [&str; 4] = ["feature_dialled", "endpoint_changed", "prompt_ended", "agent_asked"];

/// Why a cell cannot be met; `None` if it can.
pub fn why_not((event, phase, agent): (usize, usize, usize)) -> Option<&'static str> {
    let (event, phase, agent) = (EVENTS[event], PHASES[phase], AGENTS[agent]);
    let (none, free) = (phase == "no call", ["logged out", "not ready", "ready", "wrap-up", "unreachable"].contains(&agent));
    match agent {
        "reserved" | "ringing" if phase != "offered" => return Some("whoever is rung is rung for a call that is offered"),
        "talking" if phase != "talking" => return Some("whoever talks, talks to a caller"),
        "held" if phase != "held" => return Some("whoever holds, holds a caller"),
        "wrap-up" if !none => return Some("an agent wraps up a call that is over, and the line is cleared of that"),
        _ => {}
    }
    if free && !none && !OF_OUR_LEG.contains(&event) {
        return Some("an agent who is bound to no call has to do with one only by a leg that is being cleared");
    }
    if free && none && event == "caller_arrived" {
        return Some("a caller who comes has no agent yet");
    }
    if free && none && event == "call_asked" {
        return Some("an order on a call concerns whoever is bound to it");
    }
    if agent != "nobody" {
        return None;
    }
    if OF_AN_AGENT.contains(&event) && !none {
        return Some("it concerns a call only through the agent who is bound to it");
    }
    if ["offered", "talking", "held"].contains(&phase) && (!OF_OUR_LEG.contains(&event) || event == "deadline_passed") {
        return Some("a call that is offered or talks has an agent");
    }
    if none && OF_EVERYBODY.contains(&event) && event != "settings_changed" {
        return Some("before it the settings were read, and agents are in them");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::why_not;
    use crate::cells::cells;

    #[test]
    fn most_of_what_concerns_nobody_in_particular_cannot_be_met() {
        let reachable = cells().filter(|cell| why_not(*cell).is_none()).count();
        assert_eq!(reachable, 350);
    }
}
