//! `callsync import`.

use super::{DEMO, Site};

#[test]
fn a_file_can_be_imported_twice() {
    let site = Site::new();
    let file = site.write("demo.json", DEMO);
    for done in ["3 added, 0 changed", "0 added, 0 changed"] {
        let said = site.import(&file);
        assert!(said.well, "{said:?}");
        assert_eq!(said.out, format!("read 1 queues, 1 agents, 1 users: {done}\n"));
    }
}

#[test]
fn a_file_that_contradicts_itself_is_refused_whole() {
    let site = Site::new();
    let file = site.write("bad.json", &DEMO.replace("\"queues\":[\"700\"]", "\"queues\":[\"701\"]"));
    let said = site.import(&file);
    assert!(!said.well);
    assert!(said.err.contains("701"), "the error names what is wrong: {said:?}");
    let doctor = site.run(&["doctor"], "");
    assert!(doctor.out.contains("there are no queues"), "nothing of it was kept: {doctor:?}");
}

#[test]
fn a_file_that_is_no_json_is_refused_with_its_place() {
    let site = Site::new();
    let file = site.write("bad.json", "{\"queues\": [}");
    let said = site.import(&file);
    assert!(!said.well);
    assert!(said.err.contains("line 1"), "{said:?}");
}

#[test]
fn a_misspelt_key_in_the_configuration_is_named() {
    let site = Site::new();
    let config = std::fs::read_to_string(site.folder.join("callsync.toml")).unwrap();
    site.write("callsync.toml", &format!("listne = \"127.0.0.1:1\"\n{config}"));
    let said = site.run(&["migrate"], "");
    assert!(!said.well);
    assert!(said.err.contains("no key \"listne\""), "{said:?}");
}

#[test]
fn a_desk_that_would_vanish_between_two_signs_of_life_is_refused() {
    let site = Site::new();
    let config = std::fs::read_to_string(site.folder.join("callsync.toml")).unwrap();
    for (seconds, well) in [(0, true), (1, false), (24, false), (25, true)] {
        site.write("callsync.toml", &format!("desk_gone_s = {seconds}\n{config}"));
        let said = site.run(&["migrate"], "");
        assert_eq!(said.well, well, "{said:?}");
        assert!(well || said.err.contains(&format!("desk_gone_s is {seconds}")), "{said:?}");
    }
}
