//! After a scenario: a look round that nothing is left.

use std::time::Duration;

use serde_json::Value;

use super::Stage;
use crate::parties::actions::SOON;
use crate::parties::clock::{Seen, until};
use crate::{Result, Trouble, http};

/// A phone that vanished without a word is noticed within `qualify_frequency` and `qualify_timeout`.
const VANISHES_WITHIN: Duration = Duration::from_secs(10);

impl Stage {
    /// After a scenario nothing is left: no channel, no bridge, no live call, no agent bound to one, no phone registered.
    ///
    /// # Errors
    /// With what is left.
    pub async fn nothing_is_left(&self) -> Result<()> {
        self.asterisk_is_empty().await?;
        until(SOON, "the ledger has no live call any more", async || {
            let live: Vec<String> = self.ledger.live().await?.iter().map(|call| call.number.clone()).collect();
            Ok(if live.is_empty() { Seen::Enough(()) } else { Seen::NotYet(format!("alive is {}", live.join(", "))) })
        })
        .await?;
        until(SOON, "no agent is bound to a call any more", async || {
            let bound: Vec<String> =
                self.ledger.bound().await?.iter().map(|state| format!("{} {}", state.agent, state.state)).collect();
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
        let url = format!("{}/ari/{path}", self.lab.ari_url());
        let asked = http::client().delete(&url).basic_auth("callsync", Some(&self.lab.passwords.ari)).send().await;
        let done = asked.and_then(reqwest::Response::error_for_status);
        done.map(drop).map_err(|why| Trouble::said(format!("having ARI delete {path}: {why}")))
    }

    /// What ARI answers.
    ///
    /// # Errors
    /// When Asterisk does not.
    pub async fn ari(&self, path: &str) -> Result<Value> {
        let url = format!("{}/ari/{path}", self.lab.ari_url());
        let asked = http::client().get(&url).basic_auth("callsync", Some(&self.lab.passwords.ari)).send().await;
        let answer = async { asked?.json().await };
        answer.await.map_err(|why| Trouble::said(format!("asking ARI for {path}: {why}")))
    }
}
