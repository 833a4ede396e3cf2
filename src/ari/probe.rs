//! Asks an Asterisk whether we can work with it, and says in words what is wrong and how to mend it.

use crate::ami::Action;
use crate::client::{BadConfig, HttpClient};
use crate::contract::{Description, files};
use crate::line::{AT_ONCE, NoReply, Reply};
use crate::notes;
use crate::request::{Kind, Request};
use crate::talk::{Answer, Talk, TalkError};
use crate::{Ami, Config};

/// What a sound Asterisk says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Its version.
    pub version: String,
    /// What a newer Asterisk could do and this one cannot; we have a way round.
    pub lacks: Vec<String>,
}

/// What is wrong, and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The settings cannot be right.
    #[error("{0}: correct the section [ari] of the configuration")]
    Config(#[from] BadConfig),
    /// No way there.
    #[error(
        "nothing answers at {url} ({why}): is Asterisk running, and does http.conf say enabled = yes, with this address and port?"
    )]
    Unreachable {
        /// The address.
        url: String,
        /// What the system said.
        why: NoReply,
    },
    /// The password does not fit.
    #[error(
        "Asterisk refuses the user {user:?}: make ari.conf and the section [ari] of the configuration name the same user and password"
    )]
    Password {
        /// The user.
        user: String,
    },
    /// The user may only read.
    #[error("Asterisk lets the user {user:?} only read: ari.conf must say read_only = no")]
    ReadOnly {
        /// The user.
        user: String,
    },
    /// There is a web server, but no ARI.
    #[error(
        "there is a web server at {url}, but no ARI: ari.conf must say enabled = yes, and the modules res_ari.so, res_ari_*.so and app_stasis.so must be loaded (res_ari.so needs res_websocket_client.so first)"
    )]
    NoAri {
        /// The address.
        url: String,
    },
    /// An answer that we cannot make sense of.
    #[error("{url} answered {status}, which Asterisk never does: is something else listening there?")]
    Odd {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// Not enough to work with.
    #[error("Asterisk {version} lacks what we cannot do without: {}. Load the modules that bring it, or upgrade Asterisk", missing.join(", "))]
    Lacks {
        /// Its version.
        version: String,
        /// What is missing.
        missing: Vec<String>,
    },
}

/// Asks the Asterisk of `config` whether we can work with it.
///
/// # Errors
/// What is wrong first, as a sentence that says how to mend it.
pub async fn probe(config: &Config) -> Result<Probe, ProbeError> {
    let client = HttpClient::new(config, AT_ONCE)?;
    let asked = client.ask(&Request::new(Kind::Info, &[]).with("only", "system")).await;
    let info = asked.map_err(|why| ProbeError::Unreachable { url: config.url.clone(), why })?;
    let version = version(config, &info)?;
    let mut description = Description::default();
    describe(&client, &mut description).await.map_err(|_| ProbeError::NoAri { url: config.url.clone() })?;
    let missing = description.missing();
    if !missing.needed.is_empty() {
        return Err(ProbeError::Lacks { version, missing: missing.needed });
    }
    may_write(config, &client).await?;
    Ok(Probe { version, lacks: missing.optional })
}

fn version(config: &Config, info: &Reply) -> Result<String, ProbeError> {
    let url = || config.url.clone();
    match info.status {
        200 => {}
        401 | 403 => return Err(ProbeError::Password { user: config.user.clone() }),
        404 => return Err(ProbeError::NoAri { url: url() }),
        status => return Err(ProbeError::Odd { url: url(), status }),
    }
    let info: Option<serde_json::Value> = serde_json::from_str(&info.body).ok();
    let version = info.as_ref().and_then(|info| info.pointer("/system/version")?.as_str());
    version.map(ToOwned::to_owned).ok_or(ProbeError::Odd { url: url(), status: 200 })
}

/// Where notes would stand of which there are none.
const NOTES: &str = "callsync_doctor/";

/// Logs in to the manager interface and asks for what we shall need there.
///
/// # Errors
/// What is wrong, as a sentence that says how to mend it.
pub async fn probe_manager(ami: &Ami) -> Result<(), TalkError> {
    let mut talk = Talk::begin(ami).await?;
    // On members and notes that cannot be: who may not is refused before Asterisk looks for them.
    let remove = Action::new("QueueRemove").with("Queue", "callsync-doctor").with("Interface", "Local/callsync-doctor");
    for action in [notes::list(NOTES), notes::forget(NOTES, "callsync-doctor"), remove, Action::new("CoreShowChannels")] {
        if let Answer::No(why) = talk.ask(&action).await?
            && why.contains("ermission")
        {
            return Err(TalkError::NotAllowed { action: action.name(), why });
        }
    }
    Ok(())
}

/// A harmless order, on a leg that cannot be: who may only read is refused before Asterisk looks for the leg.
async fn may_write(config: &Config, client: &HttpClient) -> Result<(), ProbeError> {
    match client.ask(&Request::new(Kind::StopMusic, &[&"callsync-doctor"])).await {
        Ok(Reply { status: 403, .. }) => Err(ProbeError::ReadOnly { user: config.user.clone() }),
        Ok(_) => Ok(()),
        Err(why) => Err(ProbeError::Unreachable { url: config.url.clone(), why }),
    }
}

/// Reads Asterisk's description of itself.
pub async fn describe(
    client: &HttpClient,
    description: &mut Description,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    for file in files(&client.description("resources.json").await?)? {
        description.add(&client.description(&file).await?)?;
    }
    Ok(())
}
