//! What ARI's events look like. An event that we do not know, or that looks unlike what we expect, is kept as it is.

use serde::Deserialize;
use serde_json::Value;

/// What Asterisk told us, in its words.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type")]
pub enum Told {
    /// A channel was handed to us.
    StasisStart {
        /// The channel.
        channel: Channel,
        /// When it was handed over, by Asterisk's clock, as `2026-11-21T05:51:10.718+0000`.
        #[serde(default)]
        timestamp: String,
        /// What the dialplan, or our own request, said about it.
        #[serde(default)]
        args: Vec<String>,
        /// The channel whose place it takes, after a transfer behind our back.
        replace_channel: Option<Channel>,
    },
    /// A channel is no longer in our hands.
    StasisEnd {
        /// The channel.
        channel: Channel,
    },
    /// A channel's state changed.
    ChannelStateChange {
        /// The channel.
        channel: Channel,
    },
    /// How dialling goes on.
    Dial {
        /// The channel dialled.
        peer: Channel,
        /// How it went: empty at first.
        #[serde(default)]
        dialstatus: String,
    },
    /// Somebody wants the channel to end.
    ChannelHangupRequest {
        /// The channel.
        channel: Channel,
        /// By Q.850.
        #[serde(default)]
        cause: u16,
        /// By SIP.
        tech_cause: Option<u16>,
        /// Whether it was asked for within Asterisk. Otherwise the other side of the line said so (`ast_queue_hangup` as against
        /// `ast_softhangup` in Asterisk's `main/channel.c`).
        #[serde(default)]
        soft: bool,
    },
    /// A channel is gone.
    ChannelDestroyed {
        /// The channel.
        channel: Channel,
        /// By Q.850.
        #[serde(default)]
        cause: u16,
        /// By SIP.
        tech_cause: Option<u16>,
    },
    /// The party of this channel put the other on hold.
    ChannelHold {
        /// The channel.
        channel: Channel,
    },
    /// The party of this channel took the other off hold.
    ChannelUnhold {
        /// The channel.
        channel: Channel,
    },
    /// A prompt has ended.
    PlaybackFinished {
        /// The prompt.
        playback: Playback,
    },
    /// A device's state changed.
    DeviceStateChanged {
        /// The device.
        device_state: DeviceState,
    },
    /// Another program took our place.
    ApplicationReplaced {},
    /// An answer to a request that went over this socket.
    #[serde(rename = "RESTResponse")]
    RestResponse {
        /// The request's number.
        request_id: String,
        /// The HTTP status.
        status_code: u16,
        /// The body.
        #[serde(default)]
        message_body: String,
    },
    /// Anything else.
    #[serde(skip)]
    Other {
        /// Its type, if it has one.
        kind: String,
        /// All of it.
        raw: String,
    },
}

/// ARI's channel, as far as we look at it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Channel {
    /// Its id.
    pub id: String,
    /// As `PJSIP/1001-00000007`.
    #[serde(default)]
    pub name: String,
    /// As `Up`.
    #[serde(default)]
    pub state: String,
    /// When it was made, as `2026-11-21T05:51:10.718+0000`: such texts sort as the times do.
    #[serde(default)]
    pub creationtime: String,
    /// Who is at its end.
    #[serde(default)]
    pub caller: CallerId,
    /// Where it is in the dialplan.
    #[serde(default)]
    pub dialplan: Dialplan,
    /// The variables that `ari.conf` names in `channelvars`; all absent if it names none.
    #[serde(default)]
    pub channelvars: Value,
}

/// A number.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct CallerId {
    /// Empty if none was sent.
    pub number: String,
}

/// A place in the dialplan.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Dialplan {
    /// The number dialled.
    pub exten: String,
    /// `Stasis` for a channel in our hands, also while it is in a bridge.
    pub app_name: String,
    /// The application's arguments, as `callsync,enter,700`.
    pub app_data: String,
}

/// A prompt.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Playback {
    /// Its id.
    pub id: String,
}

/// A device's state.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct DeviceState {
    /// As `PJSIP/1001`.
    pub name: String,
    /// As `NOT_INUSE`.
    pub state: String,
}

