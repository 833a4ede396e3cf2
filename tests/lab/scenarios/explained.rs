//! The books tell why: what was compared when somebody was rung, and who won.

use serde_json::Value;

use super::house::{LINEAR, TIERS};
use super::{Lot, talk};
use crate::parties::Phone;
use crate::parties::actions::SOON;
use crate::parties::clock::{Seen, until};
use crate::{Result, Trouble};

/// A caller comes and two are free: both stand in the decision, and the first was chosen. Then an agent becomes free and two
/// callers wait: the decision names them, and the one who came first was served.
pub async fn decisions_tell_who_else_could_have_been_rung_and_who_won(lot: &mut Lot) -> Result<()> {
    let (mut first, second) = (lot.agent_of(LINEAR).await?, lot.agent_of(LINEAR).await?);
    let mut caller = lot.caller().await?;
    caller.dials(LINEAR).await?;
    first.rings().await?;
    talk(&mut caller, &mut first).await?;
    let decided = decision(lot, &caller, "candidates").await?;
    let (one, other) = (lot.agent_id(&first.name).await?, lot.agent_id(&second.name).await?);
    let text = decided.to_string().replace('-', "");
    if !text.contains(&one) || !text.contains(&other) || !decided["chosen"].to_string().replace('-', "").contains(&one) {
        return Err(Trouble::said(format!("{} was rung, and the books say {decided}", first.name)));
    }
    lot.witnesses_agree(&caller).await?;
    callers_are_named(lot).await
}

async fn callers_are_named(lot: &mut Lot) -> Result<()> {
    let (mut early, mut late) = (lot.caller().await?, lot.caller().await?);
    for caller in [&mut early, &mut late] {
        caller.dials(TIERS).await?;
        caller.is_answered().await?;
    }
    let mut agent = lot.agent_of_a_waiting_caller(TIERS).await?;
    for caller in [&mut early, &mut late] {
        agent.rings().await?;
        talk(caller, &mut agent).await?;
    }
    let decided = decision(lot, &early, "heads").await?;
    let id = lot.agent_id(&agent.name).await?;
    if !decided["chosen"].to_string().replace('-', "").contains(&id) {
        return Err(Trouble::said(format!("{} was rung, and the books say {decided}", agent.name)));
    }
    lot.witnesses_agree(&early).await?;
    lot.witnesses_agree(&late).await.map(drop)
}

/// The decision in the books about this caller's call that compared such things.
async fn decision(lot: &Lot, caller: &Phone, compared: &str) -> Result<Value> {
    let question = "SELECT CAST(f.detail AS TEXT) FROM facts f JOIN calls c ON c.id = f.call_id
        WHERE f.kind = 'decided' AND c.number = $1 ORDER BY f.position";
    until(SOON, &format!("the books tell why somebody was rung for {}", caller.name), async || {
        let rows = lot.ledger.0.rows(question, &[&caller.name]).await?;
        let told: Vec<Value> = rows.iter().filter_map(|fields| serde_json::from_str(fields.first()?.as_deref()?).ok()).collect();
        let found = told.iter().filter(|detail| detail.to_string().contains(compared)).find_map(chosen);
        Ok(found.cloned().map_or_else(|| Seen::NotYet(format!("they say {told:?}")), Seen::Enough))
    })
    .await
}

/// The part of a fact that names who was chosen.
fn chosen(value: &Value) -> Option<&Value> {
    match value {
        Value::Object(parts) if parts.contains_key("chosen") => Some(value),
        Value::Object(parts) => parts.values().find_map(chosen),
        _ => None,
    }
}
