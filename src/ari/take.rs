//! Takes the account: asks Asterisk for all that is alive in it.

use acd::event::Account;
use serde::Deserialize;
use serde_json::json;

use crate::account::Lists;
use crate::event::{Told, WANTED};
use crate::line::{Line, NoReply, NotRead};
use crate::names::Names;
use crate::others::Other;
use crate::plan::MARK;
use crate::reach::{Phones, TECHNOLOGY};
use crate::request::{Kind, Request};

/// What Asterisk's lists say.
pub struct Taken {
    /// The account.
    pub account: Account,
    /// How the phones stand.
    pub phones: Phones,
    /// What the account has no place for, to be heard right after it.
    pub first: Vec<Told>,
    /// What is another program's of our make.
    pub others: Vec<Other>,
}

/// Takes the account. What happens meanwhile waits in the socket.
pub async fn take(line: &Line, names: &Names) -> Result<Taken, NotRead> {
    let lists = read_lists(line, names).await?;
    let marks = read_marks(line, lists.without_variables(names)).await;
    let (account, phones) = (lists.account(names, &marks), lists.phones());
    Ok(Taken { account, phones, first: lists.as_events(names), others: lists.others(names, &marks) })
}

/// Asks Asterisk not to send what we would only throw away. An older Asterisk sends it, and we throw it away.
pub async fn filter_events(line: &Line, app: &str) -> Result<(), NoReply> {
    let wanted: Vec<_> = WANTED.iter().map(|kind| json!({ "type": kind })).collect();
    // A filter outlives the program that set it: what an earlier one forbade is allowed again.
    let filter = json!({ "allowed": wanted, "disallowed": [] });
    let reply = line.ask(&Request::new(Kind::FilterEvents, &[&app]).with_body(filter)).await?;
    if reply.status >= 300 {
        tracing::info!(status = reply.status, "this Asterisk does not filter events: it sends about three times as many");
    }
    Ok(())
}

/// Reads the lists, and takes what an earlier build has left in our application for ours.
pub async fn read_lists(line: &Line, names: &Names) -> Result<Lists, NotRead> {
    let (channels, bridges) = (Request::new(Kind::Channels, &[]), Request::new(Kind::Bridges, &[]));
    let (application, endpoints) =
        (Request::new(Kind::Application, &[&names.app()]), Request::new(Kind::Endpoints, &[&TECHNOLOGY]));
    let (info, ping) = (Request::new(Kind::Info, &[]).with("only", "status"), Request::new(Kind::Ping, &[]));
    let (channels, bridges, application, endpoints, info, ping) = tokio::try_join!(
        line.read(&channels),
        line.read(&bridges),
        line.read(&application),
        line.read(&endpoints),
        line.read(&info),
        line.read(&ping)
    )?;
    let lists = Lists { channels, bridges, application, endpoints, info, ping };
    names.take_older(lists.older(names));
    Ok(lists)
}

/// Reads the marks one by one, for an Asterisk whose `ari.conf` does not name our variable in `channelvars`.
async fn read_marks(line: &Line, legs: Vec<String>) -> Vec<(String, String)> {
    #[derive(Deserialize)]
    struct Variable {
        value: String,
    }
    if !legs.is_empty() {
        tracing::warn!(legs = legs.len(), "ari.conf should say channelvars = {MARK}: the legs' marks are read one by one");
    }
    let mut marks = Vec::new();
    for leg in legs {
        let request = Request::new(Kind::GetVariable, &[&leg]).with("variable", MARK);
        // A leg without the variable has no mark, and one that is gone will be told as ended.
        if let Ok(Variable { value }) = line.read(&request).await {
            marks.push((leg, value));
        }
    }
    marks
}
