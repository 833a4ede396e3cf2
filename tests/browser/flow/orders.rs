//! What a supervisor orders on Live, and what then becomes of real calls and a real phone.

use std::time::{Duration, Instant};

use browser::chromium::{Browser, Outcome};
use browser::parties::Parties;
use serde_json::Value;
use tokio::time::sleep;

use super::desk::{ENTER, ESCAPE, QUEUE, SOON, TAB};
use super::live;
use crate::Stage;

/// What the operator's second queue is called.
const SHORT_NAME: &str = "Рабочее место, коротко";

/// All rows are seen at once: none lies beneath a head that stays while its table is scrolled.
const HEIGHT: u32 = 4000;
const AGAIN: Duration = Duration::from_millis(100);
/// Whatever passes quickly in the panel is noted by the page itself.
const NOTES: &str = include_str!("../scripts/panel.js");

/// Live in front of a supervisor.
#[derive(Clone, Copy)]
pub struct Supervisor<'a>(pub &'a Browser);

impl Supervisor<'_> {
    /// Waits until the panel says so of the present: what was, it tells in the same words further down.
    async fn panel(self, words: &str) -> Outcome {
        let reads = "(document.querySelector('#panel:not([hidden]) .panel-state')?.innerText ?? 'nothing').replace(/\\s+/g, ' ')";
        let script = format!("{reads}.includes({})", Value::from(words));
        let Err(error) = self.0.until(&format!("the panel reads {words:?}"), &script, SOON).await else { return Ok(()) };
        Err(format!("{error}; it reads {}", self.0.says(reads).await?).into())
    }

    /// Has the page note from here on what its panel does; with `again` the panel follows an order's answer at once.
    async fn notes(self, again: bool) -> Outcome {
        self.0.says(&format!("({NOTES})({again})")).await.map(drop)
    }

    /// Presses a button of the panel: what comes of it is said, and is not lost when the panel is brought up to date.
    async fn orders(self, button: &str, words: &str) -> Outcome {
        self.notes(true).await?;
        self.presses(button).await?;
        let answered = "window.noted.said.length > 1";
        self.0.until("the order is answered, and the panel brought up to date since", answered, SOON).await?;
        let said = self.0.says("window.noted.said").await?;
        let says = |place: usize| said[place].as_str().is_some_and(|said| said.contains(words));
        assert!(says(0), "{words:?} came of the order, and this is said: {said}");
        assert!(says(1), "{words:?} is said after an update too, and not this: {said}");
        Ok(())
    }

    async fn closes(self) -> Outcome {
        self.0.types_into_page(ESCAPE).await?;
        self.0.until("no panel is open", "document.getElementById('panel').hidden", SOON).await.map(drop)
    }

    /// Opens the panel of the row that this script finds.
    async fn opens(self, what: &str, row: &str) -> Outcome {
        // An open panel may lie over the row.
        self.closes().await?;
        self.0.until(&format!("{what} has a row"), &format!("!!({row})"), SOON).await?;
        let id = self.0.says(&format!("({row}).id")).await?;
        let link = format!("#{} .row-link", id.as_str().unwrap_or_default());
        let began = Instant::now();
        // Rows glide when others go: whoever misses one, or meets another, presses again.
        loop {
            let pressed = self.0.presses(&link).await;
            let opened = self.0.says("document.getElementById('panel').dataset.of ?? 'nothing'").await?;
            if opened == id {
                return Ok(());
            }
            if began.elapsed() > SOON {
                return pressed.and_then(|()| Err(format!("the panel of {what} does not open, but that of {opened}").into()));
            }
            self.closes().await?;
            sleep(AGAIN).await;
        }
    }

    async fn opens_call(self, number: &str) -> Outcome {
        self.opens(number, &call(number)).await?;
        let title = "(document.getElementById('panel-title')?.innerText ?? '').replace(/\\D/g, '')";
        self.0.until("the panel is about the caller", &format!("{title} === '{number}'"), SOON).await.map(drop)
    }

    async fn opens_agent(self) -> Outcome {
        self.opens("the agent", AGENT).await?;
        self.panel("Телефон 1090").await
    }

    /// Waits until the row of a call or of the agent reads so; says how long that took.
    pub async fn row(self, row: &str, words: &str, patience: Duration) -> Outcome<Duration> {
        // A row that is not on the screen is not laid out, and has no text as people see it.
        let reads = format!("(({row})?.textContent ?? 'nothing').replace(/\\s+/g, ' ')");
        let script = format!("{reads}.includes({})", Value::from(words));
        match self.0.until(&format!("the row reads {words:?}"), &script, patience).await {
            Ok(took) => Ok(took),
            Err(error) => Err(format!("{error}; it reads {}", self.0.says(&reads).await?).into()),
        }
    }

    /// Presses the button of the panel that reads so.
    async fn presses(self, words: &str) -> Outcome {
        self.0.presses_what_reads("//*[@id='panel']//button[not(ancestor::dialog)]", words).await
    }
}

