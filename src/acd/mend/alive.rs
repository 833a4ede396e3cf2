//! An account, arranged for looking things up.

use std::collections::{BTreeMap, BTreeSet};

use model::{BridgeId, CallId, LegId, OurLeg, ServerId};

use crate::event::{Account, LegAccount};

/// What is alive on one Asterisk.
pub(super) struct Alive<'a> {
    pub(super) server: ServerId,
    pub(super) legs: BTreeMap<LegId, &'a LegAccount>,
    /// The same legs, in the order of the account.
    pub(super) in_order: Vec<&'a LegAccount>,
    pub(super) bridges: BTreeMap<BridgeId, BTreeSet<LegId>>,
    /// The bridges that a leg is in: one, but for an account that was taken while it moved.
    places: BTreeMap<&'a LegId, BTreeSet<BridgeId>>,
    /// The calls with a leg of ours that was answered.
    answered: BTreeSet<CallId>,
}

impl<'a> Alive<'a> {
    pub(super) fn new(server: ServerId, account: &'a Account) -> Self {
        let in_order: Vec<&LegAccount> = account.legs.iter().filter(|leg| leg.leg.server() == server).collect();
        let bridges = || account.bridges.iter().filter(|bridge| bridge.bridge.server == server);
        let mut places: BTreeMap<&LegId, BTreeSet<BridgeId>> = BTreeMap::new();
        for bridge in bridges() {
            for leg in &bridge.legs {
                places.entry(leg).or_default().insert(bridge.bridge);
            }
        }
        let up = in_order.iter().filter(|leg| leg.up).filter_map(|leg| ours(&leg.leg));
        Self {
            server,
            legs: in_order.iter().map(|leg| (leg.leg.clone(), *leg)).collect(),
            answered: up.map(|leg| leg.call).collect(),
            bridges: bridges().map(|bridge| (bridge.bridge, bridge.legs.iter().cloned().collect())).collect(),
            places,
            in_order,
        }
    }

    pub(super) fn has(&self, leg: &LegId) -> bool {
        self.legs.contains_key(leg)
    }

    pub(super) fn in_a_bridge(&self, leg: &LegId) -> bool {
        self.bridge_of(leg).is_some()
    }

    /// The bridge that a leg is in.
    pub(super) fn bridge_of(&self, leg: &LegId) -> Option<BridgeId> {
        self.places.get(leg)?.first().copied()
    }

    /// Whether a leg that we made for this call was answered.
    pub(super) fn answered(&self, call: CallId) -> bool {
        self.answered.contains(&call)
    }

    /// The bridge in which this caller and an agent's leg of this call are together.
    pub(super) fn conversation(&self, call: CallId, caller: &LegId) -> Option<(BridgeId, OurLeg)> {
        self.places.get(caller)?.iter().filter(|bridge| bridge.call == call).find_map(|bridge| {
            let mut ours = self.bridges.get(bridge)?.iter().filter_map(ours);
            Some((*bridge, ours.find(|leg| leg.call == call && self.has(&LegId::Ours(*leg)))?))
        })
    }

    /// The legs of ours, those that were answered first.
    pub(super) fn our_legs(&self) -> Vec<(OurLeg, &'a LegAccount)> {
        let mut legs: Vec<_> = self.legs.iter().filter_map(|(id, account)| Some((ours(id)?, *account))).collect();
        legs.sort_by_key(|(leg, account)| (!account.up, *leg));
        legs
    }
}

fn ours(leg: &LegId) -> Option<OurLeg> {
    match leg {
        LegId::Ours(leg) => Some(*leg),
        LegId::Theirs(_) => None,
    }
}
