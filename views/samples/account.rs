//! What is the reader's own, and what pages are made of.

use model::user::Role;
use model::{Email, PersonName, Span, Viewer};

use super::{AT, LONG_NAME, frame};
use crate::account::{Account, Asked, Session};
use crate::frame::SignedIn;
use crate::gallery::Gallery;
use crate::words::Lang;

/// The account in its states.
pub(super) fn pages(lang: Lang) -> [(&'static str, Account); 3] {
    let account = |name: &str, role, sessions, password| Account {
        frame: frame(lang, "/account"),
        who: who(name, role),
        email: Viewer::Whole.show(&Email::new("a.ilina@example.org")),
        sessions,
        password,
    };
    let session = |ago: i64, here| Session { began: AT - Span::from_secs(ago), seen: AT - Span::from_secs(ago / 9), here };
    let several = vec![session(900, true), session(86_000, false), session(500_000, false)];
    [
        ("account", account("Анна Ильина", Role::Operator, several.clone(), None)),
        ("account-wrong", account(LONG_NAME, Role::Admin, several, Some(Asked::Wrong))),
        ("account-changed", account("Анна Ильина", Role::Supervisor, vec![session(5, true)], Some(Asked::Changed))),
    ]
}

/// The gallery.
pub(super) fn gallery(lang: Lang) -> Gallery {
    Gallery { frame: frame(lang, "/gallery"), who: who("Мария Соколова", Role::Admin), at: AT }
}

fn who(name: &str, role: Role) -> SignedIn {
    SignedIn { name: Viewer::Whole.show(&PersonName::new(name)), role, agent: true }
}
