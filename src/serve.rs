//! Wiring: opens the store, starts the switch adapter, the loop and the pages, and joins them with channels.

use std::net::SocketAddr;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use crate::Failure;
use crate::config::Config;

/// How long the books may take to catch up when the program ends.
const LAST_FACTS: Duration = Duration::from_secs(5);

/// How long the last orders to Asterisk may take when the program ends.
const LAST_ORDERS: Duration = Duration::from_secs(3);

/// How long open requests may take when the program ends; live streams end at once.
const LAST_REQUESTS: Duration = Duration::from_secs(3);

/// Buckets of every histogram of seconds: from a step of the core to a slow database.
const SECONDS: &[f64] =
    &[0.000_005, 0.000_02, 0.000_1, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

/// Runs until SIGTERM or SIGINT.
pub async fn run(config: Config) -> Result<(), Failure> {
    crate::logs::start(config.log, &config.log_level).map_err(|error| format!("log_level {:?}: {error}", config.log_level))?;
    let metrics = start_metrics()?;
    let db = config.open_store().await?;
    db.migrate().await?;
    let _lock = store::lock::hold(&db).await?;
    let listener = TcpListener::bind(&config.listen)
        .await
        .map_err(|error| format!("the pages cannot be served at {}: {error}", config.listen))?;

    let (events_in, events) = mpsc::unbounded_channel();
    let (orders, orders_out) = mpsc::unbounded_channel();
    let (handle, mut centre) = runtime::start(db.clone(), runtime::SwitchEnds { events, orders }).await?;
    let mut switch = tokio::spawn(ari::run(config.switch(), orders_out, events_in));

    let address = listener.local_addr()?;
    let (stop, stopping) = watch::channel(false);
    let app = web::App { db, runtime: handle, metrics, secure: config.https, metrics_token: config.metrics_token };
    let mut pages = tokio::spawn(web::serve(listener, app, stopping));
    ready(address, config.https);

    let failed = tokio::select! {
        asked = wait_for_the_end() => asked.map(|()| None)?,
        () = centre.ended() => Some("the call loop"),
        _ = &mut switch => Some("the way to Asterisk"),
        _ = &mut pages => Some("the pages"),
    };
    stop.send_replace(true);
    if let Some(part) = failed {
        // Half a program would leave callers with their music: whoever watches over us starts a whole one, which takes the
        // calls over as they stand.
        centre.stop(LAST_FACTS).await;
        return Err(format!("{part} ended by itself, so the program ends; start it again").into());
    }
    tracing::info!("stopping; calls go on in Asterisk");
    if tokio::time::timeout(LAST_REQUESTS, pages).await.is_err() {
        tracing::warn!("some requests were cut off");
    }
    // The loop's end closes the channel of orders, and the adapter ends when it has carried out the last of them.
    centre.stop(LAST_FACTS).await;
    if tokio::time::timeout(LAST_ORDERS, switch).await.is_err() {
        tracing::warn!("some orders were not carried out");
    }
    Ok(())
}

fn start_metrics() -> Result<PrometheusHandle, Failure> {
    let recorder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?;
    let handle = recorder.install_recorder()?;
    let upkeep = handle.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_secs(5));
        loop {
            ticks.tick().await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

fn ready(address: SocketAddr, https: bool) {
    tracing::info!(%address, https, "pages are served");
    if !https && !address.ip().is_loopback() {
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
