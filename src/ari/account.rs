//! All that is alive in Asterisk and concerns us, read from its own lists. Pure.

use std::collections::BTreeSet;

use acd::event::{Account, BridgeAccount, LegAccount};
use model::stamp::Mark;
use model::{Endpoint, LegId, ServerId, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use crate::clock;
use crate::event::{Channel, Told};
use crate::hearing::{number, priority, tidy};
use crate::names::{Maker, Marked, Names};
use crate::plan::MARK;
use crate::reach::{Phones, Standing};

/// Asterisk's lists.
#[derive(Debug, Default)]
pub struct Lists {
    /// Of `GET /channels`.
    pub channels: Vec<Channel>,
    /// Of `GET /bridges`.
    pub bridges: Vec<Bridge>,
    /// Of `GET /applications/{app}`.
    pub application: Application,
    /// Of `GET /endpoints/PJSIP`.
    pub endpoints: Vec<EndpointState>,
    /// Of `GET /asterisk/info`.
    pub info: Info,
    /// Of `GET /asterisk/ping`.
    pub ping: Ping,
}

/// ARI's answer to a ping, as far as we look at it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ping {
    /// What time it is by Asterisk's clock.
    pub timestamp: String,
}

/// ARI's word about Asterisk itself, as far as we look at it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Info {
    /// How it runs.
    pub status: Status,
}

/// How Asterisk runs, as far as we look at it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Status {
    /// When it was started.
    pub startup_time: String,
}

/// ARI's bridge, as far as we look at it.
#[derive(Clone, Debug, Deserialize)]
pub struct Bridge {
    /// Its id.
    pub id: String,
    /// The ids of the channels in it.
    #[serde(default)]
    pub channels: Vec<String>,
}

/// ARI's application, as far as we look at it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Application {
    /// The channels that it holds or listens to.
    pub channel_ids: BTreeSet<String>,
    /// The bridges that it listens to.
    pub bridge_ids: BTreeSet<String>,
    /// The devices that it listens to.
    pub device_names: Vec<String>,
}

/// ARI's endpoint, as far as we look at it.
#[derive(Clone, Debug, Deserialize)]
pub struct EndpointState {
    /// As `1001`.
    pub resource: String,
    /// As `online`.
    #[serde(default)]
    pub state: String,
    /// The channels that ring or talk on it.
    #[serde(default)]
    pub channel_ids: Vec<String>,
}

/// How a channel came into our hands, as its place in the dialplan still says.
#[derive(Debug, PartialEq, Eq)]
pub enum Entry {
    /// Somebody called a queue.
    Caller {
        /// The number dialled.
        dialled: String,
        /// The priority that the dialplan gave.
        priority: u8,
        /// When the call came, as the dialplan says.
        came: Option<Timestamp>,
    },
    /// Somebody dialled a feature code.
    Feature {
        /// What the dialplan said about it.
        args: Vec<String>,
    },
}

impl Lists {
    /// How the phones stand.
    pub fn phones(&self) -> Phones {
        phones(&self.endpoints, &self.channels)
    }

    /// The account: what is in our application and is ours. `marks` holds the texts of the marks of the legs whose channel did
    /// not carry them.
    pub fn account(&self, names: &Names, marks: &[(String, String)]) -> Account {
        let server = names.server();
        // Asterisk lists them in no order; the core takes in whom it does not know in the order of their coming.
        let mut channels: Vec<&Channel> = self.channels.iter().collect();
        channels.sort_by_key(|channel| (&channel.creationtime, &channel.id));
        let legs: Vec<_> = channels.into_iter().filter_map(|channel| self.leg(names, marks, channel)).collect();
        let bridges = self.bridges.iter().filter_map(|bridge| self.bridge(names, bridge)).collect();
        let phones = self.phones();
        let which = |is: fn(&Standing) -> bool| {
            let names = phones.iter().filter(|(_, standing)| is(standing)).map(|(name, _)| name.clone());
            names.map(|name| Endpoint { server, name }).collect()
        };
        let used = used(&self.channels);
        let theirs = |id: &String| used.contains(id.as_str()) && !self.is_our_leg(names, id);
        let others = self.endpoints.iter().filter(|phone| phone.channel_ids.iter().any(theirs));
        Account {
            legs,
            bridges,
            reachable: which(|phone| phone.reachable),
            in_use: which(|phone| phone.in_use),
            others: others.map(|phone| Endpoint { server, name: phone.resource.clone() }).collect(),
            started: Some(self.info.status.startup_time.clone()).filter(|time| !time.is_empty()),
            clock: clock::of_ari(&self.ping.timestamp),
        }
    }

