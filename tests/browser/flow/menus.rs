//! The desk's menus, by keyboard alone.

use browser::chromium::Outcome;
use browser::parties::Parties;
use serde_json::Value;

use super::desk::{DOWN, Desk, ENTER, ESCAPE, F2, F4, F8, SOON, UP};
use crate::Stage;

/// Notes each order from here on, in the moment in which it is given.
const NOTES: &str = "(() => { window.orders = []; document.addEventListener('submit', ({ target }) => \
    window.orders.push(target.getAttribute('action')), true); return true; })()";
/// What is ordered in all: six choices of a menu, and to be Ready by the key thrice.
const ORDERS: u32 = 9;

/// The menu of reasons by arrows, Enter and digits; a key whose button is dimmed does nothing; the keys are listed.
pub async fn reasons(stage: &Stage) -> Outcome {
    drop(Parties::begin(&stage.site).await?);
    let desk = Desk::opens(&stage.browser, stage, &stage.url("/desk")).await?;
    desk.0.says(NOTES).await?;
    let open = "document.getElementById('reasons').matches(':popover-open')";
    let focus = "document.activeElement.innerText.trim().replace(/\\s+/g, ' ')";
    let stands_at = |words: &str| format!("{focus} === '{words}'");
    desk.types(F4).await?;
    desk.0.until("the menu is open, at its first choice", &format!("{open} && {}", stands_at("Перерыв 1")), SOON).await?;
    desk.types(&format!("{DOWN}{DOWN}{UP}")).await?;
    desk.0.until("the arrows lead to the second", &stands_at("Обед 2"), SOON).await?;
    desk.types(ENTER).await?;
    desk.state("Обед").await?;
    desk.centre("Звонков не будет, пока вы не нажмёте «Готов».").await?;
    assert!(!desk.is(open).await?, "the menu is closed");

    desk.types(&format!("{F4}4")).await?;
    desk.state("Обучение").await?;
    desk.types(&format!("{F4}{UP}{ENTER}")).await?;
    desk.state("Не готов").await?;
    desk.types(&format!("{F4}{ESCAPE}")).await?;
    desk.0.until("Escape closes the menu", &format!("!({open})"), SOON).await?;
    desk.types("1").await?;
    desk.state("Не готов").await?;
    desk.types(&format!("{F4}{F2}")).await?;
    desk.state("Готов").await?;
    assert!(!desk.is(open).await?, "an order by its key closes the menu too");

    own_menu(desk).await?;
    dimmed(desk).await?;
    keys(desk).await?;
    desk.complains_of_nothing().await
}

/// The menu of all states, which has no key of its own: by Tab, and the focus comes back to where it was.
async fn own_menu(desk: Desk<'_>) -> Outcome {
    desk.tabs_to("#desk-state").await?;
    desk.types(ENTER).await?;
    let first = "document.activeElement.closest('#states') && document.activeElement.innerText.trim() === 'Готов'";
    desk.0.until("the menu is open, at its first choice", &format!("!!({first})"), SOON).await?;
    desk.types(ESCAPE).await?;
    desk.0.until("the focus is back", "document.activeElement.id === 'desk-state'", SOON).await?;
    desk.types(&format!("{ENTER}{UP}{ENTER}")).await?;
    desk.state("Не в сети").await?;
    assert!(desk.is("document.activeElement.id === 'desk-state'").await?, "the focus is back after a choice too");
    desk.types(F2).await?;
    desk.state("Готов").await?;
    desk.tabs_to("#desk-not-ready").await?;
    desk.types(ENTER).await?;
    desk.types("3").await?;
    desk.state("Совещание").await?;
    assert!(desk.is("document.activeElement.id === 'desk-not-ready'").await?, "and after a digit");
    Ok(())
}

/// Between calls there is nothing to make longer and nobody to hang up on.
async fn dimmed(desk: Desk<'_>) -> Outcome {
    desk.types(F8).await?;
    desk.0.types_with_shift(F8).await?;
    // An order that is accepted comes after all that was pressed before it.
    desk.types(F2).await?;
    desk.state("Готов").await?;
    // Ready already: the button is dimmed, and so is its key.
    desk.types(F2).await?;
    desk.types(&format!("{F4}1")).await?;
    desk.state("Перерыв").await?;
    let given: Vec<&str> = (0..ORDERS).map(|_| "/desk/state").collect();
    assert_eq!(desk.0.says("window.orders").await?, Value::from(given), "no key gave an order that it should not");
    // What the stream brings may come before the answer.
    desk.asked("/desk/state", ORDERS).await?;
    desk.asked("/desk/wrap-up", 0).await?;
    desk.asked("/desk/hang-up", 0).await?;
    assert!(desk.is("document.getElementById('desk-failed').hidden").await?, "nothing was refused");
    Ok(())
}

async fn keys(desk: Desk<'_>) -> Outcome {
    let open = "document.getElementById('keys').matches(':popover-open')";
    desk.types("?").await?;
    desk.0.until("the keys are shown", open, SOON).await?;
    let listed = desk.text("#keys").await?;
    for key in ["F2 Готов", "F4 Не готов", "F8 +30 с", "Shift F8 Завершить", "Esc"] {
        assert!(listed.contains(key), "{key:?} is not listed in {listed:?}");
    }
    desk.types("?").await?;
    desk.0.until("the same key closes them", &format!("!({open})"), SOON).await?;
    desk.types(&format!("?{ESCAPE}")).await?;
    desk.0.until("Escape closes them", &format!("!({open})"), SOON).await.map(drop)
}
