//! What ARI's events mean to the core. Asterisk tells one thing by several events, in either order; the core hears it once.

use std::collections::HashMap;

use acd::effect::{Exit, HangupReason, Lane, Op, Order};
use acd::event::{Account, Ask, Cause, Event};
use model::{Endpoint, LegId, NotReadyReason, OurLeg, Phone, Span, TheirLeg};

use crate::clock;
use crate::event::{Channel, Told};
use crate::names::Names;
use crate::reach::Reach;

/// Longest number that we take from a caller; what is longer is cut.
const NUMBER_LIMIT: usize = 64;

/// How much more time `*14` gives.
const MORE_WRAP_UP: Span = Span::from_secs(30);

/// ARI's number for "you hung it up yourself": it says nothing about why.
const CAUSE_ASKED: u16 = 32;

/// What follows from an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// The core shall know.
    Event(Event),
    /// A leg of ours is in our hands and may be dialled.
    Started(OurLeg),
    /// A leg of ours is no more; whoever waits for its start waits in vain.
    Ended(OurLeg),
    /// A leg came to us that nobody can deal with: this gets rid of it.
    Stray(Order),
    /// Another program took our place.
    Replaced,
}

/// The memory that it takes to report everything once.
#[derive(Debug)]
pub struct Hearing {
    names: Names,
    legs: HashMap<LegId, Leg>,
    reach: Reach,
}

#[derive(Debug, Default)]
struct Leg {
    rang: bool,
    answered: bool,
    ended: bool,
    /// Whether we, or a time limit of ours, asked for its end.
    asked: bool,
    cause: Cause,
}

impl Leg {
    /// What Asterisk leaves out when we asked for the end follows from how far the leg had come: a leg that was never
    /// answered ended for want of an answer (Q.850 cause 19), one that was answered ended normally (16).
    const fn best_cause(&self) -> Cause {
        match (self.cause, self.asked, self.answered) {
            (Cause { q850: 0, sip: None }, true, false) => Cause { q850: 19, sip: None },
            (Cause { q850: 0, sip: None }, true, true) => Cause { q850: 16, sip: None },
            (cause, _, _) => cause,
        }
    }
}

impl Hearing {
    /// A memory that begins with an account.
    pub fn new(names: &Names, account: &Account, reach: Reach) -> Self {
        let legs = account.legs.iter().map(|leg| (leg.leg.clone(), Leg { answered: leg.up, rang: leg.up, ..Leg::default() }));
        Self { names: names.clone(), legs: legs.collect(), reach }
    }

    /// The phones that are watched.
    pub const fn reach(&mut self) -> &mut Reach {
        &mut self.reach
    }

    /// What follows from an event.
    pub fn hear(&mut self, told: Told) -> Vec<Heard> {
        match told {
            Told::StasisStart { channel, timestamp, args, replace_channel } => {
                self.start(&channel, &args, &timestamp, replace_channel.as_ref())
            }
            Told::StasisEnd { channel } => self.left(&channel.id),
            Told::ChannelStateChange { channel } => match channel.state.as_str() {
                "Ringing" => self.rang(&channel.id),
                "Up" => self.answered(&channel.id),
                _ => Vec::new(),
            },
            Told::Dial { peer, dialstatus } => match dialstatus.as_str() {
                "RINGING" | "PROGRESS" => self.rang(&peer.id),
                _ => Vec::new(),
            },
            Told::ChannelHangupRequest { channel, cause, tech_cause, soft } => {
                self.hanging_up(&channel.id, cause, tech_cause);
                if soft { Vec::new() } else { self.phone_hung_up(&channel.id) }
            }
            Told::ChannelDestroyed { channel, cause, tech_cause } => {
                self.hanging_up(&channel.id, cause, tech_cause);
                self.destroyed(&channel.id)
            }
            Told::ChannelHold { channel } => self.known(&channel.id).map_or_else(Vec::new, |leg| core(Event::LegHeld { leg })),
            Told::ChannelUnhold { channel } => {
                self.known(&channel.id).map_or_else(Vec::new, |leg| core(Event::LegResumed { leg }))
            }
            Told::PlaybackFinished { playback } => self.prompt_ended(&playback.id),
            Told::DeviceStateChanged { device_state } => {
                self.reach.changed(&device_state.name, &device_state.state).map_or_else(Vec::new, core)
            }
            Told::ApplicationReplaced {} => vec![Heard::Replaced],
            Told::RestResponse { .. } | Told::Other { .. } => Vec::new(),
        }
    }

