//! An operator at the desk, with real calls: by keyboard alone, as the page says.

use std::time::{Duration, Instant};

use browser::chromium::{Browser, Outcome};
use browser::parties::Parties;
use serde_json::Value;
use tokio::time::sleep;

use crate::Stage;

pub const SOON: Duration = Duration::from_secs(10);
/// The operator's queue, which rings for long and leaves a minute to finish a call.
pub const QUEUE: &str = "723";
/// The operator's other queue, which rings for ten seconds.
pub const SHORT_QUEUE: &str = "724";
/// What the first is called.
pub const QUEUE_NAME: &str = "Рабочее место";

pub const TAB: &str = "\u{e004}";
pub const ENTER: &str = "\u{e007}";
pub const ESCAPE: &str = "\u{e00c}";
pub const DOWN: &str = "\u{e015}";
pub const UP: &str = "\u{e013}";
/// Ready; not ready, with a reason; longer, and with shift: hang up.
pub const F2: &str = "\u{e032}";
pub const F4: &str = "\u{e034}";
pub const F8: &str = "\u{e038}";

const AGAIN: Duration = Duration::from_millis(50);

/// Notes from here on which state the desk shows, and whose call with it: what passes quickly need not be met.
const NOTES: &str = "(() => { const noted = window.noted = []; \
    const text = (part) => document.querySelector(part)?.textContent.trim() ?? ''; \
    new MutationObserver(() => noted.push([text('#desk-state .badge'), text('#desk-card .caller').replace(/\\D/g, '')])) \
        .observe(document.getElementById('desk'), { subtree: true, childList: true, characterData: true }); \
    return true; })()";
/// The wrap-up is half a minute longer than the queue has it.
const LONGER: &str = "document.querySelector('progress.drain').max === 90000";
/// What is left of the wrap-up stands there to the second, in the moment in which it is drawn.
const COUNTS_DOWN: &str = "(() => { document.getElementById('desk').dispatchEvent(new Event('htmx:sse:after:message')); \
    const shown = document.querySelector('#desk-card .card.wrap-up .big time[data-until]'); \
    const left = shown.textContent.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000; \
    const more = left - (Number(shown.dataset.until) - Date.now()); \
    return more >= 0 && more <= 1000; })()";

/// A browser with the desk in it.
#[derive(Clone, Copy)]
pub struct Desk<'a>(pub &'a Browser);

impl<'a> Desk<'a> {
    /// Signs the operator in by keyboard alone, and waits until the desk is true.
    pub async fn opens(browser: &'a Browser, stage: &Stage, url: &str) -> Outcome<Self> {
        browser.goes_to(url).await?;
        let desk = Self(browser);
        desk.signs_in(stage).await?;
        Ok(desk)
    }

    /// From the login page on.
    pub async fn signs_in(self, stage: &Stage) -> Outcome {
        let (email, password) = stage.site.operator.as_ref().ok_or("CALLSYNC_TEST_DESK is not set: no operator can sign in")?;
        self.0.until("typing can begin at once", "document.activeElement?.id === 'email'", SOON).await?;
        self.0.types_into_page(&format!("{email}{TAB}{password}{ENTER}")).await?;
        self.0.until("the desk is open", "location.pathname === '/desk' && !!document.getElementById('desk')", SOON).await?;
        self.is_true().await
    }

    /// Waits until the stream has brought everything.
    pub async fn is_true(self) -> Outcome {
        let brought = "document.getElementById('desk')?.dataset.number !== undefined";
        self.0.until("the stream has brought everything", brought, SOON).await.map(drop)
    }

    pub async fn types(self, keys: &str) -> Outcome {
        self.0.types_into_page(keys).await
    }

    /// The agent's state, as the page has it at the left and in what it says to those who do not see it.
    pub async fn state(self, word: &str) -> Outcome {
        self.reads("#desk-state .badge", word).await
    }

    /// What fills the centre.
    pub async fn centre(self, words: &str) -> Outcome {
        self.reads("#desk-card", words).await
    }

