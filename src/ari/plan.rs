//! What an order means in requests, and what Asterisk's answer means for the order. Pure.

use std::fmt::Display;

use acd::effect::{HangupReason, Op};
use acd::event::OrderFailure;
use model::{BridgeId, LegId, OurLeg, Span, Stamp, TheirLeg};
use serde_json::{Map, Value, json};

use crate::names::Names;
use crate::request::{Kind, Request};

/// The variable that carries our mark.
pub const MARK: &str = "CALLSYNC";

/// The variable that tells a leg with whom it was put together.
const PEER: &str = "CALLSYNC_PEER";

/// The absolute timeout of a lifted guard in seconds: a week, longer than any call. It is never set to zero, which would mean
/// none: the channel's own thread looks at it twice without a lock, whether there is one and whether it has passed
/// (`ast_waitfor_nandfds` in Asterisk's `main/channel.c`), and one that is taken away between the two has passed for it. On a busy
/// machine two callers of two thousand were taken from the agent who had just answered.
const LIFTED: i64 = 7 * 24 * 3600;

/// How an order is carried out.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    /// These requests one after another; the first that fails ends it.
    InTurn(Vec<Request>),
    /// Create the leg, wait until it is in our hands, dial it.
    Dial {
        /// The leg.
        leg: OurLeg,
        /// The account of the phone.
        endpoint: String,
        /// The first request.
        create: Request,
        /// The request that must wait.
        dial: Request,
    },
    /// All at once; later stamps of the same leg after it.
    Stamp {
        /// The leg.
        leg: String,
        /// What it is told.
        telling: Telling,
    },
    /// Put legs together, then tell each with whom: so that Asterisk can hang up whoever is left behind while we are away. What
    /// cannot be told takes nothing from their being together.
    Join {
        /// The request that counts.
        join: Request,
        /// The others.
        tell: Vec<Request>,
    },
    /// Watch exactly these phones.
    Watch(Vec<String>),
    /// Forget the notes of these legs, by AMI.
    Forget(Vec<String>),
}

/// Variables of one leg: set at once, or one by one where Asterisk cannot yet do several at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Telling {
    /// The one request.
    pub together: Request,
    /// The requests that do the same.
    pub one_by_one: Vec<Request>,
}

/// Orders of a lane that follow each other and are carried out as one.
#[derive(Clone, Debug, PartialEq)]
pub struct AsOne {
    /// Where the first order puts two together: the request that does, and the one that tells the agent's leg of it.
    pub join: Option<[Request; 2]>,
    /// What the caller's leg is told: what the other orders say, and with whom it was put together.
    pub telling: Telling,
}

/// Whether an order right behind another of its lane can be carried out as one with it: because both set variables of the same
/// leg, or because the other puts it together with somebody and has it told so.
pub fn is_one_with(first: &Op, next: &Op) -> bool {
    let Some(leg) = sets(next) else { return false };
    match first {
        Op::Join { legs, .. } => pair(legs).is_some_and(|(caller, _)| *caller == leg),
        first => sets(first).is_some_and(|same| same == leg),
    }
}

/// How orders of which each is one with the first are carried out; `None` if there is nothing to gain.
pub fn as_one(ops: &[Op], names: &Names) -> Option<AsOne> {
    let leg = ops.get(1).and_then(sets)?;
    let mut variables: Vec<(&str, String)> = ops.iter().filter_map(|op| value(op, names)).collect();
    let join = match ops.first()? {
        Op::Join { bridge, legs } => {
            let (caller, agent) = pair(legs)?;
            let (caller, agent) = (names.leg(caller), names.leg(agent));
            variables.push((PEER, agent.clone()));
            Some([join(bridge, legs, names), set_variable(&agent, PEER, &caller)])
        }
        _ => None,
    };
    Some(AsOne { join, telling: telling(&names.leg(&leg), &variables) })
}

/// The caller's leg and the agent's, of two that are put together.
fn pair(legs: &[LegId]) -> Option<(&LegId, &LegId)> {
    match legs {
        [caller @ LegId::Theirs(_), agent @ LegId::Ours(_)] | [agent @ LegId::Ours(_), caller @ LegId::Theirs(_)] => {
            Some((caller, agent))
        }
        _ => None,
    }
}

/// The leg of an order that does nothing but set a variable of it.
fn sets(op: &Op) -> Option<LegId> {
    match op {
        Op::Mark { leg, .. } => Some(leg.clone()),
        Op::Guard { leg, .. } => Some(LegId::Theirs(leg.clone())),
        _ => None,
    }
}

/// The variable that such an order sets, and its value.
fn value(op: &Op, names: &Names) -> Option<(&'static str, String)> {
    match op {
        Op::Mark { mark, .. } => Some((MARK, names.mark(mark))),
        Op::Guard { within, .. } => Some(("TIMEOUT(absolute)", within.map_or(LIFTED, Span::as_secs).max(1).to_string())),
        _ => None,
    }
}