    fn start(&mut self, channel: &Channel, args: &[String], at: &str, replaces: Option<&Channel>) -> Vec<Heard> {
        self.names.take_one_older(&channel.id);
        if let Some(leg) = self.ours(&channel.id) {
            self.legs.entry(LegId::Ours(leg)).or_default();
            return vec![Heard::Started(leg)];
        }
        if [Some(channel), replaces].into_iter().flatten().any(|channel| self.is_anothers(&channel.id)) {
            return Vec::new();
        }
        let leg = TheirLeg { server: self.names.server(), id: channel.id.clone() };
        if replaces.is_some() {
            // A transfer behind our back put it into the place of a leg of a call. It is nobody's call.
            return vec![Heard::Stray(hang_up(LegId::Theirs(leg)))];
        }
        let event = match args.first().map(String::as_str) {
            Some("enter") => Event::CallerArrived {
                leg: leg.clone(),
                number: number(&channel.caller.number),
                dialled: tidy(args.get(1).unwrap_or(&channel.dialplan.exten)),
                priority: priority(args.get(2)),
                came: clock::of_dialplan(args.get(3)),
                told: clock::of_ari(at),
            },
            Some("feature") => self.feature(leg.clone(), args),
            Some(_) | None => return vec![Heard::Stray(give_back(leg))],
        };
        // A leg that the account already told of, or whose event came double, has arrived once.
        match self.legs.insert(LegId::Theirs(leg), Leg::default()) {
            Some(_) => Vec::new(),
            None => core(event),
        }
    }

    fn feature(&self, leg: TheirLeg, args: &[String]) -> Event {
        let feature = args.get(1).and_then(|code| feature(code));
        let name = args.get(2).map(|name| tidy(name)).unwrap_or_default();
        Event::FeatureDialled { leg, endpoint: Endpoint { server: self.names.server(), name }, feature }
    }

    fn rang(&mut self, id: &str) -> Vec<Heard> {
        let Some(leg) = self.ours(id) else { return Vec::new() };
        let known = self.legs.entry(LegId::Ours(leg)).or_default();
        if known.rang || known.answered || known.ended {
            return Vec::new();
        }
        known.rang = true;
        core(Event::LegRang { leg })
    }

    fn answered(&mut self, id: &str) -> Vec<Heard> {
        let Some(leg) = self.ours(id) else { return Vec::new() };
        let known = self.legs.entry(LegId::Ours(leg)).or_default();
        if known.answered || known.ended {
            return Vec::new();
        }
        known.answered = true;
        core(Event::LegAnswered { leg })
    }

    /// The cause that the phone gave. Where we asked for the end ourselves, Asterisk gives none.
    fn hanging_up(&mut self, id: &str, q850: u16, sip: Option<u16>) {
        let leg = match self.names.leg_id(id) {
            // One that we made may die before it is in our hands.
            leg @ LegId::Ours(_) => self.legs.entry(leg).or_default(),
            leg @ LegId::Theirs(_) => match self.legs.get_mut(&leg) {
                Some(leg) => leg,
                None => return,
            },
        };
        leg.asked = q850 == CAUSE_ASKED;
        if q850 != 0 && q850 != CAUSE_ASKED {
            leg.cause.q850 = q850;
        }
        leg.cause.sip = sip.or(leg.cause.sip);
    }

    /// A leg left our hands: it has ended for us. Its destruction follows a millisecond later, but not always (after a
    /// transfer behind our back it does not), so nothing waits for it.
    fn left(&mut self, id: &str) -> Vec<Heard> {
        let leg = self.names.leg_id(id);
        let LegId::Ours(ours) = leg else {
            return self.legs.remove(&leg).map_or_else(Vec::new, |known| core(Event::LegEnded { leg, cause: known.cause }));
        };
        let Some(known) = self.legs.get_mut(&leg) else { return Vec::new() };
        if known.ended {
            return Vec::new();
        }
        known.ended = true;
        vec![Heard::Ended(ours), Heard::Event(Event::LegEnded { leg, cause: known.best_cause() })]
    }

