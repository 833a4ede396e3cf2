//! What can go wrong in the lab, in words that tell the reader what to do.

use std::path::PathBuf;

/// The lab's one error.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A file or folder could not be read, written or mounted.
    #[error("{doing} {path}: {source}")]
    File {
        /// What was being done, as a verb: `reading`, `mounting`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program could not be started at all.
    #[error("starting {program}: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program ran and said no.
    #[error("{program} failed ({status})\n{tail}")]
    Failed {
        /// The program with its arguments.
        program: String,
        /// How it ended.
        status: String,
        /// The last lines that it printed.
        tail: String,
    },
    /// Something that was started did not become ready in time.
    #[error("{what} was not ready after {seconds} s; see {log}")]
    NotReady {
        /// What was waited for.
        what: String,
        /// How long.
        seconds: u64,
        /// Where its own words are.
        log: PathBuf,
    },
    /// Anything that is best said in a sentence.
    #[error("{0}")]
    Said(String),
}

/// The lab's result.
pub type Result<T> = std::result::Result<T, Trouble>;

impl Trouble {
    /// Wraps an I/O error with what was being done to which file; made for `map_err`.
    pub fn file(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { doing, path, source }
    }

    /// A sentence as an error.
    pub fn said(sentence: impl Into<String>) -> Self {
        Self::Said(sentence.into())
    }
}
