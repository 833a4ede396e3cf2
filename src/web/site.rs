//! What every handler has at hand.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use tokio::sync::watch;

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
    /// The zone in which times of day are told.
    pub zone: views::TimeZone,
    /// What a program shows to read `/metrics` from wherever it is.
    pub metrics_token: Option<SecretString>,
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
    /// True as soon as the program stops: streams end then.
    pub stopping: watch::Receiver<bool>,
}

impl Site {
    pub fn new(app: App, stopping: watch::Receiver<bool>) -> Self {
        let hub = Hub::start(app.runtime.clone());
        Self(Arc::new(Inner { hub, gate: Gate::default(), stopping, app }))
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