    /// A phone that was answered and has sent its BYE is free: it need not wait until Asterisk has taken its own end of the line
    /// apart, which takes some milliseconds more. One that was never answered is heard of when it is destroyed, for only then is
    /// its cause certain; nor does a caller's leg end before Asterisk lets go of it.
    fn phone_hung_up(&mut self, id: &str) -> Vec<Heard> {
        match self.ours(id) {
            Some(leg) if self.legs.get(&LegId::Ours(leg)).is_some_and(|leg| leg.answered) => self.left(id),
            Some(_) | None => Vec::new(),
        }
    }

    fn destroyed(&mut self, id: &str) -> Vec<Heard> {
        let leg = self.names.leg_id(id);
        let LegId::Ours(ours) = leg else { return Vec::new() };
        let known = self.legs.remove(&leg).unwrap_or_default();
        if known.ended {
            return Vec::new();
        }
        vec![Heard::Ended(ours), Heard::Event(Event::LegEnded { leg, cause: known.best_cause() })]
    }

    fn prompt_ended(&self, id: &str) -> Vec<Heard> {
        self.names.prompt_id(id).map_or_else(Vec::new, |prompt| core(Event::PromptEnded { prompt }))
    }

    fn ours(&self, id: &str) -> Option<OurLeg> {
        match self.names.leg_id(id) {
            LegId::Ours(leg) => Some(leg),
            LegId::Theirs(_) => None,
        }
    }

    /// Whether a program of our make made it, but not this installation: it is left alone.
    fn is_anothers(&self, id: &str) -> bool {
        self.ours(id).is_none() && self.names.maker(id).is_some()
    }

    fn known(&self, id: &str) -> Option<LegId> {
        Some(self.names.leg_id(id)).filter(|leg| self.legs.contains_key(leg))
    }
}

/// What a feature code stands for.
fn feature(code: &str) -> Option<Ask> {
    Some(match code {
        "*10" => Ask::Ready,
        "*11" => Ask::NotReady(NotReadyReason::Asked),
        "*111" => Ask::NotReady(NotReadyReason::Break),
        "*112" => Ask::NotReady(NotReadyReason::Lunch),
        "*113" => Ask::NotReady(NotReadyReason::Training),
        "*114" => Ask::NotReady(NotReadyReason::Meeting),
        "*12" => Ask::LogOut,
        "*13" => Ask::LogIn,
        "*14" => Ask::ExtendWrapUp(MORE_WRAP_UP),
        _ => return None,
    })
}

/// The third word of a caller's entry: what the dialplan set as the priority, if it set one.
pub fn priority(word: Option<&String>) -> u8 {
    word.and_then(|word| word.trim().parse().ok()).unwrap_or_default()
}

fn core(event: Event) -> Vec<Heard> {
    vec![Heard::Event(event)]
}

/// A caller's number as the wire sent it, but of bounded length and without control characters; `None` if nothing is left,
/// or if it only says that the caller sent none (RFC 3261, section 8.1.1.3).
pub fn number(sent: &str) -> Option<Phone> {
    Some(tidy(sent)).filter(|number| !number.is_empty() && !number.eq_ignore_ascii_case("anonymous")).map(Phone::new)
}

/// A text from outside, made harmless.
pub fn tidy(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).take(NUMBER_LIMIT).collect();
    clean.trim().to_owned()
}

/// The order that ends a leg of which the core knows nothing.
pub fn hang_up(leg: LegId) -> Order {
    Order { lane: Lane::Leg(leg.clone()), op: Op::Hangup { leg, reason: HangupReason::Normal } }
}

fn give_back(leg: TheirLeg) -> Order {
    Order { lane: Lane::Leg(LegId::Theirs(leg.clone())), op: Op::Continue { leg, exit: Exit::Refused } }
}
