//! Being asked to stop.

use tokio::signal::unix::{SignalKind, signal};

/// Waits for Ctrl-C, `kill`, or the terminal's end. A space's first process must ask for these: without a handler the kernel
/// drops them there.
///
/// # Errors
/// When the signals cannot be taken.
pub async fn asked_to_stop() -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    Ok(())
}
