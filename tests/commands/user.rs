//! `callsync user`.

use super::Site;

const ADD: [&str; 8] = ["user", "add", "--email", "anna@example.org", "--name", "Анна", "--role", "supervisor"];

#[test]
fn a_user_is_added_and_changed_by_the_same_command() {
    let site = Site::new();
    for password in ["the first password\n", "the second password\n"] {
        let said = site.run(&ADD, password);
        assert!(said.well, "{said:?}");
    }
    let doctor = site.run(&["doctor"], "");
    assert!(doctor.out.contains("1 users can sign in"), "{doctor:?}");
}

#[test]
fn a_short_password_is_refused() {
    let site = Site::new();
    let said = site.run(&ADD, "short\n");
    assert!(!said.well);
    assert!(said.err.contains("fewer than 12 characters"), "{said:?}");
}

#[test]
fn a_role_that_does_not_exist_is_refused() {
    let site = Site::new();
    let mut line = ADD;
    line[7] = "root";
    let said = site.run(&line, "a long enough password\n");
    assert!(!said.well);
    assert!(said.err.contains("operator, supervisor, admin"), "{said:?}");
}

#[test]
fn an_address_that_is_none_is_refused() {
    let site = Site::new();
    let mut line = ADD;
    line[3] = "anna";
    assert!(!site.run(&line, "a long enough password\n").well);
}