/// Every field that we look at: Asterisk's model, the field, and the model of what it holds if we look further.
/// The contract test holds them against the running Asterisk, and another test shows that none is missing here.
pub const FIELDS: &[(&str, &str, Option<&str>)] = &[
    ("StasisStart", "args", None),
    ("StasisStart", "channel", Some("Channel")),
    ("StasisStart", "replace_channel", Some("Channel")),
    ("Event", "timestamp", None),
    ("StasisEnd", "channel", Some("Channel")),
    ("ChannelStateChange", "channel", Some("Channel")),
    ("Dial", "peer", Some("Channel")),
    ("Dial", "dialstatus", None),
    ("ChannelHangupRequest", "channel", Some("Channel")),
    ("ChannelHangupRequest", "cause", None),
    ("ChannelHangupRequest", "tech_cause", None),
    ("ChannelHangupRequest", "soft", None),
    ("ChannelDestroyed", "channel", Some("Channel")),
    ("ChannelDestroyed", "cause", None),
    ("ChannelDestroyed", "tech_cause", None),
    ("ChannelHold", "channel", Some("Channel")),
    ("ChannelUnhold", "channel", Some("Channel")),
    ("PlaybackFinished", "playback", Some("Playback")),
    ("DeviceStateChanged", "device_state", Some("DeviceState")),
    ("RESTResponse", "request_id", None),
    ("RESTResponse", "status_code", None),
    ("RESTResponse", "message_body", None),
    ("Channel", "id", None),
    ("Channel", "name", None),
    ("Channel", "state", None),
    ("Channel", "creationtime", None),
    ("Channel", "caller", Some("CallerID")),
    ("Channel", "dialplan", Some("DialplanCEP")),
    ("Channel", "channelvars", None),
    ("CallerID", "number", None),
    ("DialplanCEP", "exten", None),
    ("DialplanCEP", "app_name", None),
    ("DialplanCEP", "app_data", None),
    ("Playback", "id", None),
    ("DeviceState", "name", None),
    ("DeviceState", "state", None),
    ("Bridge", "id", None),
    ("Bridge", "channels", None),
    ("Application", "channel_ids", None),
    ("Application", "bridge_ids", None),
    ("Application", "device_names", None),
    ("Endpoint", "resource", None),
    ("Endpoint", "state", None),
    ("Endpoint", "channel_ids", None),
    ("Variable", "value", None),
    ("AsteriskPing", "timestamp", None),
];

/// The events that we listen to. We ask Asterisk to send no others: they are the greater part of all. Its answers over the event
/// socket are among them, since it filters those too.
pub const WANTED: &[&str] = &[
    "StasisStart",
    "StasisEnd",
    "ChannelStateChange",
    "Dial",
    "ChannelHangupRequest",
    "ChannelDestroyed",
    "ChannelHold",
    "ChannelUnhold",
    "PlaybackFinished",
    "DeviceStateChanged",
    "ApplicationReplaced",
    "RESTResponse",
];

/// Reads an event. Never fails: what cannot be understood is [`Told::Other`].
pub fn parse(text: &str) -> Told {
    serde_json::from_str(text).unwrap_or_else(|_| {
        let json: Option<Value> = serde_json::from_str(text).ok();
        let kind = json.as_ref().and_then(|json| json.get("type")).and_then(Value::as_str).unwrap_or("");
        Told::Other { kind: kind.to_owned(), raw: text.to_owned() }
    })
}

impl Told {
    /// The event's type, for metrics. Types that we do not know count as one, so that nobody can make up labels.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::StasisStart { .. } => "StasisStart",
            Self::StasisEnd { .. } => "StasisEnd",
            Self::ChannelStateChange { .. } => "ChannelStateChange",
            Self::Dial { .. } => "Dial",
            Self::ChannelHangupRequest { .. } => "ChannelHangupRequest",
            Self::ChannelDestroyed { .. } => "ChannelDestroyed",
            Self::ChannelHold { .. } => "ChannelHold",
            Self::ChannelUnhold { .. } => "ChannelUnhold",
            Self::PlaybackFinished { .. } => "PlaybackFinished",
            Self::DeviceStateChanged { .. } => "DeviceStateChanged",
            Self::ApplicationReplaced {} => "ApplicationReplaced",
            Self::RestResponse { .. } => "RESTResponse",
            Self::Other { .. } => "other",
        }
    }
}
