//! The table of all requests that we ever send: what they are called, their path, their parameters. The contract test holds
//! each row against the running Asterisk's own description.

use std::fmt::{Display, Write};

use serde_json::Value;

/// How a request acts on what its path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes or does.
    Post,
    /// Sets.
    Put,
    /// Ends.
    Delete,
}

impl Method {
    /// The word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A row of the table.
#[derive(Debug)]
pub struct Spec {
    /// For metrics and logs.
    pub name: &'static str,
    /// The method.
    pub method: Method,
    /// The path below `/ari`, as Asterisk's own description writes it.
    pub path: &'static str,
    /// The query parameters that we may send.
    pub query: &'static [&'static str],
    /// The body parameter that we may send.
    pub body: Option<&'static str>,
    /// Whether it may be sent again when the connection ended before an answer came.
    pub repeatable: bool,
    /// Whether we cannot do without it; the others have a way round for older Asterisks.
    pub needed: bool,
    /// How it goes about.
    pub pace: Pace,
}

/// How a request goes about, and whether it can wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Somebody waits for it: a phone that is to ring, two who are to talk. Asterisk does it as a swift one.
    Urgent,
    /// Asterisk does it at once, or only leaves word for the channel's own thread (`stasis_app_send_command_async` in its
    /// `res/stasis/control.c`), and answers in few words: nothing behind it has to wait.
    Swift,
    /// As a swift one, and some for every caller who comes: a phone that is to ring for another matters more.
    Light,
    /// Asterisk answers when it is done, or at length.
    Slow,
    /// As a slow one, and one for every caller who comes.
    Patient,
}

macro_rules! requests {
    ($($(#[$doc:meta])* $kind:ident = $name:literal $method:ident $path:literal
        ($($query:literal),*) $([$body:literal])? $repeat:ident $need:ident $pace:ident;)+) => {
        /// Which request.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind),+
        }

        impl Kind {
            /// Every request there is.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Its row.
            pub const fn spec(self) -> &'static Spec {
                match self {
                    $(Self::$kind => &Spec {
                        name: $name,
                        method: Method::$method,
                        path: $path,
                        query: &[$($query),*],
                        body: requests!(@body $($body)?),
                        repeatable: requests!(@repeat $repeat),
                        needed: requests!(@need $need),
                        pace: requests!(@pace $pace),
                    }),+
                }
            }
        }
    };
    (@body $body:literal) => { Some($body) };
    (@body) => { None };
    (@repeat again) => { true };
    (@repeat once) => { false };
    (@need needed) => { true };
    (@need optional) => { false };
    (@pace urgent) => { Pace::Urgent };
    (@pace swift) => { Pace::Swift };
    (@pace light) => { Pace::Light };
    (@pace slow) => { Pace::Slow };
    (@pace patient) => { Pace::Patient };
}

