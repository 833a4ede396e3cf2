//! A conversation with Asterisk's manager interface: one action at a time, each with its answer. Events that come between
//! are kept for later.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::Ami;
use crate::ami::{Action, Message, NotAmi, Reader, Unsayable};

const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// Longest wait for an answer. Asterisk takes a millisecond or two, a list of many queues some more.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// Events that may wait; more of them, and all is looked at anew.
const EVENTS: usize = 10_000;

/// The events that we hear of, as a pattern of Asterisk's: all others, a score for each call, need not be sent and read. Answers
/// and lists come all the same.
pub(crate) const HEARD: &str = "^Event: (QueueMember|PresenceStateChange)";

/// Messages of one list.
const LONGEST_LIST: usize = 100_000;

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// A conversation.
pub struct Talk {
    wire: Box<dyn Wire>,
    reader: Reader,
    events: VecDeque<Message>,
    next: u64,
}

/// Why there is no conversation, or why it ended.
#[derive(Debug, thiserror::Error)]
pub enum TalkError {
    /// No way there.
    #[error("nothing answers at {address} ({why})")]
    Unreachable {
        /// Where.
        address: String,
        /// What the system said.
        why: std::io::Error,
    },
    /// Nobody answers in time.
    #[error("no answer within {ANSWER_WITHIN:?}")]
    Late,
    /// The certificates that are to be trusted cannot be read.
    #[error("the certificates in {file} cannot be read: {why}")]
    Trust {
        /// The file.
        file: String,
        /// What does not fit.
        why: String,
    },
    /// The address is none that a certificate can be held against.
    #[error("{0:?} is no name or address with a port")]
    Address(String),
    /// The connection ended.
    #[error("the connection ended: {0}")]
    Ended(#[from] std::io::Error),
    /// Something else listens there.
    #[error("{0}")]
    NotAmi(#[from] NotAmi),
    /// We were about to say what must not be said.
    #[error("{0}")]
    Unsayable(#[from] Unsayable),
    /// An action that we cannot do without is refused.
    #[error(
        "the action {action} is refused ({why}): manager.conf must give this user read = call,agent and write = agent,reporting,system"
    )]
    NotAllowed {
        /// The action.
        action: &'static str,
        /// What Asterisk said.
        why: String,
    },
    /// More than can be held.
    #[error("more than {0} messages at once")]
    Overflow(usize),
    /// The user or the password does not fit.
    #[error("the user {user:?} is refused: {why}")]
    Refused {
        /// Who.
        user: String,
        /// What Asterisk said.
        why: String,
    },
}

/// What Asterisk answered to an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It did it; of a list, what stood in it.
    Done(Vec<Message>),
    /// It did not, for this reason.
    No(String),
}

impl Talk {
    /// Connects and logs in.
    pub async fn begin(ami: &Ami) -> Result<Self, TalkError> {
        let wire = timeout(CONNECT_WITHIN, connect(ami)).await.map_err(|_| TalkError::Late)??;
        let mut talk = Self { wire, reader: Reader::default(), events: VecDeque::new(), next: 0 };
        let login = Action::new("Login")
            .with("Username", ami.user.clone())
            .with("Secret", ami.password.expose_secret())
            .with("Events", "agent,call");
        match talk.ask(&login).await? {
            Answer::Done(_) => {}
            Answer::No(why) => return Err(TalkError::Refused { user: ami.user.clone(), why }),
        }
        let filter = Action::new("Filter").with("Operation", "Add").with("Filter", HEARD);
        match talk.ask(&filter).await? {
            Answer::Done(_) => {}
            Answer::No(why) => tracing::debug!(%why, "the manager interface tells of more than we ask for"),
        }
        Ok(talk)
    }

    /// Asterisk's answer to an action.
    pub async fn ask(&mut self, action: &Action) -> Result<Answer, TalkError> {
        self.next += 1;
        let id = self.next.to_string();
        let text = action.text(&id)?;
        let answer = timeout(ANSWER_WITHIN, async {
            self.wire.write_all(text.as_bytes()).await?;
            self.wire.flush().await?;
            self.answer(&id).await
        });
        answer.await.map_err(|_| TalkError::Late)?
    }

    async fn answer(&mut self, id: &str) -> Result<Answer, TalkError> {
        let mut list = Vec::new();
        let mut begun = false;
        loop {
            let message = self.read().await?;
            if message.answers(id) {
                let said = message.get("Message").unwrap_or_default().to_owned();
                if message.get("Response") != Some("Success") {
                    return Ok(Answer::No(said));
                }
                if message.get("EventList") != Some("start") {
                    return Ok(Answer::Done(vec![message]));
                }
                begun = true;
            } else if begun && message.get("ActionID") == Some(id) {
                if message.get("EventList") == Some("Complete") {
                    return Ok(Answer::Done(list));
                }
                list.push(message);
                if list.len() > LONGEST_LIST {
                    return Err(TalkError::Overflow(LONGEST_LIST));
                }
            } else {
                self.events.push_back(message);
                if self.events.len() > EVENTS {
                    return Err(TalkError::Overflow(EVENTS));
                }
            }
        }
    }

    /// The next event. What has been read of it stays when the wait is given up.
    pub async fn event(&mut self) -> Result<Message, TalkError> {
        if let Some(event) = self.events.pop_front() {
            return Ok(event);
        }
        self.read().await
    }

    async fn read(&mut self) -> Result<Message, TalkError> {
        loop {
            if let Some(message) = self.reader.next()? {
                return Ok(message);
            }
            if self.wire.read_buf(self.reader.bytes()).await? == 0 {
                return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
            }
        }
    }
}

async fn connect(ami: &Ami) -> Result<Box<dyn Wire>, TalkError> {
    let unreachable = |why| TalkError::Unreachable { address: ami.address.clone(), why };
    let stream = TcpStream::connect(&ami.address).await.map_err(unreachable)?;
    stream.set_nodelay(true)?;
    if !ami.tls {
        return Ok(Box::new(stream));
    }
    crate::install_cryptography();
    let (host, _) = ami.address.rsplit_once(':').ok_or_else(|| TalkError::Address(ami.address.clone()))?;
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(host).map_err(|_| TalkError::Address(ami.address.clone()))?;
    let settings = ClientConfig::builder().with_root_certificates(trusted(ami)?).with_no_client_auth();
    let stream = TlsConnector::from(Arc::new(settings)).connect(name, stream).await.map_err(unreachable)?;
    Ok(Box::new(stream))
}

/// The certificates that the system trusts, or those of the file, if one is named.
fn trusted(ami: &Ami) -> Result<RootCertStore, TalkError> {
    let mut store = RootCertStore::empty();
    let Some(file) = &ami.trust else {
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(store);
    };
    let bad = |why: String| TalkError::Trust { file: file.display().to_string(), why };
    let certificates = CertificateDer::pem_file_iter(file).map_err(|why| bad(why.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|why| bad(why.to_string()))?;
        store.add(certificate).map_err(|why| bad(why.to_string()))?;
    }
    if store.is_empty() { Err(bad("there is none in it".to_owned())) } else { Ok(store) }
}
