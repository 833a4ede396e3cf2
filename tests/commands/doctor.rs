//! `callsync doctor`.

use super::{DEMO, Site};

#[test]
fn every_complaint_comes_with_its_cure() {
    let site = Site::new();
    let said = site.run(&["doctor"], "");
    assert!(!said.well);
    assert!(said.out.contains("callsync migrate"), "{said:?}");
    assert!(said.out.contains("WRONG  nothing answers at http://127.0.0.1:1 ("), "it names the Asterisk: {said:?}");
    assert!(said.out.contains("is Asterisk running"), "and what to look at: {said:?}");
    let wrong = said.out.lines().filter(|line| line.contains("WRONG")).count();
    assert!(said.out.contains(&format!("{wrong} of these must be mended")), "{said:?}");
}

#[test]
fn what_is_in_order_is_said_too() {
    let site = Site::new();
    assert!(site.import(&site.write("demo.json", DEMO)).well);
    let said = site.run(&["doctor"], "");
    assert!(said.out.contains("ok     the settings hold 1 queues and 1 agents"), "{said:?}");
    assert!(said.out.contains("ok     1 users can sign in"), "{said:?}");
}

#[test]
fn no_password_is_ever_shown() {
    let site = Site::new();
    let said = site.run(&["doctor"], "");
    assert!(!said.out.contains("unused-secret") && !said.err.contains("unused-secret"));
}

#[test]
fn looking_makes_nothing() {
    let site = Site::new();
    let said = site.run(&["doctor"], "");
    assert!(said.out.contains("is not there yet"), "{said:?}");
    assert!(!site.folder.join("data").exists(), "the doctor may be another user than the program");
}

#[test]
fn what_is_made_is_nobody_elses_to_read() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::new();
    assert!(site.run(&["migrate"], "").well);
    for path in [site.folder.join("data"), site.folder.join("data/callsync.db")] {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} is open to others: {mode:o}", path.display());
    }
}

#[test]
fn an_application_whose_name_cannot_stand_in_asterisks_names_is_refused() {
    let site = Site::new();
    let config = std::fs::read_to_string(site.folder.join("callsync.toml")).expect("it was written");
    for app in ["", "a,b", "a b", "приём"] {
        site.write("callsync.toml", &format!("{config}app = \"{app}\"\n"));
        let said = site.run(&["doctor"], "");
        assert!(!said.well && said.err.contains("letters, digits"), "{app:?}: {said:?}");
    }
}