requests! {
    /// Answer a caller.
    Answer = "answer" Post "/channels/{channelId}/answer" () again needed patient;
    /// Start music on hold.
    StartMusic = "start_music" Post "/channels/{channelId}/moh" ("mohClass") again needed light;
    /// Stop music on hold.
    StopMusic = "stop_music" Delete "/channels/{channelId}/moh" () again needed urgent;
    /// Create a leg of ours, not dialled yet. Sent again it would be refused as a double, so it is not.
    CreateLeg = "create_leg" Post "/channels/create" ("endpoint", "app", "appArgs", "channelId", "originator") ["variables"] once needed urgent;
    /// Dial a leg that was created.
    DialLeg = "dial_leg" Post "/channels/{channelId}/dial" ("caller", "timeout") once needed urgent;
    /// End a leg.
    Hangup = "hangup" Delete "/channels/{channelId}" ("reason_code") again needed swift;
    /// Make a bridge.
    CreateBridge = "create_bridge" Post "/bridges/{bridgeId}" ("type") again needed urgent;
    /// Put legs into a bridge.
    Join = "join" Post "/bridges/{bridgeId}/addChannel" ("channel") again needed slow;
    /// Destroy a bridge.
    DestroyBridge = "destroy_bridge" Delete "/bridges/{bridgeId}" () again needed swift;
    /// Play a prompt.
    Play = "play" Post "/channels/{channelId}/play/{playbackId}" ("media") once needed slow;
    /// Set one variable of a leg.
    SetVariable = "set_variable" Post "/channels/{channelId}/variable" ("variable", "value") again needed light;
    /// Set several variables of a leg at once (22.10 and later; else one by one).
    SetVariables = "set_variables" Post "/channels/{channelId}/variables" () ["variables"] again optional light;
    /// Give a leg back to the dialplan.
    Continue = "continue" Post "/channels/{channelId}/continue" () once needed swift;
    /// Read one variable of a leg.
    GetVariable = "get_variable" Get "/channels/{channelId}/variable" ("variable") again needed slow;
    /// All channels.
    Channels = "channels" Get "/channels" () again needed slow;
    /// All bridges.
    Bridges = "bridges" Get "/bridges" () again needed slow;
    /// What our application holds.
    Application = "application" Get "/applications/{applicationName}" () again needed slow;
    /// All endpoints of a technology, and whether they can be reached.
    Endpoints = "endpoints" Get "/endpoints/{tech}" () again needed slow;
    /// One endpoint, and what is on it.
    Endpoint = "endpoint" Get "/endpoints/{tech}/{resource}" () again optional slow;
    /// Watch what changes.
    Subscribe = "subscribe" Post "/applications/{applicationName}/subscription" ("eventSource") again needed slow;
    /// Cease to watch.
    Unsubscribe = "unsubscribe" Delete "/applications/{applicationName}/subscription" ("eventSource") again needed slow;
    /// Say which events we do not want.
    FilterEvents = "filter_events" Put "/applications/{applicationName}/eventFilter" () ["filter"] again optional slow;
    /// Read one variable that belongs to no leg, or a function.
    GetGlobal = "get_global" Get "/asterisk/variable" ("variable") again needed slow;
    /// Set one variable that belongs to no leg.
    SetGlobal = "set_global" Post "/asterisk/variable" ("variable", "value") again needed slow;
    /// Asterisk's version, or since when it runs.
    Info = "info" Get "/asterisk/info" ("only") again needed slow;
    /// What time it is by Asterisk's clock.
    Ping = "ping" Get "/asterisk/ping" () again needed slow;
}

/// A request, ready to be sent over either transport.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Its row in the table.
    pub kind: Kind,
    ids: Vec<String>,
    /// The query parameters, not encoded.
    pub query: Vec<(&'static str, String)>,
    /// The JSON body.
    pub body: Option<Value>,
}

impl Request {
    /// A request whose path names these ids, in the order of the path.
    pub fn new(kind: Kind, ids: &[&(dyn Display + Sync)]) -> Self {
        Self { kind, ids: ids.iter().map(ToString::to_string).collect(), query: Vec::new(), body: None }
    }

    /// With a query parameter.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// With a body.
    pub fn with_body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// The path below `/ari`, the ids percent-encoded.
    pub fn path(&self) -> String {
        let mut ids = self.ids.iter();
        let mut path = String::new();
        for part in self.kind.spec().path.split('/').skip(1) {
            path.push('/');
            match ids.next_if_placeholder(part) {
                Some(id) => encode(&mut path, id),
                None => path.push_str(part),
            }
        }
        path
    }

    /// The path below `/ari` and the query, percent-encoded.
    pub fn target(&self) -> String {
        let mut target = self.path();
        for (at, (name, value)) in self.query.iter().enumerate() {
            target.push(if at == 0 { '?' } else { '&' });
            target.push_str(name);
            target.push('=');
            encode(&mut target, value);
        }
        target
    }
}

trait NextIfPlaceholder<'a> {
    fn next_if_placeholder(&mut self, part: &str) -> Option<&'a String>;
}

impl<'a> NextIfPlaceholder<'a> for std::slice::Iter<'a, String> {
    fn next_if_placeholder(&mut self, part: &str) -> Option<&'a String> {
        part.starts_with('{').then(|| self.next()).flatten()
    }
}

/// Appends `text` percent-encoded but for RFC 3986's unreserved characters, so that no id can change the path.
fn encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}
