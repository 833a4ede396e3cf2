//! Which of the watched phones can be reached. A change is told once; an answer to a question may be older than an event
//! that came before it, and then the event stands.

use std::collections::{BTreeMap, BTreeSet};

use acd::event::Event;
use model::{Endpoint, ServerId};

/// The only technology whose phones we ring.
pub const TECHNOLOGY: &str = "PJSIP";

/// The watched phones.
#[derive(Clone, Debug)]
pub struct Reach {
    server: ServerId,
    watched: BTreeMap<String, bool>,
    heard: BTreeSet<String>,
}

impl Reach {
    /// Watches these, of which the ones in `online` can be reached.
    pub fn new(server: ServerId, watched: &[String], online: &BTreeSet<String>) -> Self {
        let watched = watched.iter().map(|name| (name.clone(), online.contains(name))).collect();
        Self { server, watched, heard: BTreeSet::new() }
    }

    /// From here on exactly these are watched; their present state will be asked for.
    pub fn watch(&mut self, names: &[String]) {
        self.watched = names.iter().map(|name| (name.clone(), self.watched.get(name).copied().unwrap_or(false))).collect();
        self.heard.clear();
    }

    /// The answer to that question: what is to be reported of each.
    pub fn answered(&mut self, online: &BTreeSet<String>) -> Vec<Event> {
        for (name, reachable) in &mut self.watched {
            if !self.heard.contains(name) {
                *reachable = online.contains(name);
            }
        }
        self.watched.iter().map(|(name, reachable)| self.event(name, *reachable)).collect()
    }

    /// A device's state changed: what is to be reported, if it is news.
    pub fn changed(&mut self, device: &str, state: &str) -> Option<Event> {
        let name = device.strip_prefix(TECHNOLOGY)?.strip_prefix('/')?;
        let known = self.watched.get_mut(name)?;
        let reachable = reachable(state);
        self.heard.insert(name.to_owned());
        if std::mem::replace(known, reachable) == reachable {
            return None;
        }
        Some(self.event(name, reachable))
    }

    fn event(&self, name: &str, reachable: bool) -> Event {
        Event::EndpointChanged { endpoint: Endpoint { server: self.server, name: name.to_owned() }, reachable, in_use: false }
    }
}

/// A phone in use, ringing or on hold is there. One that was never heard of (UNKNOWN) is not, until it is.
fn reachable(state: &str) -> bool {
    !matches!(state, "UNAVAILABLE" | "INVALID" | "UNKNOWN")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Reach;
    use acd::event::Event;
    use model::{Endpoint, ServerId};

    fn change(name: &str, reachable: bool) -> Event {
        Event::EndpointChanged { endpoint: Endpoint { server: ServerId(1), name: name.to_owned() }, reachable, in_use: false }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_phone_that_begins_to_ring_was_reachable_before_and_is_no_news() {
        let mut reach = Reach::new(ServerId(1), &names(&["1001"]), &BTreeSet::new());
        assert_eq!(reach.changed("PJSIP/1001", "NOT_INUSE"), Some(change("1001", true)));
        assert_eq!(reach.changed("PJSIP/1001", "RINGING"), None);
        assert_eq!(reach.changed("PJSIP/1001", "INUSE"), None);
        assert_eq!(reach.changed("PJSIP/1001", "UNAVAILABLE"), Some(change("1001", false)));
    }

    #[test]
    fn a_device_that_nobody_watches_is_no_news() {
        let mut reach = Reach::new(ServerId(1), &names(&["1001"]), &BTreeSet::new());
        assert_eq!(reach.changed("PJSIP/1002", "NOT_INUSE"), None);
        assert_eq!(reach.changed("Custom:1001", "NOT_INUSE"), None);
    }

    #[test]
    fn an_event_outranks_an_answer_that_was_asked_for_before_it() {
        let mut reach = Reach::new(ServerId(1), &[], &BTreeSet::new());
        reach.watch(&names(&["1001", "1002"]));
        assert_eq!(reach.changed("PJSIP/1002", "NOT_INUSE"), Some(change("1002", true)));
        assert_eq!(reach.changed("PJSIP/1002", "UNAVAILABLE"), Some(change("1002", false)));
        let online = ["1001", "1002"].map(str::to_owned).into();
        assert_eq!(reach.answered(&online), [change("1001", true), change("1002", false)]);
    }
}