    /// What has no place in the account and is told as if it had just happened: features dialled. Dialled while nobody
    /// listened, they would otherwise leave their callers in silence for ever.
    pub fn as_events(&self, names: &Names) -> Vec<Told> {
        let event = |channel: &Channel| match names.leg_id(&channel.id) {
            LegId::Ours(_) => None,
            LegId::Theirs(_) => match self.entry(names.app(), channel)? {
                Entry::Caller { .. } => None,
                Entry::Feature { args } => {
                    let timestamp = self.ping.timestamp.clone();
                    Some(Told::StasisStart { channel: channel.clone(), timestamp, args, replace_channel: None })
                }
            },
        };
        self.channels.iter().filter_map(event).collect()
    }

    /// Every leg in our hands, and how it came into them if we did not make it ourselves.
    pub fn held(&self, names: &Names) -> Vec<(LegId, Option<Entry>)> {
        let held = |channel: &Channel| match names.leg_id(&channel.id) {
            leg @ LegId::Ours(_) => Some((leg, None)).filter(|_| !is_elsewhere(names.app(), channel)),
            LegId::Theirs(_) if matches!(self.mark(names, &[], channel), Marked::ByAnother(_)) => None,
            leg @ LegId::Theirs(_) => Some((leg, Some(self.entry(names.app(), channel)?))),
        };
        self.channels.iter().filter_map(held).collect()
    }

    /// The ids of the legs in our hands whose channel carries no variables: `ari.conf` does not name `CALLSYNC`.
    pub fn without_variables(&self, names: &Names) -> Vec<String> {
        let bare = |channel: &&Channel| channel.channelvars.get(MARK).is_none();
        let ids = self.channels.iter().filter(bare).filter(|channel| self.leg(names, &[], channel).is_some());
        ids.map(|channel| channel.id.clone()).collect()
    }

    /// The legs and bridges of an earlier build that are in our application.
    pub fn older(&self, names: &Names) -> BTreeSet<String> {
        let is_older = |id: &str| names.maker(id) == Some(Maker::Older);
        let legs = self.channels.iter().filter(|channel| is_older(&channel.id) && self.is_here(names, &channel.id));
        let bridges = self.bridges.iter().filter(|bridge| is_older(&bridge.id) && self.is_with_us(names, bridge));
        legs.map(|leg| leg.id.clone()).chain(bridges.map(|bridge| bridge.id.clone())).collect()
    }

    /// Whether a channel is in our application.
    pub fn is_here(&self, names: &Names, id: &str) -> bool {
        let placed = || self.channels.iter().any(|channel| channel.id == id && stasis_app(channel) == Some(names.app()));
        self.application.channel_ids.contains(id) || placed()
    }

    /// Whether our application has to do with a bridge.
    fn is_with_us(&self, names: &Names, bridge: &Bridge) -> bool {
        self.application.bridge_ids.contains(&bridge.id) || bridge.channels.iter().any(|leg| self.is_here(names, leg))
    }

    fn is_our_leg(&self, names: &Names, id: &str) -> bool {
        let is_elsewhere = || self.channels.iter().any(|channel| channel.id == id && is_elsewhere(names.app(), channel));
        matches!(names.leg_id(id), LegId::Ours(_)) && !is_elsewhere()
    }

    /// What a channel's mark says; `told` are those that were read one by one.
    pub fn mark(&self, names: &Names, told: &[(String, String)], channel: &Channel) -> Marked {
        let told = || told.iter().find(|(id, _)| *id == channel.id).map(|(_, mark)| mark.as_str());
        let text = channel.channelvars.get(MARK).and_then(Value::as_str).or_else(told);
        text.map_or(Marked::Not, |text| names.read_mark(text))
    }