    /// Whose call fills the centre.
    pub async fn caller(self, number: &str) -> Outcome {
        let shown = format!("(document.querySelector('#desk-card .caller')?.innerText ?? '').replace(/\\D/g, '') === '{number}'");
        self.sees(&format!("the centre shows {number}"), &shown, "#desk-card").await
    }

    /// Waits until a part of the page reads so, among other words.
    pub async fn reads(self, part: &str, words: &str) -> Outcome {
        let script = format!("{}.includes({})", read(part), Value::from(words));
        self.sees(&format!("{part} reads {words:?}"), &script, part).await
    }

    /// Waits for something; if it does not come, says what a part of the page reads.
    async fn sees(self, what: &str, script: &str, part: &str) -> Outcome {
        let Err(error) = self.0.until(what, script, SOON).await else { return Ok(()) };
        Err(format!("{error}; it reads {}", self.0.says(&read(part)).await?).into())
    }

    /// Whether something is so at this moment.
    pub async fn is(self, script: &str) -> Outcome<bool> {
        Ok(self.0.says(script).await? == Value::Bool(true))
    }

    /// What a part of the page reads.
    pub async fn text(self, part: &str) -> Outcome<String> {
        Ok(self.0.says(&read(part)).await?.as_str().unwrap_or_default().to_owned())
    }

    /// What is left of the wrap-up, in seconds, as the page counts it.
    pub async fn left(self) -> Outcome<u64> {
        seconds(&self.text("#desk-card .card.wrap-up .big").await?)
    }

    /// Goes on by Tab until this has the focus.
    pub async fn tabs_to(self, part: &str) -> Outcome {
        let there = format!("document.activeElement?.matches({})", Value::from(part));
        for _ in 0..40 {
            if self.is(&there).await? {
                return Ok(());
            }
            self.types(TAB).await?;
        }
        Err(format!("{part} is not reached by Tab").into())
    }

    /// Waits until a call from this number is in the lists, of which an operator sees the end alone.
    async fn lists(self, number: &str) -> Outcome {
        let ends = &number[number.len() - 2..];
        let listed =
            format!("[...document.querySelectorAll('#desk-mine li .number')].some((one) => one.innerText.endsWith('••-{ends}'))");
        self.sees(&format!("a call from …{ends} is listed"), &listed, "#desk-mine").await
    }

    /// Waits until the page has asked for this address so many times and had its answers; it has not asked more often.
    pub async fn asked(self, path: &str, times: u32) -> Outcome {
        let asked = format!("performance.getEntriesByType('resource').filter((one) => one.name.endsWith('{path}')).length");
        self.0.until(&format!("{path} has answered {times} times"), &format!("{asked} >= {times}"), SOON).await?;
        assert_eq!(self.0.says(&asked).await?, times, "so often was {path} to be asked for");
        Ok(())
    }

    /// Waits until a call from this number has rung here since notes are taken, whatever is shown by now.
    async fn has_rung(self, number: &str) -> Outcome {
        let rang = format!("window.noted.some(([state, caller]) => state === 'Звонит' && caller === '{number}')");
        self.sees(&format!("{number} has rung"), &rang, "#desk").await
    }

    /// Nothing was forbidden, missing or thrown.
    pub async fn complains_of_nothing(self) -> Outcome {
        assert_eq!(self.0.complaints().await?, Vec::<String>::new());
        Ok(())
    }
}

/// A script that reads a part of the page as people see it.
fn read(part: &str) -> String {
    format!("(document.querySelector({})?.innerText ?? 'nothing').replace(/\\s+/g, ' ')", Value::from(part))
}

/// `1:05` in seconds.
fn seconds(text: &str) -> Outcome<u64> {
    let parts: Result<Vec<u64>, _> = text.trim().split(':').map(str::parse).collect();
    Ok(parts.map_err(|_| format!("{text:?} is no length of time"))?.into_iter().fold(0, |sum, part| sum * 60 + part))
}

