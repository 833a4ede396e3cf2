//! What every handler has at hand.

use std::sync::Arc;

use jiff::tz::TimeZone;
use metrics_exporter_prometheus::PrometheusHandle;
use model::Span;
use secrecy::SecretString;
use tokio::sync::watch;

use crate::desk::Desks;
use crate::health::Hour;
use crate::live::Hub;
use crate::login::Gate;

/// What the pages stand on.
#[derive(Clone)]
pub struct App {
    /// What is kept.
    pub db: store::Db,
    /// The way into the call loop.
    pub runtime: runtime::Handle,
    /// What `/metrics` tells.
    pub metrics: PrometheusHandle,
    /// Browsers reach us by https, directly or through a proxy: cookies may not travel without.
    pub secure: bool,
    /// They do so through a proxy on this machine, which says for whom it asks.
    pub behind_proxy: bool,
    /// What a program shows to read `/metrics` from wherever it is.
    pub metrics_token: Option<SecretString>,
    /// After how long without a sign of life a desk has vanished; zero: never.
    pub desk_gone: Span,
    /// The zone in which days begin and times of day are told.
    pub zone: TimeZone,
}

/// Shows nothing: none of the parts has anything to tell in a log.
impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("db", &self.db).field("secure", &self.secure).finish_non_exhaustive()
    }
}

/// The one site, shared by all requests.
#[derive(Clone)]
pub(crate) struct Site(Arc<Inner>);

pub(crate) struct Inner {
    pub app: App,
    pub hub: Hub,
    pub gate: Gate,
    pub desks: Desks,
    /// The last hour of what `/metrics` tells.
    pub hour: Hour,
    /// True as soon as the program stops: streams end then.
    pub stopping: watch::Receiver<bool>,
}

impl Site {
    pub fn new(app: App, stopping: watch::Receiver<bool>) -> Self {
        let hub = Hub::start(app.runtime.clone());
        let desks = Desks::new(app.desk_gone);
        Self(Arc::new(Inner { hub, gate: Gate::default(), desks, hour: Hour::default(), stopping, app }))
    }

    /// The site that a task does not keep alive, while it is.
    pub fn of(site: &std::sync::Weak<Inner>) -> Option<Self> {
        site.upgrade().map(Self)
    }

    /// For tasks that must not keep the site alive.
    pub fn downgrade(&self) -> std::sync::Weak<Inner> {
        Arc::downgrade(&self.0)
    }
}

impl std::ops::Deref for Site {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}
