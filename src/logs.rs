//! Where the log goes and how much of it there is. Nobody waits for it: whoever reads it may be slow, or gone, and its disk full.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::sync::mpsc::channel;
use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

use crate::Failure;
use crate::config::LogFormat;

/// How many lines may wait to be written. Those that find no room are lost, and counted.
const WAITING: usize = 16_384;

/// How long the program's end may wait for what is left.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The running log. What waits is written when it is dropped, if that can be done in time.
pub struct Log {
    writer: Option<WorkerGuard>,
    lost: ErrorCounter,
}

/// Starts the log on standard error. `level` chooses what is written, as `debug` or `info,ari=trace`.
///
/// # Errors
/// When `level` is no such choice, or there is no standard error.
pub fn start(format: LogFormat, level: &str) -> Result<Log, Failure> {
    let filter = EnvFilter::try_new(level).map_err(|error| format!("log_level {level:?}: {error}"))?;
    // A file of its own: whoever else writes to standard error must not wait for its lock.
    let error = File::from(io::stderr().as_fd().try_clone_to_owned()?);
    let writer = NonBlockingBuilder::default().lossy(true).buffered_lines_limit(WAITING).thread_name("log");
    let (to, writer) = writer.finish(error);
    let lost = to.error_counter();
    // That a line cannot be written is told nowhere: the way to tell it is the one that is shut.
    let log = tracing_subscriber::fmt().with_env_filter(filter).log_internal_errors(false).with_writer(to);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(Log { writer: Some(writer), lost })
}

impl Log {
    /// A count of the lines that found no room, which goes on.
    pub fn lost(&self) -> ErrorCounter {
        self.lost.clone()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let writer = self.writer.take();
        within(LAST_WORDS, move || drop(writer));
    }
}

/// Does what may never end, and goes on without it after a while.
pub fn within(time: Duration, what: impl FnOnce() + Send + 'static) {
    let (ended, done) = channel();
    std::thread::spawn(move || {
        what();
        // Whoever waited may have gone on.
        let _ = ended.send(());
    });
    let _in_time = done.recv_timeout(time);
}