/// Signs in, becomes ready, is rung, talks, hangs up, takes more time, ends it: not one click.
pub async fn keyboard(stage: &Stage) -> Outcome {
    let mut parties = Parties::begin(&stage.site).await?;
    let desk = Desk::opens(&stage.browser, stage, &stage.url("/desk")).await?;
    desk.state("Не в сети").await?;
    desk.centre("Вы не на линии").await?;
    desk.types(F2).await?;
    desk.state("Готов").await?;
    desk.centre("Вы готовы").await?;

    let number = parties.calls(QUEUE).await?;
    assert_eq!(parties.phone_rings().await?, number);
    desk.state("Звонит").await?;
    desk.caller(&number).await?;
    desk.centre(QUEUE_NAME).await?;
    desk.centre("Ждёт 0:").await?;
    desk.centre("Из готовых операторов этой очереди вы один.").await?;
    desk.reads("#desk-said", "Звонит: +7").await?;
    parties.phone("answers").await?;
    desk.state("Говорит").await?;
    desk.caller(&number).await?;
    desk.centre("Разговор 0:").await?;
    parties.caller(&number, "hears-the-phone").await?;

    stage.browser.types_with_shift(F8).await?;
    parties.caller(&number, "is-hung-up").await?;
    parties.phone("is-hung-up").await?;
    desk.state("Поствызов").await?;
    desk.caller(&number).await?;
    wraps_up(desk).await?;

    desk.types(F2).await?;
    desk.state("Готов").await?;
    desk.reads("#desk-card .last", "Последний звонок").await?;
    desk.caller(&number).await?;
    desk.reads("#desk-card .last", "Отвечен").await?;
    desk.complains_of_nothing().await
}

/// It drains, takes more time by its key and by its button, and the focus stays where it was put.
async fn wraps_up(desk: Desk<'_>) -> Outcome {
    let drained = "(() => { const bar = document.querySelector('progress.drain'); window.drained ??= bar.value; \
        return bar.value > 0 && bar.value < window.drained; })()";
    desk.0.until("the bar drains", drained, SOON).await?;
    let before = desk.left().await?;
    assert!((1..=60).contains(&before), "a minute at most is left at first, not {before} s");
    desk.types(F8).await?;
    desk.0.until("the key makes the wrap-up longer", LONGER, SOON).await?;
    let left = desk.left().await?;
    assert!((before + 20..before + 31).contains(&left), "half a minute more than {before} s is not {left} s");
    desk.tabs_to("#desk-longer button").await?;
    desk.types(ENTER).await?;
    let longer = "document.querySelector('progress.drain').max === 120000";
    desk.0.until("the button makes it longer", longer, SOON).await?;
    assert!(desk.is("document.activeElement.matches('#desk-longer button')").await?, "the focus stays at the button");
    Ok(())
}

/// One agent at two places: whatever is done at one is seen at the other.
pub async fn two(stage: &Stage) -> Outcome {
    let mut parties = Parties::begin(&stage.site).await?;
    let here = Desk::opens(&stage.browser, stage, &stage.url("/desk")).await?;
    let browser = stage.another("there").await?;
    let there = Desk::opens(&browser, stage, &stage.direct_url("/desk")).await?;
    here.types(F2).await?;
    there.state("Готов").await?;
    let number = parties.calls(QUEUE).await?;
    for desk in [here, there] {
        desk.state("Звонит").await?;
        desk.caller(&number).await?;
    }
    parties.phone_rings().await?;
    parties.phone("answers").await?;
    for desk in [here, there] {
        desk.state("Говорит").await?;
        desk.caller(&number).await?;
    }
    // Asked for at one, taken back at the other.
    there.types(&format!("{F4}2")).await?;
    here.reads("#desk-own", "После звонка: обед").await?;
    here.types(F2).await?;
    there.reads("#desk-own", "Телефон 1090").await?;
    there.0.types_with_shift(F8).await?;
    parties.caller(&number, "is-hung-up").await?;
    for desk in [here, there] {
        desk.state("Поствызов").await?;
    }
    there.types(F8).await?;
    for desk in [here, there] {
        desk.0.until("the wrap-up is longer at both", LONGER, SOON).await?;
        desk.0.until("both say what is left of it, to the second", COUNTS_DOWN, SOON).await?;
    }
    let end = "document.querySelector('progress.drain').dataset.until";
    assert_eq!(here.0.says(end).await?, there.0.says(end).await?, "both count down to the same moment");
    here.types(&format!("{F4}2")).await?;
    for desk in [here, there] {
        desk.state("Обед").await?;
        desk.lists(&number).await?;
        desk.complains_of_nothing().await?;
    }
    agree(here, there).await?;
    browser.closes().await
}

