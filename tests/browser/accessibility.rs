//! axe-core on every sample of every page: WCAG 2.2 AA and what is good practice, in both languages and both themes, and on a
//! phone; and whether all that a keyboard reaches can be seen then. `cargo lab test accessibility`, or, where axe-core is
//! installed (`npm ci` here):
//! `CALLSYNC_TEST_AXE=tests/browser/node_modules/axe-core/axe.min.js cargo test -p browser --test accessibility [SAMPLE]`.

mod samples;

use std::process::ExitCode;
use std::time::Instant;

use browser::chromium::Outcome;
use samples::{Findings, Look, Tab};
use views::Lang;

const RUN: &str = include_str!("scripts/axe.js");
/// What a keyboard reaches must be seen.
const FOCUS: &str = include_str!("scripts/focus.js");

static LOOKS: [Look; 5] = [
    Look { width: 1280, theme: "light", lang: Lang::Ru },
    Look { width: 1280, theme: "dark", lang: Lang::Ru },
    Look { width: 1280, theme: "light", lang: Lang::En },
    Look { width: 1280, theme: "dark", lang: Lang::En },
    Look { width: 390, theme: "light", lang: Lang::Ru },
];

#[tokio::main]
async fn main() -> ExitCode {
    let Ok(axe) = std::env::var("CALLSYNC_TEST_AXE") else {
        println!("accessibility: no sample was looked at, for CALLSYNC_TEST_AXE does not say where axe-core is");
        return ExitCode::SUCCESS;
    };
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    match look_at_all(&axe, &wanted).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("accessibility ... FAILED\n    {error}");
            ExitCode::FAILURE
        }
    }
}

/// The looks in which the `n`-th sample is looked at: all, or every day one of them in turn.
fn looks(n: usize, everyday: bool) -> &'static [Look] {
    let turn = n % LOOKS.len();
    if everyday { &LOOKS[turn..=turn] } else { &LOOKS }
}

/// Whether nothing was found.
async fn look_at_all(axe: &str, wanted: &[String]) -> Outcome<bool> {
    let source = std::fs::read_to_string(axe).map_err(|why| format!("axe-core at {axe}: {why}"))?;
    let tab = Tab::open(wanted).await?;
    tab.browser.begins_pages_with(&source).await?;
    tab.notices(RUN, &["color-contrast", "html-has-lang"]).await?;
    tab.notices(FOCUS, &["focus-obscured"]).await?;
    let mut all = Findings::default();
    let everyday = std::env::var_os("CALLSYNC_TEST_EVERYDAY").is_some();
    for (n, name) in tab.names.iter().enumerate() {
        let (began, before) = (Instant::now(), all.count());
        for look in looks(n, everyday) {
            let mut found = tab.shows(name, *look).await?;
            found.extend(tab.found_by(RUN).await?);
            found.extend(tab.found_by(FOCUS).await?);
            all.add(&look.picture(name), found);
        }
        match all.count() - before {
            0 => println!("accessibility::{name} ... ok ({:.1} s)", began.elapsed().as_secs_f32()),
            _ => println!("accessibility::{name} ... FAILED"),
        }
    }
    println!("findings: {}; cargo lab shots DIR draws the pictures that are named here", all.count());
    all.say();
    tab.browser.closes().await?;
    Ok(all.count() == 0 && !tab.names.is_empty())
}
