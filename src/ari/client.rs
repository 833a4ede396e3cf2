//! Requests over HTTP: a pool of connections that are kept alive.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Method as HttpMethod, Url};
use secrecy::ExposeSecret;

use crate::Config;
use crate::line::{NoReply, Reply};
use crate::request::{Method, Request};

/// Longest wait for an answer. A request takes a millisecond or two; one that takes this long is not coming back.
pub const DEADLINE: Duration = Duration::from_secs(5);

/// Asterisk closes an idle connection after 15 s; ours must go first, or a request would be sent into a closing one.
const IDLE: Duration = Duration::from_secs(8);

/// How long what was sent may go unacknowledged: longer than a hiccup of the way, and not so long that it arrives after the
/// account of the next session, which has decided anew.
const UNHEARD: Duration = Duration::from_secs(3);

/// The pool.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client,
    base: String,
    credentials: HeaderValue,
}

/// What is wrong with the address or the password that we were given.
#[derive(Debug, thiserror::Error)]
pub enum BadConfig {
    /// It is no address.
    #[error("{url:?} is no http:// or https:// address")]
    Url {
        /// What was given.
        url: String,
    },
    /// It cannot be put into a header.
    #[error("the user or the password holds a character that a header cannot carry")]
    Credentials,
    /// The HTTP client could not be made.
    #[error("the HTTP client cannot be made: {0}")]
    Client(#[from] reqwest::Error),
}

impl HttpClient {
    /// A pool for this Asterisk, of at most `connections` idle connections.
    pub fn new(config: &Config, connections: usize) -> Result<Self, BadConfig> {
        crate::install_cryptography();
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(DEADLINE)
            .tcp_user_timeout(UNHEARD)
            .timeout(DEADLINE)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(connections)
            .build()?;
        let base = base(&config.url)?;
        let credentials = credentials(&client, config)?;
        Ok(Self { client, base: base.as_str().trim_end_matches('/').to_owned(), credentials })
    }

    /// Asterisk's answer, whatever its status. A request that may be repeated is sent once more when the connection ended
    /// before an answer: Asterisk closes idle connections, and all that come while its `sessionlimit` is reached.
    pub async fn ask(&self, request: &Request) -> Result<Reply, NoReply> {
        match self.ask_once(request).await {
            Err(no_reply) if no_reply.may_repeat(request) => {
                metrics::counter!("callsync_ari_repeats_total", "request" => request.kind.spec().name).increment(1);
                self.ask_once(request).await
            }
            answer => answer,
        }
    }

    async fn ask_once(&self, request: &Request) -> Result<Reply, NoReply> {
        let method = match request.kind.spec().method {
            Method::Get => HttpMethod::GET,
            Method::Post => HttpMethod::POST,
            Method::Put => HttpMethod::PUT,
            Method::Delete => HttpMethod::DELETE,
        };
        let mut asked = self.client.request(method, format!("{}{}", self.base, request.target()));
        asked = asked.header(AUTHORIZATION, self.credentials.clone());
        if let Some(body) = &request.body {
            asked = asked.json(body);
        }
        let response = asked.send().await.map_err(no_reply)?;
        let status = response.status().as_u16();
        let body = response.text().await.map_err(no_reply)?;
        Ok(Reply { status, body })
    }

    /// The text of one of the files with which Asterisk describes its requests.
    pub async fn description(&self, file: &str) -> Result<String, reqwest::Error> {
        let asked = self.client.get(format!("{}/api-docs/{file}", self.base)).header(AUTHORIZATION, self.credentials.clone());
        asked.send().await?.error_for_status()?.text().await
    }
}

fn no_reply(error: reqwest::Error) -> NoReply {
    if error.is_timeout() && !error.is_connect() {
        return NoReply::Late;
    }
    let unsent = error.is_connect();
    // The address goes, since it holds variables and numbers; the chain of causes stays.
    let error = error.without_url();
    let why = std::iter::successors(std::error::Error::source(&error), |error| error.source()).last();
    let why = why.map_or_else(|| error.to_string(), ToString::to_string);
    if unsent { NoReply::NotSent { why } } else { NoReply::Cut { why } }
}

/// The address of ARI below the server's.
fn base(url: &str) -> Result<Url, BadConfig> {
    let bad = || BadConfig::Url { url: url.to_owned() };
    let parsed = Url::parse(&format!("{}/ari", url.trim_end_matches('/'))).map_err(|_| bad())?;
    let web = matches!(parsed.scheme(), "http" | "https") && parsed.has_host();
    // Credentials in an address would be logged with it.
    (web && parsed.username().is_empty() && parsed.password().is_none()).then_some(parsed).ok_or_else(bad)
}

/// The header that says who we are.
fn credentials(client: &Client, config: &Config) -> Result<HeaderValue, BadConfig> {
    let request = client.get("http://localhost/").basic_auth(&config.user, Some(config.password.expose_secret())).build()?;
    request.headers().get(AUTHORIZATION).cloned().ok_or(BadConfig::Credentials)
}

/// The address of the event socket and the header that opens it.
pub fn event_address(config: &Config) -> Result<(Url, HeaderValue), BadConfig> {
    crate::install_cryptography();
    let mut url = base(&config.url)?;
    let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
    let _ = url.set_scheme(scheme);
    let path = format!("{}/events", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url.query_pairs_mut().append_pair("app", &config.app).append_pair("subscribeAll", "false");
    Ok((url, credentials(&Client::builder().no_proxy().build()?, config)?))
}
