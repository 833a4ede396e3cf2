//! After a scenario: a look round that nothing is left.

use std::time::Duration;

use serde_json::Value;

use super::Lot;
use crate::parties::actions::SOON;
use crate::parties::clock::{Seen, until};
use crate::{Result, Trouble, http};

/// A phone that vanished without a word is noticed within `qualify_frequency` and `qualify_timeout`.
const VANISHES_WITHIN: Duration = Duration::from_secs(10);

impl Lot {
    /// After a scenario nothing of it is left: no channel, no bridge, no live call, no agent bound to one, no phone registered.
    ///
    /// # Errors
    /// With what is left.
    pub async fn nothing_is_left(&self) -> Result<()> {
        match self.alone {
            true => self.asterisk_is_empty().await?,
            false => self.no_leg_is_left().await?,
        }
        until(SOON, "the ledger has no live call any more", async || {
            let mut live: Vec<String> = self.ledger.live().await?.into_iter().map(|call| call.number).collect();
            live.retain(|number| self.is_ours(number));
            Ok(if live.is_empty() { Seen::Enough(()) } else { Seen::NotYet(format!("alive is {}", live.join(", "))) })
        })
        .await?;
        until(SOON, "no agent is bound to a call any more", async || {
            let bound = self.ledger.bound().await?.into_iter().filter(|state| self.has(&state.agent));
            let bound: Vec<String> = bound.map(|state| format!("{} {}", state.agent, state.state)).collect();
            Ok(if bound.is_empty() { Seen::Enough(()) } else { Seen::NotYet(format!("there is {}", bound.join(", "))) })
        })
        .await?;
        for account in &self.used {
            self.is_gone(*account).await?;
        }
        Ok(())
    }

    /// Waits until Asterisk has no channel and no bridge any more.
    ///
    /// # Errors
    /// With what is left.
    pub async fn asterisk_is_empty(&self) -> Result<()> {
        for what in ["channels", "bridges"] {
            until(SOON, &format!("Asterisk has no {what} any more"), async || {
                let left = self.ari(what).await?;
                let ids: Vec<&str> = left.as_array().into_iter().flatten().filter_map(|one| one["id"].as_str()).collect();
                Ok(if ids.is_empty() { Seen::Enough(()) } else { Seen::NotYet(format!("there is {}", ids.join(", "))) })
            })
            .await?;
        }
        Ok(())
    }

    /// Waits until Asterisk has none of the lot's own legs any more, and no bridge of its calls.
    async fn no_leg_is_left(&self) -> Result<()> {
        until(SOON, "Asterisk has no leg of these parties any more", async || {
            let channels = self.ari("channels").await?;
            let ours = channels.as_array().into_iter().flatten().filter(|channel| self.is_our_leg(channel));
            let ids: Vec<&str> = ours.filter_map(|channel| channel["id"].as_str()).collect();
            Ok(if ids.is_empty() { Seen::Enough(()) } else { Seen::NotYet(format!("there is {}", ids.join(", "))) })
        })
        .await?;
        let calls = self.ledger.calls().await?.into_iter().filter(|call| call.entered >= self.began);
        let calls: Vec<String> = calls.filter(|call| self.is_ours(&call.number)).map(|call| call.id).collect();
        until(SOON, "Asterisk has no bridge of these calls any more", async || {
            let bridges = self.ari("bridges").await?;
            let ids = bridges.as_array().into_iter().flatten().filter_map(|bridge| bridge["id"].as_str());
            let of_call = |id: &&str| calls.iter().any(|call| id.replace('-', "").contains(call));
            let left: Vec<&str> = ids.filter(of_call).collect();
            Ok(if left.is_empty() { Seen::Enough(()) } else { Seen::NotYet(format!("there is {}", left.join(", "))) })
        })
        .await
    }

    /// A leg is known by its account, which stands in the channel's name, or by its caller's number.
    fn is_our_leg(&self, channel: &Value) -> bool {
        let name = channel["name"].as_str().unwrap_or_default();
        let account = name.strip_prefix("PJSIP/").and_then(|rest| rest.split('-').next()).unwrap_or_default();
        self.has(account) || channel["caller"]["number"].as_str().is_some_and(|number| self.is_ours(number))
    }

    /// Waits until no phone is registered on the account any more.
    ///
    /// # Errors
    /// When one still is.
    pub async fn is_gone(&self, account: u32) -> Result<()> {
        until(VANISHES_WITHIN, &format!("no phone is registered on {account} any more"), async || {
            let state = self.ari(&format!("endpoints/PJSIP/{account}")).await?["state"].clone();
            Ok(if state == "offline" { Seen::Enough(()) } else { Seen::NotYet(format!("Asterisk says {state}")) })
        })
        .await
    }

    /// Has ARI delete something.
    ///
    /// # Errors
    /// When Asterisk refuses.
    pub async fn ari_forgets(&self, path: &str) -> Result<()> {
        let url = format!("{}/ari/{path}", self.door.ari_url);
        let asked = http::client().delete(&url).basic_auth("callsync", Some(&self.door.passwords.ari)).send().await;
        let done = asked.and_then(reqwest::Response::error_for_status);
        done.map(drop).map_err(|why| Trouble::said(format!("having ARI delete {path}: {why}")))
    }

    /// What ARI answers.
    ///
    /// # Errors
    /// When Asterisk does not.
    pub async fn ari(&self, path: &str) -> Result<Value> {
        let url = format!("{}/ari/{path}", self.door.ari_url);
        let asked = http::client().get(&url).basic_auth("callsync", Some(&self.door.passwords.ari)).send().await;
        let answer = async { asked?.json().await };
        answer.await.map_err(|why| Trouble::said(format!("asking ARI for {path}: {why}")))
    }
}
