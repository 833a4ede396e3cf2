//! What the parts of forms and lists do by script, and what they do without any: on the gallery's own samples.
//! `cargo lab test accessibility` plays it, or `CALLSYNC_TEST_PARTS=yes cargo test -p browser --test parts`.

#[expect(dead_code, reason = "what is wrong with how pages look is for the other tests of samples")]
mod samples;

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use browser::chromium::Outcome;
use futures_util::FutureExt;
use samples::{Look, Tab};
use serde_json::json;
use views::Lang;

type Playing<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;
type Trial = (&'static str, fn(&Tab) -> Playing<'_>);

const TRIALS: [Trial; 5] = [
    ("rows_are_picked_counted_and_let_go", |tab| Box::pin(picked(tab))),
    ("shift_picks_from_one_row_to_another", |tab| Box::pin(shifted(tab))),
    ("a_form_counts_what_differs_from_what_is_kept_and_compares_it", |tab| Box::pin(changed(tab))),
    ("a_file_that_does_not_fit_is_refused_before_it_is_sent", |tab| Box::pin(filed(tab))),
    ("without_script_every_bar_and_control_is_there", |tab| Box::pin(scriptless(tab))),
];

const SOON: Duration = Duration::from_secs(20);
const RUSSIAN: Look = Look { width: 1280, theme: "light", lang: Lang::Ru };
const BULK_BAR: &str = "document.querySelector('.bulk .act-bar')";
const SAVE_BAR: &str = "document.querySelector('.save-bar')";

#[tokio::main]
async fn main() -> ExitCode {
    if std::env::var_os("CALLSYNC_TEST_PARTS").is_none() {
        println!("parts: 0 of {} trials were run, for CALLSYNC_TEST_PARTS is not set", TRIALS.len());
        return ExitCode::SUCCESS;
    }
    match play_all().await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            println!("parts ... FAILED\n    {error}");
            ExitCode::FAILURE
        }
    }
}

/// How many failed.
async fn play_all() -> Outcome<usize> {
    let tab = Tab::open(&["gallery".to_owned()]).await?;
    let mut failed = 0;
    for (name, trial) in TRIALS {
        let began = Instant::now();
        let played = AssertUnwindSafe(trial(&tab)).catch_unwind().await;
        match played.unwrap_or_else(|_| Err("an assertion failed, see above".into())) {
            Ok(()) => println!("parts::{name} ... ok ({:.1} s)", began.elapsed().as_secs_f32()),
            Err(error) => {
                failed += 1;
                println!("parts::{name} ... FAILED\n        {error}");
            }
        }
    }
    tab.browser.closes().await?;
    Ok(failed)
}

/// Shows the gallery anew; the browser complains of nothing.
async fn gallery(tab: &Tab) -> Outcome {
    let found = tab.shows("gallery", RUSSIAN).await?;
    if found.is_empty() { Ok(()) } else { Err(format!("{found:?}").into()) }
}

/// Waits until a bar is seen with these words, or with none is gone.
async fn reads(tab: &Tab, bar: &str, words: Option<&str>) -> Outcome {
    let (what, script) = match words {
        Some(words) => (
            format!("{bar} reads {words}"),
            format!("{bar}.checkVisibility() && {bar}.querySelector('[role=status]').innerText.trim() === '{words}'"),
        ),
        None => (format!("{bar} is gone"), format!("!{bar}.checkVisibility()")),
    };
    tab.browser.until(&what, &script, SOON).await.map(drop)
}

async fn is(tab: &Tab, what: &str, script: &str) -> Outcome {
    tab.browser.until(what, script, SOON).await.map(drop)
}

async fn picked(tab: &Tab) -> Outcome {
    gallery(tab).await?;
    reads(tab, BULK_BAR, None).await?;
    tab.browser.presses(".bulk tbody tr:nth-child(2) .pick input").await?;
    reads(tab, BULK_BAR, Some("Выбрана 1 строка")).await?;
    is(tab, "some are picked, and not all", "document.querySelector('[data-all]').indeterminate").await?;
    tab.browser.presses("[data-all]").await?;
    reads(tab, BULK_BAR, Some("Выбрано 9 строк")).await?;
    let sent = "new FormData(document.querySelector('.bulk')).getAll('row').join() === '0,1,2,3,4,5,6,7,8'";
    is(tab, "all of them would be sent", sent).await?;
    tab.browser.presses(".bulk .act-bar [type=reset]").await?;
    reads(tab, BULK_BAR, None).await?;
    let none = "!document.querySelector('[data-all]').checked && !document.querySelector('[data-all]').indeterminate";
    is(tab, "the box of all is empty too", none).await
}