/// The plan of an order.
pub fn plan(op: &Op, names: &Names) -> Plan {
    Plan::InTurn(match op {
        Op::Answer { leg } => vec![Request::new(Kind::Answer, &[&leg.id])],
        Op::StartMusic { leg, class } => vec![Request::new(Kind::StartMusic, &[&names.leg(leg)]).with("mohClass", class)],
        Op::StopMusic { leg } => vec![Request::new(Kind::StopMusic, &[&names.leg(leg)])],
        Op::Hangup { leg, reason } => vec![Request::new(Kind::Hangup, &[&names.leg(leg)]).with("reason_code", q850(*reason))],
        Op::CreateBridge { bridge } => vec![Request::new(Kind::CreateBridge, &[&names.bridge(bridge)]).with("type", "mixing")],
        Op::Join { bridge, legs } => {
            let tell = match &legs[..] {
                [one, other] => {
                    let (one, other) = (names.leg(one), names.leg(other));
                    vec![set_variable(&one, PEER, &other), set_variable(&other, PEER, &one)]
                }
                _ => Vec::new(),
            };
            return Plan::Join { join: join(bridge, legs, names), tell };
        }
        Op::DestroyBridge { bridge } => vec![Request::new(Kind::DestroyBridge, &[&names.bridge(bridge)])],
        Op::Play { leg, prompt, media } => {
            vec![Request::new(Kind::Play, &[&names.leg(leg), &names.prompt(prompt)]).with("media", media)]
        }
        Op::Mark { .. } | Op::Guard { .. } => {
            let set = sets(op).zip(value(op, names)).map(|(leg, (name, value))| set_variable(&names.leg(&leg), name, &value));
            set.into_iter().collect()
        }
        Op::Continue { leg, exit } => {
            vec![set_variable(&leg.id, "CALLSYNC_EXIT", exit.name()), Request::new(Kind::Continue, &[&leg.id])]
        }
        // The caller's number needs no request of its own: `originator` and `caller` lend it to the new leg.
        Op::Dial { leg, endpoint, caller, give_up_after, mark } => {
            let mut variables = json!({
                MARK: names.mark(mark),
                "PJSIP_TRANSFER_HANDLING()": "ari-only",
                // Whoever is left behind while we are not there is hung up by Asterisk itself.
                "CHANNEL(hangup_handler_push)": "callsync-left,s,1",
            });
            if let Some((name, value)) = names.told_to_legs() {
                variables[name] = value.into();
            }
            let create = Request::new(Kind::CreateLeg, &[])
                .with("endpoint", format!("PJSIP/{}", endpoint.name))
                .with("app", names.app())
                .with("appArgs", "leg")
                .with("channelId", names.our_leg(leg))
                .with("originator", &caller.id)
                .with_body(json!({ "variables": variables }));
            let dial = Request::new(Kind::DialLeg, &[&names.our_leg(leg)])
                .with("caller", &caller.id)
                .with("timeout", give_up_after.as_secs().max(1).to_string());
            return Plan::Dial { leg: *leg, endpoint: endpoint.name.clone(), create, dial };
        }
        Op::Stamp { leg, stamp } => return stamping(leg, stamp, names),
        // These are the session's own affair, and not the work of a lane.
        Op::TakeAccount { .. } | Op::HearOut { .. } => Vec::new(),
        Op::ForgetFallback { legs, .. } => return Plan::Forget(legs.iter().map(|leg| leg.id.clone()).collect()),
        Op::Watch { endpoints, .. } => return Plan::Watch(endpoints.iter().map(|endpoint| endpoint.name.clone()).collect()),
    })
}

fn set_variable(leg: &(dyn Display + Sync), name: &str, value: &str) -> Request {
    Request::new(Kind::SetVariable, &[leg]).with("variable", name).with("value", value)
}

fn join(bridge: &BridgeId, legs: &[LegId], names: &Names) -> Request {
    let legs: Vec<String> = legs.iter().map(|leg| names.leg(leg)).collect();
    Request::new(Kind::Join, &[&names.bridge(bridge)]).with("channel", legs.join(","))
}

fn stamping(leg: &TheirLeg, stamp: &Stamp, names: &Names) -> Plan {
    let columns = stamp.columns().into_iter().map(|(column, value)| (format!("CDR({column})"), value));
    let columns: Vec<(String, String)> = columns.chain(names.told_to_cdrs()).collect();
    Plan::Stamp { leg: leg.id.clone(), telling: telling(&leg.id, &columns) }
}

fn telling(leg: &(dyn Display + Sync), variables: &[(impl AsRef<str>, String)]) -> Telling {
    // Of two values of one variable the later holds.
    let all: Map<String, Value> = variables.iter().map(|(name, value)| (name.as_ref().into(), value.as_str().into())).collect();
    Telling {
        together: Request::new(Kind::SetVariables, &[leg]).with_body(json!({ "variables": all })),
        one_by_one: variables.iter().map(|(name, value)| set_variable(leg, name.as_ref(), value)).collect(),
    }
}

/// Q.850's number of the reason.
const fn q850(reason: HangupReason) -> &'static str {
    match reason {
        HangupReason::Normal => "16",
        HangupReason::NoAnswer => "19",
        HangupReason::AnsweredElsewhere => "26",
    }
}

/// What a status means for the order that the request belongs to.
pub fn verdict(kind: Kind, status: u16, body: &str) -> Result<(), OrderFailure> {
    match (kind, status) {
        (_, 200..=299) => Ok(()),
        // What shall not be there is not there.
        (Kind::Hangup | Kind::DestroyBridge, 404) => Ok(()),
        // Bridge ids are never used twice, so the one that exists is the one we made.
        (Kind::CreateBridge, 409) => Ok(()),
        (Kind::CreateLeg, 500) if body.contains("Allocation failed") => Err(OrderFailure::Unreachable),
        // "Channel not in Stasis application": somebody else has it.
        (Kind::Answer | Kind::StartMusic | Kind::StopMusic | Kind::DialLeg | Kind::Play | Kind::Continue, 409)
        | (Kind::Join, 400 | 422)
        | (_, 404) => Err(OrderFailure::Gone),
        _ => Err(OrderFailure::Refused { status, text: said(body) }),
    }
}

/// What Asterisk says in the body of a refusal, of bounded length.
fn said(body: &str) -> String {
    let json: Option<Value> = serde_json::from_str(body).ok();
    let text = json.as_ref().and_then(|json| json.get("message").or_else(|| json.get("error"))).and_then(Value::as_str);
    text.unwrap_or(body).chars().take(200).collect()
}
