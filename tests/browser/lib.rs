//! The pages in a real Chromium: what `cargo test -p browser` drives. Samples are served from here; flows play against a
//! running CallSync Central.
//!
//! Knows nothing of how the product is made: it types, presses, looks and measures, as people and browsers do.

pub mod chromium;
pub mod numbers;
pub mod served;
pub mod trace;
pub mod viewers;
pub mod wire;

use std::path::PathBuf;

/// Where the product runs and who may sign in, as the environment tells.
#[derive(Clone, Debug)]
pub struct Site {
    /// Where the pages are, as `127.0.0.1:8080`.
    pub address: String,
    /// A supervisor's e-mail address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// Whether flows that measure take their time.
    pub long: bool,
    /// Where to note when the page showed which caller's call as answered, for whoever plays the calls.
    pub answers: Option<PathBuf>,
}

impl Site {
    /// From `CALLSYNC_TEST_WEB` and `CALLSYNC_TEST_LOGIN`, else what is missing; and, where they are set, `CALLSYNC_TEST_LONG`
    /// and `CALLSYNC_TEST_ANSWERS`.
    ///
    /// # Errors
    /// A sentence.
    pub fn of_environment() -> Result<Self, String> {
        let told = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
        let web = told("CALLSYNC_TEST_WEB")?;
        let login = told("CALLSYNC_TEST_LOGIN")?;
        let address = web.strip_prefix("http://").ok_or("CALLSYNC_TEST_WEB is no http:// address")?.trim_end_matches('/');
        let (email, password) = login.split_once(':').ok_or("CALLSYNC_TEST_LOGIN is not of the form e-mail:password")?;
        let (address, email, password) = (address.to_owned(), email.to_owned(), password.to_owned());
        let long = std::env::var_os("CALLSYNC_TEST_LONG").is_some();
        let answers = std::env::var_os("CALLSYNC_TEST_ANSWERS").map(PathBuf::from);
        Ok(Self { address, email, password, long, answers })
    }
}
