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
}

impl Site {
    /// From `CALLSYNC_TEST_WEB`, `CALLSYNC_TEST_LOGIN` and, for long measurements, `CALLSYNC_TEST_LONG`; else what is missing.
    ///
    /// # Errors
    /// A sentence.
    pub fn of_environment() -> Result<Self, String> {
        let told = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
        let web = told("CALLSYNC_TEST_WEB")?;
        let login = told("CALLSYNC_TEST_LOGIN")?;
        let address = web.strip_prefix("http://").ok_or("CALLSYNC_TEST_WEB is no http:// address")?.trim_end_matches('/');
        let (email, password) = login.split_once(':').ok_or("CALLSYNC_TEST_LOGIN is not of the form e-mail:password")?;
        let long = std::env::var_os("CALLSYNC_TEST_LONG").is_some();
        Ok(Self { address: address.to_owned(), email: email.to_owned(), password: password.to_owned(), long })
    }
}
