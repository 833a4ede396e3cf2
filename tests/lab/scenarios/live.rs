//! What the Live page says, as a supervisor reads it.

use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};

use super::Lot;
use super::witness::database::id;
use crate::parties::actions::SOON;
use crate::parties::clock::{Seen, until};
use crate::{Result, Trouble, demo, http};

impl Lot {
    /// Waits until Live says that no call is offered to the agent, and for this reason.
    ///
    /// # Errors
    /// When it does not soon, or cannot be read.
    pub async fn live_says(&self, account: &str, blocked: &str) -> Result<()> {
        let session = self.signed_in().await?;
        let agent = self.agent_id(account).await?;
        until(SOON, &format!("Live says that agent {account} is offered nothing: {blocked}"), async || {
            let page = self.page("/live", &session).await?;
            let row =
                page.split("<tr").find(|row| row.split('>').next().is_some_and(|tag| tag.replace('-', "").contains(&agent)));
            let Some(row) = row else { return Ok(Seen::NotYet("the page has no row of the agent".to_owned())) };
            let said = row.contains(&format!("data-blocked=\"{blocked}\""));
            Ok(if said { Seen::Enough(()) } else { Seen::NotYet(format!("the row is <tr{row}")) })
        })
        .await
    }

    /// Asks for a state of an agent by the API, as a program of the site does.
    ///
    /// # Errors
    /// When it is not accepted.
    pub async fn asks_by_api(&self, account: &str, wish: &serde_json::Value) -> Result<()> {
        let session = self.signed_in().await?;
        let id = self.agent_id(account).await?;
        let parts = [id.get(..8), id.get(8..12), id.get(12..16), id.get(16..20), id.get(20..)];
        let id = parts.map(Option::unwrap_or_default).join("-");
        let asked = http::client()
            .post(format!("{}/api/agents/{id}/state", self.door.web_url))
            .header(COOKIE, session)
            .header(CONTENT_TYPE, "application/json")
            .body(wish.to_string())
            .send()
            .await;
        let answer = asked.and_then(reqwest::Response::error_for_status);
        answer.map(drop).map_err(|why| Trouble::said(format!("asking by API for {wish}: {why}")))
    }

    /// The id of an agent, 32 hexadecimal digits.
    pub async fn agent_id(&self, account: &str) -> Result<String> {
        let question = "SELECT CAST(hex(id) AS TEXT) FROM agents WHERE endpoint = $1";
        let rows = self.ledger.0.rows(question, &[account]).await?;
        let found = rows.first().and_then(|fields| fields.first().cloned().flatten());
        found.map(|text| id(&text)).ok_or_else(|| Trouble::said(format!("the settings have no agent at {account}")))
    }

    /// A page of the product.
    async fn page(&self, path: &str, session: &str) -> Result<String> {
        let asked = http::client().get(format!("{}{path}", self.door.web_url)).header(COOKIE, session).send().await;
        let answer = async { asked?.error_for_status()?.text().await };
        answer.await.map_err(|why| Trouble::said(format!("reading {path}: {why}")))
    }

    /// The cookie of a supervisor who has signed in.
    async fn signed_in(&self) -> Result<String> {
        let (email, _, role) = demo::USERS[1];
        let form = format!("email={}&password={}", coded(email), coded(demo::password(&self.door.passwords, role)));
        // The answer to a good password is a redirection: to be seen, not to be followed.
        let asked = http::unled()
            .post(format!("{}/login", self.door.web_url))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await;
        let answer = asked.map_err(|why| Trouble::said(format!("signing in: {why}")))?;
        let cookie = answer.headers().get(SET_COOKIE).and_then(|cookie| cookie.to_str().ok()?.split(';').next());
        match cookie {
            Some(cookie) if answer.headers().contains_key(LOCATION) => Ok(cookie.to_owned()),
            _ => Err(Trouble::said(format!("signing in as {email} was answered by {}", answer.status()))),
        }
    }
}

/// A text as forms send it.
pub(super) fn coded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
