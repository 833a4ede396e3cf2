//! What our things are called in Asterisk, and whose a thing is by its name: several programs may share one Asterisk, each with
//! an application and an installation of its own. The core knows nothing of it: what is another's never reaches it. Pure.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::{Arc, PoisonError, RwLock};

use model::stamp::Mark;
use model::{BridgeId, Installation, LegId, OurLeg, PromptId, ServerId, TheirLeg};

use crate::Config;

/// How the names of all our things begin; the installation follows, then what the thing is.
const PREFIX: &str = "callsync-";

/// The application whose names bear no addition, so that a dialplan that knows of no other stays right.
const USUAL_APP: &str = "callsync";

/// What stands before the installation at the end of a mark.
const INSTALLATION: &str = " i=";

/// The names of one installation's things in one application.
#[derive(Clone, Debug)]
pub struct Names {
    server: ServerId,
    installation: Installation,
    app: Arc<str>,
    /// Legs and bridges in our application that an earlier build made, whose names bore no installation: they keep theirs.
    older: Arc<RwLock<BTreeSet<String>>>,
}

/// Whose a thing is, by its name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Maker {
    /// This installation.
    Us,
    /// A build that wrote no installation into names: ours if it is in our application.
    Older,
    /// Another installation.
    Another(Installation),
}

/// What a mark says, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// There is none that can be read.
    Not,
    /// This installation wrote it.
    ByUs(Mark),
    /// A build wrote it that wrote no installation.
    Unnamed(Mark),
    /// Another installation wrote it.
    ByAnother(Installation),
}

impl Names {
    /// The names that this configuration leads to.
    pub fn new(Config { server, installation, app, .. }: &Config) -> Self {
        Self { server: *server, installation: *installation, app: app.as_str().into(), older: Arc::default() }
    }

    /// The Asterisk that all of this is about.
    pub const fn server(&self) -> ServerId {
        self.server
    }

    /// Our installation.
    pub const fn installation(&self) -> Installation {
        self.installation
    }

    /// Our application.
    pub fn app(&self) -> &str {
        &self.app
    }

    /// A leg's name.
    pub fn leg(&self, leg: &LegId) -> String {
        match leg {
            LegId::Ours(leg) => self.our_leg(leg),
            LegId::Theirs(leg) => leg.id.clone(),
        }
    }

    /// The name of a leg of ours.
    pub fn our_leg(&self, leg: &OurLeg) -> String {
        self.name(leg)
    }

    /// A bridge's name.
    pub fn bridge(&self, bridge: &BridgeId) -> String {
        self.name(bridge)
    }

    /// A prompt's name.
    pub fn prompt(&self, prompt: &PromptId) -> String {
        self.name(prompt)
    }

    fn name(&self, id: &dyn Display) -> String {
        let bare = id.to_string();
        if self.is_older(&bare) {
            return bare;
        }
        format!("{PREFIX}{}-{}", self.installation, bare.trim_start_matches(PREFIX))
    }

    /// Whose leg a channel is. One of another installation is theirs, as every stranger's; so is an id of ours with another
    /// server's number.
    pub fn leg_id(&self, id: &str) -> LegId {
        match self.ours::<OurLeg>(id).filter(|leg| leg.server == self.server) {
            Some(leg) => LegId::Ours(leg),
            None => LegId::Theirs(TheirLeg { server: self.server, id: id.to_owned() }),
        }
    }

    /// The bridge of ours that this name means.
    pub fn bridge_id(&self, id: &str) -> Option<BridgeId> {
        self.ours(id).filter(|bridge: &BridgeId| bridge.server == self.server)
    }

    /// The prompt of ours that this name means.
    pub fn prompt_id(&self, id: &str) -> Option<PromptId> {
        // Nobody is ordered anything about an older build's prompt, so where it plays does not matter.
        let (_, bare) = made_by(self.installation, id).filter(|(maker, _)| !matches!(maker, Maker::Another(_)))?;
        bare.parse().ok().filter(|prompt: &PromptId| prompt.server == self.server)
    }

    fn ours<T: std::str::FromStr>(&self, id: &str) -> Option<T> {
        let (maker, bare) = made_by(self.installation, id)?;
        let ours = maker == Maker::Us || (maker == Maker::Older && self.is_older(id));
        bare.parse().ok().filter(|_| ours)
    }

