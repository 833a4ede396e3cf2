//! A prompt has been played: the leg that was kept for it is hung up.

use model::PromptId;
use model::fact::Ignored;

use crate::ending;
use crate::state::Way;
use crate::turn::Turn;

pub(super) fn take(turn: &mut Turn<'_>, prompt: PromptId) -> Result<(), Ignored> {
    let kept = turn.state.partings().iter().find(|(_, parting)| parting.how == Way::Tone(prompt));
    let leg = kept.map(|(leg, _)| leg.clone()).ok_or(Ignored::UnknownPrompt)?;
    ending::hang_up_theirs(turn, &leg);
    Ok(())
}
