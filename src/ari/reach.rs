//! Which of the watched phones can be reached, and whether something is on them. A change is told once; an answer to a
//! question may be older than an event that came before it, and then the event stands.

use std::collections::{BTreeMap, BTreeSet};

use acd::event::Event;
use model::{Endpoint, ServerId};

/// The only technology whose phones we ring.
pub const TECHNOLOGY: &str = "PJSIP";

/// How phones stand, by name. Whoever is not named cannot be reached.
pub type Phones = BTreeMap<String, Standing>;

/// How a phone stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether calls reach it.
    pub reachable: bool,
    /// Whether something rings or talks on it, ours or not.
    pub in_use: bool,
}

/// The watched phones.
#[derive(Clone, Debug)]
pub struct Reach {
    server: ServerId,
    watched: Phones,
    heard: BTreeSet<String>,
}

impl Reach {
    /// Watches these, which stand as `phones` says.
    pub fn new(server: ServerId, watched: &[String], phones: &Phones) -> Self {
        let watched = watched.iter().map(|name| (name.clone(), phones.get(name).copied().unwrap_or_default())).collect();
        Self { server, watched, heard: BTreeSet::new() }
    }

    /// From here on exactly these are watched; their present state will be asked for.
    pub fn watch(&mut self, names: &[String]) {
        self.watched = names.iter().map(|name| (name.clone(), self.watched.get(name).copied().unwrap_or_default())).collect();
        self.heard.clear();
    }

    /// The answer to that question: what is to be reported of each.
    pub fn answered(&mut self, phones: &Phones) -> Vec<Event> {
        for (name, standing) in &mut self.watched {
            if !self.heard.contains(name) {
                *standing = phones.get(name).copied().unwrap_or_default();
            }
        }
        self.watched.iter().map(|(name, standing)| self.event(name, *standing)).collect()
    }

    /// A device's state changed: what is to be reported, if it is news.
    pub fn changed(&mut self, device: &str, state: &str) -> Option<Event> {
        let name = device.strip_prefix(TECHNOLOGY)?.strip_prefix('/')?;
        let known = self.watched.get_mut(name)?;
        let standing = standing(state);
        self.heard.insert(name.to_owned());
        if std::mem::replace(known, standing) == standing {
            return None;
        }
        Some(self.event(name, standing))
    }

    fn event(&self, name: &str, Standing { reachable, in_use }: Standing) -> Event {
        Event::EndpointChanged { endpoint: Endpoint { server: self.server, name: name.to_owned() }, reachable, in_use }
    }
}

/// A phone in use, ringing or on hold is there. One that was never heard of (UNKNOWN) is not, until it is.
pub fn standing(state: &str) -> Standing {
    Standing {
        reachable: !matches!(state, "UNAVAILABLE" | "INVALID" | "UNKNOWN"),
        in_use: matches!(state, "INUSE" | "BUSY" | "RINGING" | "RINGINUSE" | "ONHOLD"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Phones, Reach, Standing};
    use acd::event::Event;
    use model::{Endpoint, ServerId};

    fn change(name: &str, reachable: bool, in_use: bool) -> Event {
        Event::EndpointChanged { endpoint: Endpoint { server: ServerId(1), name: name.to_owned() }, reachable, in_use }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_phone_that_is_in_use_is_told_so_once_and_stays_reachable() {
        let mut reach = Reach::new(ServerId(1), &names(&["1001"]), &Phones::new());
        assert_eq!(reach.changed("PJSIP/1001", "NOT_INUSE"), Some(change("1001", true, false)));
        assert_eq!(reach.changed("PJSIP/1001", "RINGING"), Some(change("1001", true, true)));
        for state in ["INUSE", "ONHOLD", "BUSY", "RINGINUSE"] {
            assert_eq!(reach.changed("PJSIP/1001", state), None, "{state}");
        }
        assert_eq!(reach.changed("PJSIP/1001", "NOT_INUSE"), Some(change("1001", true, false)));
        assert_eq!(reach.changed("PJSIP/1001", "UNAVAILABLE"), Some(change("1001", false, false)));
    }

    #[test]
    fn a_phone_whose_state_nobody_knows_is_not_there_and_not_in_use() {
        let mut reach = Reach::new(ServerId(1), &names(&["1001"]), &Phones::new());
        for state in ["UNKNOWN", "INVALID", "UNAVAILABLE"] {
            assert_eq!(reach.changed("PJSIP/1001", state), None, "{state}");
        }
    }

    #[test]
    fn a_device_that_nobody_watches_is_no_news() {
        let mut reach = Reach::new(ServerId(1), &names(&["1001"]), &Phones::new());
        assert_eq!(reach.changed("PJSIP/1002", "NOT_INUSE"), None);
        assert_eq!(reach.changed("Custom:1001", "NOT_INUSE"), None);
    }

    #[test]
    fn an_event_outranks_an_answer_that_was_asked_for_before_it() {
        let mut reach = Reach::new(ServerId(1), &[], &Phones::new());
        reach.watch(&names(&["1001", "1002"]));
        assert_eq!(reach.changed("PJSIP/1002", "NOT_INUSE"), Some(change("1002", true, false)));
        assert_eq!(reach.changed("PJSIP/1002", "UNAVAILABLE"), Some(change("1002", false, false)));
        let busy = Standing { reachable: true, in_use: true };
        let phones = ["1001", "1002"].map(|name| (name.to_owned(), busy)).into();
        assert_eq!(reach.answered(&phones), [change("1001", true, true), change("1002", false, false)]);
    }
}
