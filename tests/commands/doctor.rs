//! `callsync doctor`.

use super::{DEMO, Site};

#[test]
fn every_complaint_comes_with_its_cure() {
    let site = Site::new();
    let said = site.run(&["doctor"], "");
    assert!(!said.well);
    assert!(said.out.contains("callsync migrate"), "{said:?}");
    assert!(said.out.contains("127.0.0.1:1"), "it names the Asterisk that does not answer: {said:?}");
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