/// Waits until both have the same calls: two pages are never read in one moment.
async fn agree(here: Desk<'_>, there: Desk<'_>) -> Outcome {
    let began = Instant::now();
    loop {
        let (one, other) = (here.text("#desk-mine").await?, there.text("#desk-mine").await?);
        if one == other {
            return Ok(());
        }
        assert!(began.elapsed() < SOON, "both have the same calls, not {one:?} here and {other:?} there");
        sleep(AGAIN).await;
    }
}

/// A phone that nobody answers: the agent takes no more calls, and is told how to; the caller rings again.
pub async fn missed(stage: &Stage) -> Outcome {
    let mut parties = Parties::begin(&stage.site).await?;
    let desk = Desk::opens(&stage.browser, stage, &stage.url("/desk")).await?;
    desk.types(F2).await?;
    desk.state("Готов").await?;
    desk.0.says(NOTES).await?;
    let number = parties.calls(SHORT_QUEUE).await?;
    parties.phone_rings().await?;
    desk.has_rung(&number).await?;
    parties.phone("is-hung-up").await?;
    desk.state("Не ответил").await?;
    desk.centre("Вы не ответили на звонок").await?;
    desk.centre("Если телефон 1090 слышно, нажмите «Готов».").await?;
    // The caller waits on, and the desk says so.
    desk.centre("1 ждёт").await?;
    desk.reads("#desk-mine", "Пропущенные сегодня").await?;
    desk.lists(&number).await?;
    desk.types(F2).await?;
    assert_eq!(parties.phone_rings().await?, number, "whoever is ready again is rung again");
    desk.state("Звонит").await?;
    parties.phone("answers").await?;
    desk.state("Говорит").await?;
    parties.caller(&number, "hangs-up").await?;
    desk.state("Готов").await?;
    desk.complains_of_nothing().await
}

/// Who looks at another tab reads in the title who calls, for as long as it rings.
pub async fn title(stage: &Stage) -> Outcome {
    let mut parties = Parties::begin(&stage.site).await?;
    let desk = Desk::opens(&stage.browser, stage, &stage.url("/desk")).await?;
    desk.types(F2).await?;
    desk.state("Готов").await?;
    let usual = stage.browser.titles().await?.pop().ok_or("no tab has a title")?;
    stage.browser.looks_away().await?;
    let number = parties.calls(QUEUE).await?;
    let rings = |title: &str| title.starts_with("Звонит: +7") && title.replace(|c: char| !c.is_ascii_digit(), "") == number;
    titled(stage, "who calls", rings).await?;
    parties.phone_rings().await?;
    parties.phone("answers").await?;
    titled(stage, "the desk, as usual", |title| title == usual).await?;
    stage.browser.looks_back().await?;
    desk.state("Говорит").await?;
    desk.caller(&number).await?;
    parties.caller(&number, "hangs-up").await?;
    desk.state("Поствызов").await
}

/// Waits until one of the tabs is titled so.
async fn titled(stage: &Stage, what: &str, fits: impl Fn(&str) -> bool) -> Outcome {
    let began = Instant::now();
    loop {
        let titles = stage.browser.titles().await?;
        if titles.iter().any(|title| fits(title)) {
            return Ok(());
        }
        if began.elapsed() > SOON {
            return Err(format!("no tab says {what}; they say {titles:?}").into());
        }
        sleep(AGAIN).await;
    }
}