/// The row of the operator, by the phone's account.
pub const AGENT: &str =
    "[...document.querySelectorAll('#agent-rows tr')].find((row) => row.querySelector('.endpoint')?.textContent === '1090')";

fn call(number: &str) -> String {
    format!(
        "[...document.querySelectorAll('#call-rows tr')].find((row) => \
         row.querySelector('.row-link')?.textContent.replace(/\\D/g, '') === '{number}')"
    )
}

/// A call's panel goes with it from the queue to its end; that end is ordered here, and asked for first.
pub async fn follows(stage: &Stage) -> Outcome {
    let mut parties = Parties::begin(&stage.site).await?;
    live::opens(stage).await?;
    stage.browser.sized(1280, HEIGHT).await?;
    let live = Supervisor(&stage.browser);
    let number = parties.calls(QUEUE).await?;
    live.opens_agent().await?;
    live.panel("Не в сети").await?;
    live.orders("Сделать готовым", "Сделано.").await?;
    assert_eq!(parties.phone_rings().await?, number, "whoever is made ready is rung");
    live.opens_call(&number).await?;
    live.panel("Звонит").await?;
    parties.phone("answers").await?;
    live.panel("Говорит").await?;
    live.presses("Завершить").await?;
    live.0.until("it is asked first", "document.getElementById('hang-up').open", SOON).await?;
    parties.caller(&number, "hears-the-phone").await?;
    confirms(live, &mut parties).await?;
    parties.caller(&number, "is-hung-up").await?;
    parties.phone("is-hung-up").await?;
    live.panel("Отвечен").await?;
    live.0.until("its row is gone", &format!("!({})", call(&number)), SOON).await?;
    live.opens_agent().await?;
    live.panel("Поствызов").await?;
    assert_eq!(live.0.complaints().await?, Vec::<String>::new());
    Ok(())
}

/// By keyboard, and while the panel goes on following: the focus stays at the button.
async fn confirms(live: Supervisor<'_>, parties: &mut Parties) -> Outcome {
    let focus = "document.activeElement.closest('dialog') && document.activeElement.innerText.trim()";
    let keeps = live.0.says(focus).await?;
    live.0.types_into_page(TAB).await?;
    live.0.until("the other button has the focus", &format!("({focus}) === 'Завершить'"), SOON).await?;
    assert!(keeps.as_str().is_some_and(|words| words != "Завершить"), "what does no harm has the focus at first");
    live.notes(false).await?;
    let next = parties.calls(QUEUE).await?;
    live.0.until("the panel was brought up to date", "window.noted.shown.length > 0", SOON).await?;
    live.row(&call(&next), "Ждёт", SOON).await?;
    assert_eq!(live.0.says(focus).await?, "Завершить", "the focus stays");
    live.0.types_into_page(ENTER).await?;
    parties.caller(&next, "hangs-up").await
}

/// A call has ended and the books do not say how yet, as the server draws it.
const UNSETTLED: &str = "htmx.swap({ text: '<p data-unsettled>?</p>', sourceElement: document.getElementById('panel'), \
    target: document.getElementById('panel'), swap: 'innerMorph', response: { status: 200 }, \
    request: { method: 'GET', action: document.getElementById('panel').dataset.of.replace('call-', '/live/calls/') } }) && true";
/// From here on the panel does not hear what the stream brings: what it asks for, it asks for by itself.
const DEAF: &str = "addEventListener('htmx:sse:after:message', (event) => event.stopImmediatePropagation(), true) ?? true";
/// A panel asks again after a second, by the page's own timers: whatever is set for later comes later.
const MORE_THAN_A_PACE_MS: u32 = 1500;

