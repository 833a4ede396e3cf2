//! The pages in a real Chromium: what `cargo test -p browser` drives. Samples are served from here; flows play against a
//! running CallSync Central.
//!
//! Knows nothing of how the product is made: it types, presses, looks and measures, as people and browsers do.

pub mod chromium;
pub mod numbers;
pub mod parties;
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
    /// An operator's e-mail address and password, for flows of the desk.
    pub operator: Option<(String, String)>,
    /// Where whoever plays the calls takes orders, as `127.0.0.1:4000`.
    pub parties: Option<String>,
    /// Whether flows that measure take their time.
    pub long: bool,
    /// Where to note when the page showed which caller's call as answered, for whoever plays the calls.
    pub answers: Option<PathBuf>,
}

impl Site {
    /// From `CALLSYNC_TEST_WEB` and `CALLSYNC_TEST_LOGIN`, else what is missing; and, where they are set, `CALLSYNC_TEST_LONG`,
    /// `CALLSYNC_TEST_ANSWERS`, `CALLSYNC_TEST_DESK` and `CALLSYNC_TEST_PARTIES`.
    ///
    /// # Errors
    /// A sentence.
    pub fn of_environment() -> Result<Self, String> {
        let told = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
        let web = told("CALLSYNC_TEST_WEB")?;
        let login = told("CALLSYNC_TEST_LOGIN")?;
        let address = web.strip_prefix("http://").ok_or("CALLSYNC_TEST_WEB is no http:// address")?.trim_end_matches('/');
        let (email, password) = split(&login).ok_or("CALLSYNC_TEST_LOGIN is not of the form e-mail:password")?;
        let address = address.to_owned();
        let operator = std::env::var("CALLSYNC_TEST_DESK").ok().as_deref().and_then(split);
        let parties = std::env::var("CALLSYNC_TEST_PARTIES").ok();
        let long = std::env::var_os("CALLSYNC_TEST_LONG").is_some();
        let answers = std::env::var_os("CALLSYNC_TEST_ANSWERS").map(PathBuf::from);
        Ok(Self { address, email, password, operator, parties, long, answers })
    }
}

fn split(login: &str) -> Option<(String, String)> {
    login.split_once(':').map(|(email, password)| (email.to_owned(), password.to_owned()))
}