    /// A leg that we made is ours from its creation on, before Asterisk hands it to us, unless it is in another application; one
    /// that came to us is ours while it is in the application and came in as a caller, unless another installation has marked
    /// it. Snoops, halves of transfers and other programs' legs are neither.
    fn leg(&self, names: &Names, marks: &[(String, String)], channel: &Channel) -> Option<LegAccount> {
        let leg = names.leg_id(&channel.id);
        let (up, rings) = (channel.state == "Up", channel.state == "Ringing");
        let mark: Option<Mark> = match self.mark(names, marks, channel) {
            Marked::ByUs(mark) | Marked::Unnamed(mark) => Some(mark),
            Marked::Not => None,
            Marked::ByAnother(_) => return None,
        };
        Some(match leg {
            LegId::Ours(_) if is_elsewhere(names.app(), channel) => return None,
            LegId::Ours(_) => {
                let endpoint = endpoint(names.server(), &channel.name);
                let dialled = String::new();
                LegAccount { leg, up, rings, mark, number: None, dialled, priority: 0, came: None, endpoint }
            }
            LegId::Theirs(_) => {
                let Entry::Caller { dialled, priority, came } = self.entry(names.app(), channel)? else { return None };
                let number = number(&channel.caller.number);
                LegAccount { leg, up, rings: false, mark, number, dialled, priority, came, endpoint: None }
            }
        })
    }

    /// A bridge of ours, unless all that it holds is elsewhere.
    fn bridge(&self, names: &Names, bridge: &Bridge) -> Option<BridgeAccount> {
        let id = names.bridge_id(&bridge.id).filter(|_| bridge.channels.is_empty() || self.is_with_us(names, bridge))?;
        Some(BridgeAccount { bridge: id, legs: bridge.channels.iter().map(|leg| names.leg_id(leg)).collect() })
    }

    fn entry(&self, app: &str, channel: &Channel) -> Option<Entry> {
        if channel.dialplan.app_name != "Stasis" || !self.application.channel_ids.contains(&channel.id) {
            return None;
        }
        let mut args = channel.dialplan.app_data.split(',').map(str::trim);
        if args.next()? != app {
            return None;
        }
        let args: Vec<String> = args.map(ToOwned::to_owned).collect();
        match args.first()?.as_str() {
            "enter" => {
                let dialled = tidy(args.get(1).unwrap_or(&channel.dialplan.exten));
                Some(Entry::Caller { dialled, priority: priority(args.get(2)), came: clock::of_dialplan(args.get(3)) })
            }
            "feature" => Some(Entry::Feature { args }),
            _ => None,
        }
    }
}

/// How the phones stand. One on which there is only a leg that was made and not dialled yet is free, as its device state says
/// too: nothing will be heard of it when that leg ends.
pub fn phones(endpoints: &[EndpointState], channels: &[Channel]) -> Phones {
    let used = used(channels);
    let standing = |phone: &EndpointState| Standing {
        reachable: phone.state == "online",
        in_use: phone.channel_ids.iter().any(|id| used.contains(id.as_str())),
    };
    endpoints.iter().map(|endpoint| (endpoint.resource.clone(), standing(endpoint))).collect()
}

/// The ids of the channels that make a phone busy.
fn used(channels: &[Channel]) -> BTreeSet<&str> {
    channels.iter().filter(|channel| channel.state != "Down").map(|channel| channel.id.as_str()).collect()
}

/// The application in whose hands a channel is.
pub fn stasis_app(channel: &Channel) -> Option<&str> {
    let place = &channel.dialplan;
    Some(place.app_data.split(',').next()?.trim()).filter(|_| place.app_name == "Stasis")
}

/// Whether a channel is in another application than ours.
fn is_elsewhere(app: &str, channel: &Channel) -> bool {
    stasis_app(channel).is_some_and(|holder| holder != app)
}

/// The account of a channel named `PJSIP/1001-00000007`.
fn endpoint(server: ServerId, channel: &str) -> Option<Endpoint> {
    let (name, _) = channel.split_once('/')?.1.rsplit_once('-')?;
    Some(Endpoint { server, name: name.to_owned() })
}
