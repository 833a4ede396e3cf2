//! Callers whom nobody would invent but those who attack.

use super::witness::ledger::Call;
use super::{Lot, Stage};
use crate::parties::actions::SOON;
use crate::parties::caller::Caller;
use crate::parties::clock::{Seen, until};
use crate::parties::script::always;
use crate::parties::{Crowd, What};
use crate::{Result, Trouble};

/// Caller ids that try to be more than text: SQL, HTML, a header of their own, a channel variable, and sheer length. Each with
/// the number that Asterisk makes of it.
const HOSTILE: [(&str, &str); 6] = [
    ("\"Robert'); DROP TABLE calls;--\" <sip:+79990000001@127.0.0.2>", "+79990000001"),
    ("\"<script>alert(1)</script>\" <sip:+79990000002@127.0.0.2>", "+79990000002"),
    ("\"x\" <sip:%3Cb%3E%27%22--@127.0.0.2>", "<b>'\"--"),
    ("\"x\" <sip:a%0D%0AX-Evil%3A%201@127.0.0.2>", "a\r\nX-Evil: 1"),
    ("\"$&{CALLERID(all)}\" <sip:$%7BEXTEN%7D@127.0.0.2>", "${EXTEN}"),
    ("\"\u{202e}\u{1f4a3}\" <sip:%D0%AE%D0%BB%D0%B8%D1%8F@127.0.0.2>", "Юлия"),
];
/// Longer than any number, and than the columns that usually hold one.
const LONG: usize = 200;

/// Each is a caller like any other: enters, waits, leaves; and stands in the ledger as text.
pub async fn hostile_caller_ids_are_survived_and_stored_as_text(stage: &mut Stage) -> Result<()> {
    let long = "9".repeat(LONG);
    let with_long = format!("\"{}\" <sip:{long}@127.0.0.2>", "Ж".repeat(LONG));
    for (from, number) in HOSTILE.into_iter().chain([(&*with_long, &*long)]) {
        let before = stage.ledger.calls().await?.len();
        let caller = Caller { from, number: "hostile", dials: "700", patience: always(0.5), headers: "" };
        let mut party = Crowd::caller(&stage.exchange, &caller)?;
        let said = |what: &What| format!("the caller with {from} is {what:?}");
        for what in [What::Established, What::HungUp] {
            party.diary.wait(0, SOON, &said(&what), |note| note.what == what).await?;
        }
        party.ends(SOON).await?;
        let call = ended(stage, before, from).await?;
        if call.outcome != "abandoned" || !same(&call.number, number) {
            let (outcome, stored) = (&call.outcome, &call.number);
            return Err(Trouble::said(format!(
                "the caller with {from} is {outcome:?} in the ledger, with the number {stored:?}"
            )));
        }
        stage.logs_agree(&party.diary, "hostile", &whole(stage, &call).await?).await?;
    }
    Ok(())
}

/// Line ends and characters below a blank may be dropped or replaced on the way; nothing else may.
fn same(stored: &str, sent: &str) -> bool {
    let plain = |text: &str| text.chars().filter(|c| !c.is_control() && *c != '\u{fffd}' && *c != ' ').collect::<String>();
    let (stored, sent) = (plain(stored), plain(sent));
    // Asterisk keeps the first 64 bytes or so of a number.
    stored == sent || (stored.len() >= 60 && sent.starts_with(&stored))
}

async fn ended(stage: &Stage, before: usize, from: &str) -> Result<Call> {
    until(SOON, &format!("the ledger has the call of {from}"), async || {
        let calls = stage.ledger.calls().await?;
        Ok(match calls.get(before) {
            Some(call) if call.ended.is_some() => Seen::Enough(call.clone()),
            Some(_) => Seen::NotYet("it is still alive there".to_owned()),
            None => Seen::NotYet("it has no new call".to_owned()),
        })
    })
    .await
}

/// The call with its segments.
async fn whole(stage: &Stage, call: &Call) -> Result<Call> {
    let calls = stage.ledger.calls_since(stage.began).await?;
    let found = calls.into_iter().find(|whole| whole.id == call.id);
    found.ok_or_else(|| Trouble::said("the call is gone from the ledger"))
}

/// Who hides the number is served like anybody else.
pub async fn caller_without_a_number_is_served_like_any_other(stage: &mut Stage) -> Result<()> {
    let mut agent = stage.agent().await?;
    let before = stage.ledger.calls().await?.len();
    let from = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";
    let caller = Caller { from, number: "anonymous", dials: "700", patience: always(1.5), headers: "Privacy: id\n" };
    let mut party = Crowd::caller(&stage.exchange, &caller)?;
    agent.rings().await?;
    agent.answers().await?;
    agent.is_hung_up().await?;
    party.ends(SOON).await?;
    let call = ended(stage, before, from).await?;
    if (&*call.outcome, &*call.by, call.agent.as_ref()) != ("answered", "caller", Some(&agent.name)) {
        return Err(Trouble::said(format!("the ledger says {:?} by {:?}, agent {:?}", call.outcome, call.by, call.agent)));
    }
    stage.logs_agree(&party.diary, "anonymous", &whole(stage, &call).await?).await?;
    match &*call.number {
        "" | "anonymous" => Ok(()),
        other => Err(Trouble::said(format!("the caller hid the number, and the ledger has {other:?}"))),
    }
}

/// 705 is a number of the dialplan, and no queue has it: the caller is given back, and told so politely.
pub async fn number_that_no_queue_has_is_answered_by_the_polite_prompt(lot: &mut Lot) -> Result<()> {
    let mut caller = lot.caller().await?;
    caller.dials("705").await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    caller.is_hung_up_within(SOON * 4).await?;
    match lot.ledger.calls_of(&caller.name).await?.len() {
        0 => Ok(()),
        _ => Err(Trouble::said("a call to a number that no queue has stands in the ledger")),
    }
}
