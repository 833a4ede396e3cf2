//! Wiring: opens the store, starts the switch adapter, the loop and the pages, and joins them with channels.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use model::{Installation, Span, Timestamp};
use store::Db;
use store::lock::Lock;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tracing_appender::non_blocking::ErrorCounter;

use crate::Failure;
use crate::calls::Calls;
use crate::config::{self, Config};
use crate::installation;
use crate::opening::{self, Opened};
use crate::systemd::Systemd;

/// How long the books may take to catch up when the program ends.
const LAST_FACTS: Duration = Duration::from_secs(5);

/// How long the last orders to Asterisk may take when the program ends.
const LAST_ORDERS: Duration = Duration::from_secs(3);

/// How long open requests may take when the program ends; live streams end at once.
const LAST_REQUESTS: Duration = Duration::from_secs(3);

/// Runs until SIGTERM or SIGINT.
pub async fn run(config: Config) -> Result<(), Failure> {
    let log = crate::logs::start(config.log, &config.log_level)?;
    let systemd = Arc::new(Systemd::open(config::notify_socket().as_deref()));
    let metrics = start_metrics(log.lost())?;
    raise_limits();
    let keeping = config.keeping()?;
    let copied = installation::copied(&config.data_dir);
    let zone = config.zone()?;
    let tls = config.tls.as_ref().map(|tls| crate::tls::open(tls, &config.data_dir)).transpose()?;
    let listener = TcpListener::bind(&config.listen)
        .await
        .map_err(|error| format!("the pages cannot be served at {}: {error}", config.listen))?;
    let opening = opening::at_start(&config, copied.is_some() && runtime::can_start_from(&keeping));
    let opened = web::wait(&listener, tls.clone(), None, opening).await??;
    let known = opened.as_ref().map(|opened| opened.installation).or(copied);
    let installation = known.ok_or("neither the database nor the data folder says which installation this is")?;
    // Before anything of ours can be noticed: a second program on one application would take all calls from the first.
    ari::may_begin(&config.switch(installation)).await?;

    let (db_in, db) = watch::channel(opened.as_ref().map(|opened| opened.db.clone()));
    let (events_in, events) = mpsc::channel(runtime::EVENTS);
    let (orders, orders_out) = mpsc::channel(runtime::ORDERS);
    let (beats, beats_out) = watch::channel(Timestamp::default());
    let (roster, roster_out) = watch::channel(Arc::default());
    let switch = config.switch(installation);
    let ends = runtime::SwitchEnds { servers: vec![switch.server], events, orders, beats, roster };
    let calls = Calls::start()?;
    let (handle, mut centre) = runtime::start(db, keeping, ends, &calls.executor).await?;
    let watchdog = Arc::clone(&systemd);
    let watchdog_beats = beats_out.clone();
    tokio::spawn(async move { watchdog.pass_on(watchdog_beats).await });
    let mut switch = calls.executor.spawn(ari::run(switch, orders_out, events_in, beats_out, roster_out));

    let (stop, stopping) = watch::channel(false);
    let pages = Pages { config, installation, listener, tls, zone, handle, metrics, db: db_in };
    let mut pages = tokio::spawn(pages.serve(opened, stopping));
    systemd.ready();

    let failed = tokio::select! {
        asked = wait_for_the_end() => asked.map(|()| None)?,
        () = centre.ended() => Some("the call loop".to_owned()),
        end = &mut switch => Some(match end {
            Ok(Err(why)) => format!("the way to Asterisk ({why})"),
            Ok(Ok(())) | Err(_) => "the way to Asterisk".to_owned(),
        }),
        why = &mut pages => Some(match why {
            Ok(Err(why)) => format!("the pages ({})", crate::in_full(why.as_ref())),
            Ok(Ok(_)) | Err(_) => "the pages".to_owned(),
        }),
    };
    systemd.stopping();
    stop.send_replace(true);
    if let Some(part) = failed {
        // Half a program would leave callers with their music: whoever watches over us starts a whole one, which takes the
        // calls over as they stand.
        centre.stop(LAST_FACTS).await;
        return Err(format!("{part} ended by itself, so the program ends; start it again").into());
    }
    tracing::info!("stopping; calls go on in Asterisk");
    // The right to serve the database is held until the last fact is written.
    let lock = tokio::time::timeout(LAST_REQUESTS, pages).await;
    if lock.is_err() {
        tracing::warn!("some requests were cut off");
    }
    // The loop's end closes the channel of orders, and the adapter ends when it has carried out the last of them.
    centre.stop(LAST_FACTS).await;
    if tokio::time::timeout(LAST_ORDERS, switch).await.is_err() {
        tracing::warn!("some orders were not carried out");
    }
    drop(lock);
    Ok(())
}

/// What the pages are served with.
struct Pages {
    config: Config,
    /// Which installation has begun.
    installation: Installation,
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    zone: jiff::tz::TimeZone,
    handle: runtime::Handle,
    metrics: PrometheusHandle,
    /// Where the database is handed to the books and the settings, should it come later than the loop.
    db: watch::Sender<Option<Db>>,
}

impl Pages {
    /// Serves the pages until the program stops, from when the database is there.
    async fn serve(self, opened: Option<Opened>, stopping: watch::Receiver<bool>) -> Result<Option<Lock>, Failure> {
        let opened = match opened {
            Some(opened) => Some(opened),
            None => {
                let opening = opening::later(&self.config, stopping.clone());
                web::wait(&self.listener, self.tls.clone(), Some(self.handle.clone()), opening).await??
            }
        };
        let Some(Opened { db, lock, installation }) = opened else { return Ok(None) };
        if installation != self.installation {
            let begun = self.installation;
            return Err(format!("the database is that of installation {installation}, and this one began as {begun}").into());
        }
        self.db.send_replace(Some(db.clone()));
        let (secure, behind_proxy) = (self.config.is_secure(), self.config.is_behind_proxy());
        ready(self.listener.local_addr()?, secure);
        let Self { config: Config { metrics_token, desk_gone_s, .. }, listener, tls, zone, handle, metrics, .. } = self;
        let desk_gone = Span::from_secs(desk_gone_s.into());
        let app = web::App { db, runtime: handle, metrics, secure, behind_proxy, zone, metrics_token, desk_gone };
        web::serve(listener, tls, app, stopping).await;
        Ok(Some(lock))
    }
}

/// As many open files as the system lets us have: every browser that looks at Live is one.
fn raise_limits() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let raised = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(_, most)| setrlimit(Resource::RLIMIT_NOFILE, most, most));
    if let Err(error) = raised {
        tracing::warn!(%error, "the number of open files stays as small as it is");
    }
}

fn start_metrics(lost_lines: ErrorCounter) -> Result<PrometheusHandle, Failure> {
    let handle = web::counting()?.install_recorder()?;
    let upkeep = handle.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_secs(5));
        loop {
            ticks.tick().await;
            metrics::counter!("callsync_log_lines_lost_total").absolute(lost_lines.dropped_lines() as u64);
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

fn ready(address: SocketAddr, secure: bool) {
    tracing::info!(%address, https = secure, "pages are served");
    if !secure && !address.ip().is_loopback() {
        tracing::warn!("pages are served without TLS beyond this machine: passwords can be read on the way");
    }
}

async fn wait_for_the_end() -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
