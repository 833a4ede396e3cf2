//! A picture of every sample of every page in every look, and what is wrong with it: too wide, text that is cut off, too small
//! or covered. `cargo lab shots DIR [SAMPLE]`, or `CALLSYNC_TEST_SHOTS=DIR cargo test -p browser --test shots [SAMPLE]`.

mod samples;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use browser::chromium::Outcome;
use samples::{Findings, Look, Tab};
use views::Lang;

const LOOKS: &str = include_str!("scripts/looks.js");
/// A longer page is drawn to here.
const HIGHEST: u64 = 2000;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(folder) = std::env::var_os("CALLSYNC_TEST_SHOTS").map(PathBuf::from) else {
        println!("shots: no picture was taken, for CALLSYNC_TEST_SHOTS does not say where to keep them");
        return ExitCode::SUCCESS;
    };
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    match take_all(&folder, &wanted).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("shots: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing was found.
async fn take_all(folder: &Path, wanted: &[String]) -> Outcome<bool> {
    std::fs::create_dir_all(folder)?;
    let began = Instant::now();
    let tab = Tab::open(wanted).await?;
    tab.notices(LOOKS, &["wide", "cut", "small", "covered"]).await?;
    let mut all = Findings::default();
    let mut pictures = 0;
    for name in &tab.names {
        for look in looks() {
            let mut found = tab.shows(name, look).await?;
            let whole = tab.browser.says("document.documentElement.scrollHeight").await?.as_u64().unwrap_or_default();
            let seen = tab.browser.says("window.innerHeight").await?.as_u64().unwrap_or_default();
            tab.browser.sized(look.width, u32::try_from(whole.max(seen).min(HIGHEST))?).await?;
            found.extend(tab.found_by(LOOKS).await?);
            let picture = look.picture(name);
            std::fs::write(folder.join(&picture), tab.browser.picture().await?)?;
            all.add(&picture, found);
            pictures += 1;
        }
    }
    all.say();
    let took = began.elapsed().as_secs();
    println!("shots: {pictures} pictures in {} within {took} s, {} findings", folder.display(), all.count());
    tab.browser.closes().await?;
    Ok(all.count() == 0 && pictures > 0)
}

fn looks() -> impl Iterator<Item = Look> {
    let widths = [1280, 390].into_iter();
    let themed = widths.flat_map(|width| ["light", "dark"].map(|theme| (width, theme)));
    themed.flat_map(|(width, theme)| Lang::ALL.map(|lang| Look { width, theme, lang }))
}