async fn shifted(tab: &Tab) -> Outcome {
    gallery(tab).await?;
    tab.browser.presses(".bulk tbody tr:nth-child(3) .pick input").await?;
    let click = "document.querySelector('.bulk tbody tr:nth-child(7) .pick input').dispatchEvent(\
        new MouseEvent('click', { bubbles: true, cancelable: true, shiftKey: true }))";
    tab.browser.says(click).await?;
    reads(tab, BULK_BAR, Some("Выбрано 5 строк")).await
}

async fn changed(tab: &Tab) -> Outcome {
    gallery(tab).await?;
    reads(tab, SAVE_BAR, Some("2 изменения")).await?;
    tab.browser.chooses("#queue-strategy", "У кого меньше звонков").await?;
    reads(tab, SAVE_BAR, Some("3 изменения")).await?;
    tab.browser.presses(".save-bar .compare").await?;
    is(tab, "what changes is compared", "document.getElementById('queue-compared').matches(':modal')").await?;
    let rows = "[...document.querySelectorAll('.changes tbody tr')].map((row) => \
        [...row.cells].map((cell) => cell.textContent.trim()).join(' | ')).join('\\n')";
    let compared = "Название очереди | Продажи | —\nЗвонить оператору | 20 секунд | 900 секунд\n\
                    Кому звонить первым | Кто дольше свободен | У кого меньше звонков";
    assert_eq!(tab.browser.says(rows).await?.as_str(), Some(compared));
    tab.browser.presses("#queue-compared [data-dismiss]").await?;
    tab.browser.presses(".save-bar [type=reset]").await?;
    reads(tab, SAVE_BAR, Some("2 изменения")).await?;
    // What is typed back to what is kept is no change.
    tab.browser.types("#queue-name", "Продажи").await?;
    reads(tab, SAVE_BAR, Some("1 изменение")).await?;
    tab.browser.types("#queue-ring", "20").await?;
    reads(tab, SAVE_BAR, None).await?;
    tab.browser.says("(document.getElementById('queue-hears-1').click(), true)").await?;
    reads(tab, SAVE_BAR, Some("1 изменение")).await?;
    tab.browser.says("(document.getElementById('queue-hears').click(), true)").await?;
    reads(tab, SAVE_BAR, None).await
}

async fn filed(tab: &Tab) -> Outcome {
    gallery(tab).await?;
    let choose = |name: &str, bytes: u32| {
        format!(
            "(() => {{ const chosen = new DataTransfer(); const input = document.getElementById('file-empty'); \
             chosen.items.add(new File([new Uint8Array({bytes})], '{name}')); input.files = chosen.files; \
             return input.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
        )
    };
    let error = "document.getElementById('file-empty-error')";
    let input = "document.getElementById('file-empty')";
    tab.browser.says(&choose("hello.docx", 10)).await?;
    let told = format!(
        "{error}.innerText.includes('Подойдут только WAV, MP3') && {input}.getAttribute('aria-invalid') === 'true' \
         && {input}.getAttribute('aria-describedby').split(' ')[0] === {error}.id && !{input}.validity.valid"
    );
    is(tab, "a file of another kind is refused", &told).await?;
    tab.browser.says(&choose("long.wav", 11 * 1024 * 1024)).await?;
    is(tab, "a file that is too large is refused", &format!("{error}.innerText.includes('Файл больше')")).await?;
    tab.browser.says(&choose("short.WAV", 300 * 1024)).await?;
    let well = format!(
        "{error}.hidden && {input}.validity.valid && !{input}.hasAttribute('aria-invalid') && \
         {input}.parentElement.innerText.replace(/\\s+/g, ' ').includes('short.WAV 300 кБ')"
    );
    is(tab, "a file that fits is named", &well).await
}

async fn scriptless(tab: &Tab) -> Outcome {
    tab.browser.asks("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
    let seen = seen_without_script(tab).await;
    tab.browser.asks("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await?;
    seen
}

async fn seen_without_script(tab: &Tab) -> Outcome {
    gallery(tab).await?;
    is(tab, "the form can be saved", &format!("{SAVE_BAR}.querySelector('[type=submit]').checkVisibility()")).await?;
    let shown = "getComputedStyle(document.getElementById('file-empty')).opacity === '1'";
    is(tab, "the browser's own control for files is seen", shown).await?;
    reads(tab, BULK_BAR, None).await?;
    tab.browser.presses(".bulk tbody tr:nth-child(2) .pick input").await?;
    reads(tab, BULK_BAR, Some("Выбранные строки")).await
}