    /// Who made the leg or bridge of this name, if a program of our make did.
    pub fn maker(&self, id: &str) -> Option<Maker> {
        let (maker, bare) = made_by(self.installation, id)?;
        let is_thing = bare.parse::<OurLeg>().is_ok() || bare.parse::<BridgeId>().is_ok();
        Some(maker).filter(|_| is_thing)
    }

    /// From here on these legs and bridges of an earlier build are ours, and no others.
    pub fn take_older(&self, ids: BTreeSet<String>) {
        *self.older.write().unwrap_or_else(PoisonError::into_inner) = ids;
    }

    /// One more leg of an earlier build has come into our application.
    pub fn take_one_older(&self, id: &str) {
        if self.maker(id) == Some(Maker::Older) {
            self.older.write().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
        }
    }

    fn is_older(&self, id: &str) -> bool {
        self.older.read().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    /// The text of a mark. The installation comes last: the dialplan reads the first words by their position.
    pub fn mark(&self, mark: &Mark) -> String {
        format!("{mark}{INSTALLATION}{}", self.installation)
    }

    /// What a mark says.
    pub fn read_mark(&self, text: &str) -> Marked {
        let Some((mark, installation)) = text.rsplit_once(INSTALLATION) else {
            return text.parse().map_or(Marked::Not, Marked::Unnamed);
        };
        match (mark.parse(), installation.parse()) {
            (Ok(mark), Ok(installation)) if self.installation == installation => Marked::ByUs(mark),
            (Ok(_), Ok(installation)) => Marked::ByAnother(installation),
            (Err(_), _) | (_, Err(_)) => Marked::Not,
        }
    }

    /// What is added to the names of all that the dialplan shares with one application.
    fn addition(&self) -> String {
        if self.is_usual() { String::new() } else { format!("_{}", self.app) }
    }

    fn is_usual(&self) -> bool {
        &*self.app == USUAL_APP
    }

    /// What a leg of ours has to be told, so that the dialplan knows by which names to look for its program.
    pub fn told_to_legs(&self) -> Option<(&'static str, String)> {
        (!self.is_usual()).then(|| ("CALLSYNC_OTHER", self.addition()))
    }

    /// What every stamp of a CDR says besides, so that it shows which of two programs wrote it.
    pub fn told_to_cdrs(&self) -> Option<(String, String)> {
        (!self.is_usual()).then(|| ("CDR(callsync_app)".to_owned(), self.app.to_string()))
    }

    /// The variable by which our application's program says that it is there.
    pub fn alive(&self) -> String {
        format!("CALLSYNC_ALIVE{}", self.addition())
    }

    /// What the names of Asterisk's own queues that stand in for ours begin with; our number follows.
    pub fn fallback_queues(&self) -> String {
        format!("callsync{}-", self.addition())
    }

    /// Under which custom presences the dialplan notes our callers in the fallback; the caller's unique id follows.
    pub fn fallback_notes(&self) -> String {
        format!("callsync_fallback{}/", self.addition())
    }
}

/// The maker of what bears this name, and the name as the core reads it.
fn made_by(us: Installation, id: &str) -> Option<(Maker, String)> {
    let rest = id.strip_prefix(PREFIX)?;
    let (first, after) = rest.split_once('-')?;
    Some(match first.parse::<Installation>() {
        Ok(installation) if installation == us => (Maker::Us, format!("{PREFIX}{after}")),
        Ok(installation) => (Maker::Another(installation), format!("{PREFIX}{after}")),
        Err(_) => (Maker::Older, id.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use model::stamp::Mark;
    use model::{AgentId, BridgeId, CallId, CallPhase, Installation, LegId, OurLeg, PromptId, QueueId, ServerId, Timestamp};
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
    use uuid::Uuid;

    use super::{Maker, Marked, Names};

    fn names(installation: u32, app: &str) -> Names {
        let server = ServerId(1);
        Names { server, installation: Installation::numbered(installation), app: app.into(), older: super::Arc::default() }
    }

    fn leg(server: u16) -> OurLeg {
        OurLeg { server: ServerId(server), call: CallId(Uuid::from_u128(7)), n: 3 }
    }

    fn mark(agent: Option<u128>) -> Mark {
        Mark {
            call: CallId(Uuid::from_u128(7)),
            queue: QueueId(Uuid::from_u128(8)),
            entered: Timestamp::from_ms(1_790_000_000_000),
            priority: 250,
            phase: CallPhase::Talking,
            since: Timestamp::from_ms(1_790_000_000_001),
            agent: agent.map(|agent| AgentId(Uuid::from_u128(agent))),
        }
    }

    proptest! {
        #[test]
        fn a_name_is_read_back_by_its_own_installation_and_by_no_other(us: u32, other: u32, call: u128, n: u32) {
            let (ours, theirs) = (names(us, "callsync"), names(other, "callsync"));
            let (server, call) = (ServerId(1), CallId(Uuid::from_u128(call)));
            let (leg, bridge, prompt) = (OurLeg { server, call, n }, BridgeId { server, call, n }, PromptId { server, call, n });
            let [leg_name, bridge_name, prompt_name] = [ours.our_leg(&leg), ours.bridge(&bridge), ours.prompt(&prompt)];
            prop_assert_eq!(ours.leg_id(&leg_name), LegId::Ours(leg));
            prop_assert_eq!(ours.bridge_id(&bridge_name), Some(bridge));
            prop_assert_eq!(ours.prompt_id(&prompt_name), Some(prompt));
            if us != other {
                prop_assert!(matches!(theirs.leg_id(&leg_name), LegId::Theirs(_)));
                prop_assert_eq!((theirs.bridge_id(&bridge_name), theirs.prompt_id(&prompt_name)), (None, None));
                prop_assert_eq!(theirs.maker(&leg_name), Some(Maker::Another(Installation::numbered(us))));
            }
        }

        #[test]
        fn a_mark_is_read_back_by_its_own_installation_and_known_as_anothers(us: u32, other: u32, agent: Option<u128>) {
            let text = names(us, "callsync").mark(&mark(agent));
            prop_assert_eq!(names(us, "trial").read_mark(&text), Marked::ByUs(mark(agent)));
            if us != other {
                prop_assert_eq!(names(other, "callsync").read_mark(&text), Marked::ByAnother(Installation::numbered(us)));
            }
        }

        #[test]
        fn a_strangers_name_or_mark_is_nobodys(text in any::<String>()) {
            let names = names(1, "callsync");
            prop_assert_eq!((names.maker(&text), names.read_mark(&text)), (None, Marked::Not));
        }
    }

    #[test]
    fn the_name_says_installation_kind_server_and_call() {
        let name = names(0, "callsync").our_leg(&leg(1));
        assert_eq!(name, "callsync-bbbbbbbb-leg-1-00000000000000000000000000000007-3");
    }

    #[test]
    fn the_dialplan_finds_call_and_entry_where_they_always_stood() {
        let text = names(1, "callsync").mark(&mark(Some(9)));
        assert_eq!((&text[..36], &text[74..87]), (&*mark(None).call.to_string(), "1790000000000"));
    }

    #[test]
    fn an_older_builds_leg_is_ours_under_its_own_name_once_it_was_seen_in_our_application() {
        let names = names(1, "callsync");
        let older = leg(1).to_string();
        assert_eq!(
            (names.maker(&older), names.read_mark(&mark(None).to_string())),
            (Some(Maker::Older), Marked::Unnamed(mark(None)))
        );
        assert!(matches!(names.leg_id(&older), LegId::Theirs(_)));
        names.take_one_older(&older);
        assert_eq!((names.leg_id(&older), names.our_leg(&leg(1))), (LegId::Ours(leg(1)), older));
        let next = OurLeg { n: 4, ..leg(1) };
        assert_ne!(names.our_leg(&next), next.to_string(), "what is made from here on bears the installation");
        names.take_older(BTreeSet::new());
        assert_ne!(names.our_leg(&leg(1)), leg(1).to_string());
    }

    #[test]
    fn an_id_of_ours_with_another_servers_number_is_not_ours() {
        let names = names(1, "callsync");
        let elsewhere = names.our_leg(&leg(2));
        assert_eq!((names.maker(&elsewhere), matches!(names.leg_id(&elsewhere), LegId::Theirs(_))), (Some(Maker::Us), true));
    }

    #[test]
    fn what_the_dialplan_shares_keeps_its_names_for_the_usual_application_and_has_others_for_another() {
        let shared = |app| [names(1, app).alive(), names(1, app).fallback_queues(), names(1, app).fallback_notes()];
        assert_eq!(shared("callsync"), ["CALLSYNC_ALIVE", "callsync-", "callsync_fallback/"]);
        assert_eq!(shared("trial"), ["CALLSYNC_ALIVE_trial", "callsync_trial-", "callsync_fallback_trial/"]);
    }
}