/// What the books will say later is asked for again, unless nobody wants to know any more.
pub async fn unsettled(stage: &Stage) -> Outcome {
    let mut parties = Parties::begin(&stage.site).await?;
    live::opens(stage).await?;
    stage.browser.sized(1280, HEIGHT).await?;
    let live = Supervisor(&stage.browser);
    let number = parties.calls(QUEUE).await?;
    live.0.says(DEAF).await?;
    live.opens_call(&number).await?;
    live.panel("Ждёт").await?;
    live.notes(false).await?;
    live.0.says(UNSETTLED).await?;
    live.0.until("the panel has asked again", "window.noted.shown.length > 1", SOON).await?;
    let shown = live.0.says("window.noted.shown").await?;
    assert_eq!(shown[0], "?", "the end is not known at first");
    assert!(shown[1].as_str().is_some_and(|shown| shown.contains("Ждёт")), "then the panel is true again, and not so: {shown}");
    // Closed while it waits to ask, and while it waits for the answer.
    forgets(live, ["htmx:after:swap", "htmx:after:swap"], 0).await?;
    live.opens_call(&number).await?;
    live.panel("Ждёт").await?;
    forgets(live, ["htmx:before:request", "htmx:finally:request"], 1).await?;
    assert_eq!(live.0.complaints().await?, Vec::<String>::new());
    Ok(())
}

/// Escape comes with one event of a panel that is to ask again; after another nothing is due any more. It has asked so often.
async fn forgets(live: Supervisor<'_>, [closing, last]: [&str; 2], asked: u32) -> Outcome {
    live.notes(false).await?;
    let escape = "panel.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))";
    let over = format!("setTimeout(() => {{ window.noted.over = true; }}, {MORE_THAN_A_PACE_MS})");
    let script = format!(
        "(() => {{ const panel = document.getElementById('panel'); \
         panel.addEventListener('{closing}', () => {escape}, {{ once: true }}); \
         panel.addEventListener('{last}', () => {over}, {{ once: true }}); \
         return {UNSETTLED}; }})()"
    );
    live.0.says(&script).await?;
    live.0.until("the panel has had the time to ask again", "window.noted.over === true", SOON).await?;
    assert_eq!(live.0.says("document.getElementById('panel').hidden").await?, true, "Escape closes the panel");
    assert_eq!(live.0.says("window.noted.asked").await?, asked, "a closed panel asks for nothing");
    Ok(())
}

/// The second caller is put first, the first goes to another queue; the agent is taken off the line, and logged out.
pub async fn moves(stage: &Stage) -> Outcome {
    let mut parties = Parties::begin(&stage.site).await?;
    live::opens(stage).await?;
    stage.browser.sized(1280, HEIGHT).await?;
    let live = Supervisor(&stage.browser);
    let first = parties.calls(QUEUE).await?;
    let second = parties.calls(QUEUE).await?;
    live.opens_call(&second).await?;
    live.panel("Ждёт").await?;
    live.orders("В начало очереди", "Сделано.").await?;
    live.opens_call(&first).await?;
    live.0.chooses("#panel select[name=queue]", SHORT_NAME).await?;
    live.presses("Перевести").await?;
    live.row(&call(&first), SHORT_NAME, SOON).await?;
    live.opens_agent().await?;
    live.orders("Сделать готовым", "Сделано.").await?;
    assert_eq!(parties.phone_rings().await?, second, "whoever was put first is served first");
    parties.phone("answers").await?;
    live.panel("Говорит").await?;
    live.0.chooses("#panel select[name=reason]", "Обед").await?;
    live.orders("Снять с линии", "когда звонок закончится").await?;
    live.row(AGENT, "обед", SOON).await?;
    parties.caller(&second, "hangs-up").await?;
    live.row(AGENT, "Обед", SOON).await?;
    // In a call it would be asked for first: the panel must have heard that it is over.
    let over = "document.querySelector('#panel .panel-state .badge')?.innerText.trim() === 'Обед'";
    live.0.until("the panel knows the agent's new state", over, SOON).await?;
    live.presses("Вывести").await?;
    live.row(AGENT, "Не в сети", SOON).await?;
    live.opens_call(&first).await?;
    live.panel("Ждёт").await?;
    parties.caller(&first, "hangs-up").await?;
    live.panel("Не дождался").await?;
    assert_eq!(live.0.complaints().await?, Vec::<String>::new());
    Ok(())
}
