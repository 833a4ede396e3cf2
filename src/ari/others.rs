//! Other programs of our make on this Asterisk: what is theirs is left alone, and named on the page of health.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use model::Installation;

use crate::Config;
use crate::account::{Lists, stasis_app};
use crate::client::HttpClient;
use crate::event::Channel;
use crate::line::{AT_ONCE, Line, Transport};
use crate::names::{Maker, Marked, Names};
use crate::take::read_lists;

/// Most programs that are told apart.
const MOST: usize = 8;

/// Longest name of an application that is told.
const LONGEST: usize = 32;

/// What is another program's of our make.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Other {
    /// Its application; empty for what is in none.
    pub app: String,
    /// Its installation; `None` for a build that wrote none.
    pub installation: Option<Installation>,
    /// Its legs, and the callers whom it has marked.
    pub legs: u32,
    /// Its bridges.
    pub bridges: u32,
}

impl Lists {
    /// What of the lists is another program's of our make; `marks` as for the account.
    pub fn others(&self, names: &Names, marks: &[(String, String)]) -> Vec<Other> {
        let mut found: BTreeMap<(String, Option<Installation>), (u32, u32)> = BTreeMap::new();
        let mut count = |app: &str, installation, (legs, bridges)| {
            if found.len() < MOST || found.contains_key(&(app.to_owned(), installation)) {
                let sums = found.entry((app.to_owned(), installation)).or_default();
                *sums = (sums.0 + legs, sums.1 + bridges);
            }
        };
        for channel in &self.channels {
            if let Some(installation) = self.another(names, marks, channel) {
                count(&plain(stasis_app(channel).unwrap_or_default()), installation, (1, 0));
            }
        }
        for bridge in self.bridges.iter().filter(|bridge| names.bridge_id(&bridge.id).is_none()) {
            let installation = match names.maker(&bridge.id) {
                Some(Maker::Another(installation)) => Some(installation),
                Some(Maker::Us) => Some(names.installation()),
                Some(Maker::Older) => None,
                None => continue,
            };
            let member = |channel: &&Channel| bridge.channels.contains(&channel.id);
            let app = self.channels.iter().filter(member).find_map(stasis_app).unwrap_or_default();
            count(&plain(app), installation, (0, 1));
        }
        let other = |((app, installation), (legs, bridges))| Other { app, installation, legs, bridges };
        found.into_iter().map(other).collect()
    }

    /// The installation to which a channel belongs, if that is another program of our make; `Some(None)` if it does not say which.
    fn another(&self, names: &Names, marks: &[(String, String)], channel: &Channel) -> Option<Option<Installation>> {
        let elsewhere = stasis_app(channel).is_some_and(|app| app != names.app());
        match (names.maker(&channel.id), self.mark(names, marks, channel)) {
            (Some(Maker::Another(installation)), _) | (None, Marked::ByAnother(installation)) => Some(Some(installation)),
            (Some(Maker::Older), _) if !self.is_here(names, &channel.id) => Some(None),
            // A copy of our database serves another application.
            (Some(Maker::Us), _) | (None, Marked::ByUs(_)) if elsewhere => Some(Some(names.installation())),
            (None, Marked::Unnamed(_)) if elsewhere => Some(None),
            (Some(Maker::Us | Maker::Older) | None, _) => None,
        }
    }
}

/// What is another program's of our make on the Asterisk of this configuration; nothing if it does not say.
pub async fn others(config: &Config) -> Vec<Other> {
    let Ok(client) = HttpClient::new(config, AT_ONCE) else { return Vec::new() };
    let (line, names) = (Line::new(Transport::Http(client)), Names::new(config));
    read_lists(&line, &names).await.map(|lists| lists.others(&names, &[])).unwrap_or_default()
}

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { app, installation, legs, bridges } = self;
        write!(f, "another callsync is on this Asterisk: application {app:?}, ")?;
        match installation {
            Some(installation) => write!(f, "installation {installation}, ")?,
            None => f.write_str("of a build that names no installation, ")?,
        }
        write!(f, "{legs} legs, {bridges} bridges")
    }
}

/// A name from outside, fit for a label.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter)).take(LONGEST).collect()
}

/// What was told last, so that what is there no more is told as nothing.
static TOLD: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());

/// Tells in the metrics how many legs and bridges of others there are.
pub fn tell(others: &[Other]) {
    let installation = |other: &Other| other.installation.map_or_else(String::new, |installation| installation.to_string());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    let gauge = |what: &'static str, (app, installation): &(String, String)| metrics::gauge!("callsync_ari_others", "what" => what, "app" => app.clone(), "installation" => installation.clone());
    for gone in std::mem::take(&mut *told) {
        gauge("legs", &gone).set(0);
        gauge("bridges", &gone).set(0);
    }
    for other in others {
        let who = (other.app.clone(), installation(other));
        gauge("legs", &who).set(other.legs);
        gauge("bridges", &who).set(other.bridges);
        let (app, installation) = &who;
        tracing::warn!(
            app,
            installation,
            legs = other.legs,
            bridges = other.bridges,
            "another callsync is on this Asterisk: what is its own is left alone"
        );
        told.insert(who);
    }
}
