//! Every sample is drawn, and what must never stand in a page is looked for.

use std::path::PathBuf;

use super::{LONG_NAME, LONG_QUEUE, all};
use crate::assets;
use crate::words::Lang;

#[test]
fn every_sample_is_drawn_whole_in_both_languages() {
    for lang in Lang::ALL {
        for (name, page) in all(lang) {
            assert!(page.starts_with("<!DOCTYPE html><html lang="), "{name}");
            assert!(page.ends_with("</html>"), "{name}");
            assert!(!page.contains("Unknown localization"), "{name} lacks a word in {lang:?}");
        }
    }
}

#[test]
fn no_page_holds_script_or_style_that_the_policy_forbids() {
    for (name, page) in Lang::ALL.into_iter().flat_map(all) {
        assert!(!page.contains(" style="), "{name}");
        assert!(!page.contains("<style"), "{name}");
        for script in page.split("<script").skip(1) {
            assert!(script.split('>').next().unwrap().contains(" src=\"/assets/"), "{name}");
        }
        for event in ["onclick", "onload", "onerror", "hx-on", "javascript:"] {
            assert!(!page.contains(&format!(" {event}")), "{name} has {event}");
        }
    }
}

/// Whether a page shows what people typed: names of people and queues.
fn typed(name: &str) -> bool {
    ["live-", "desk", "account", "gallery", "health-"].into_iter().any(|page| name.starts_with(page))
}

#[test]
fn english_pages_hold_no_russian_but_what_people_typed() {
    for (name, page) in all(Lang::En).into_iter().filter(|(name, _)| !typed(name)) {
        let page = page.replace("Русский", "");
        assert!(!page.chars().any(|c| ('а'..='я').contains(&c)), "{name}");
    }
}

#[test]
fn a_script_for_a_number_is_shown_as_text() {
    let (_, page) = sample("live-day");
    assert!(!page.contains("<script>alert"));
    assert!(page.contains("&lt;script&gt;alert(1)"));
}

#[test]
fn whoever_sees_numbers_masked_sees_no_middle() {
    let (_, whole) = sample("live-day");
    let (_, masked) = sample("live-masked");
    assert!(whole.contains("345-67-89"));
    assert!(!masked.contains("345-67-89"));
    assert!(masked.contains("•••-••-89"));
}

#[test]
fn long_names_stand_there_whole_for_whoever_points_at_them() {
    let (_, page) = sample("live-day");
    assert!(page.contains(&format!("title=\"{LONG_NAME}\"")));
    assert!(page.contains(&format!("title=\"{LONG_QUEUE}\"")));
}

#[test]
fn the_service_level_says_for_how_long_it_was_counted() {
    let (_, page) = sample("live-day");
    let counted = page.split("title=\"Считается с начала дня\">").nth(1).unwrap();
    let counted = counted.split("</span>").next().unwrap();
    assert!(counted.starts_with("за <time ") && counted.ends_with(">7:12:44</time>"), "{counted}");
}

#[test]
fn calls_in_the_backup_queue_are_shown_only_while_there_are_any_and_masked_for_whom_they_must_be() {
    let (_, day) = sample("live-day");
    assert!(day.contains("<section class=\"fallback\" id=\"fallback\" aria-labelledby=\"fallback-title\" hidden></section>"));
    let (_, back) = sample("live-back");
    assert!(back.contains("В резервной очереди Asterisk: 3"));
    assert!(back.contains("345-67-89") && back.contains("<td class=\"agent\">1002</td>") && back.contains(">3:07</time>"));
    assert!(!back.contains("<script>alert"));
    assert!(!sample("live-back-masked").1.contains("345-67-89"));
}

#[test]
fn an_agent_who_is_offered_no_calls_says_why() {
    let (_, page) = sample("live-back");
    for (name, word) in [
        ("fallback-call", "резервная очередь"),
        ("private-call", "личный звонок"),
        ("clearing", "линия освобождается"),
        ("resting", "пауза телефона"),
    ] {
        let row = page.split(&format!("data-blocked=\"{name}\"")).nth(1).unwrap().split("</tr>").next().unwrap();
        assert!(row.contains("Готов") && row.contains(word), "{row}");
    }
    assert!(!sample("live-day").1.contains("data-blocked"));
    for (word, icon) in [("Обучение", "graduation-cap"), ("Совещание", "users"), ("Занято", "phone-off")] {
        assert!(page.contains(&format!("<use href=\"#icon-{icon}\"></use></svg>{word}</span>")), "{word}");
    }
}

#[test]
fn the_health_of_the_system_is_said_in_one_sentence() {
    assert!(sample("health-day").1.contains("Всё в пределах нормы"));
    assert!(sample("health-empty").1.contains("Не хватает: Asterisk<"));
    let (_, wrong) = sample("health-wrong");
    assert!(wrong.contains("Не хватает: Asterisk, AMI, Учёт<"), "what is missing goes before what is slow");
    assert_eq!(wrong.matches("class=\"figure late\"").count(), 4);
}

#[test]
fn each_id_is_there_once() {
    for (name, page) in all(Lang::Ru) {
        let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}");
    }
}

/// For designers: `CALLSYNC_SAMPLES=DIR cargo test -p views samples` writes the pages and their files, to be opened from there.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test is told by the environment where to write")]
fn samples_can_be_opened_as_files() {
    let Ok(folder) = std::env::var("CALLSYNC_SAMPLES") else { return };
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).unwrap();
    for asset in assets::ALL {
        let local = String::from_utf8_lossy(asset.bytes);
        let linked =
            assets::ALL.iter().fold(local.into_owned(), |text, other| text.replace(other.url, &format!("./{}", other.name)));
        if asset.mime.starts_with("font/") {
            std::fs::write(folder.join(asset.name), asset.bytes).unwrap();
        } else {
            std::fs::write(folder.join(asset.name), linked).unwrap();
        }
    }
    for lang in Lang::ALL {
        for (name, page) in all(lang) {
            let page = assets::ALL.iter().fold(page, |page, asset| page.replace(asset.url, asset.name));
            std::fs::write(folder.join(format!("{name}-{}.html", lang.code())), page).unwrap();
        }
    }
}

fn sample(name: &str) -> (String, String) {
    all(Lang::Ru).into_iter().find(|(known, _)| known == name).unwrap()
}
