//! Pages with something in them, for tests and shots: empty, one, many, wrong, and the longest names that we know of.

mod account;
mod desk;
mod health;
mod live;

use jiff::tz::{TimeZone, offset};
use model::Timestamp;

pub use live::boards;

use crate::error::{ErrorPage, Kind};
use crate::frame::{Frame, Theme};
use crate::login::{Login, Refusal};
use crate::words::Lang;

/// A page under the name of what it shows.
pub type Sample = (String, String);

/// When the samples play.
pub const AT: Timestamp = Timestamp::from_ms(1_795_269_727_000);

/// The longest names: of a person, and of a queue.
const LONG_NAME: &str = "Константинопольская-Рождественская Александра Владимировна";
const LONG_QUEUE: &str = "Сопровождение юридических лиц и муниципалитетов";

/// All pages in all their states.
#[must_use]
pub fn all(lang: Lang) -> Vec<Sample> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: &dyn maud::Render| pages.push((name.to_owned(), page.render().into_string()));
    for (name, page) in logins(lang) {
        add(name, &page);
    }
    for (name, page) in account::pages(lang) {
        add(name, &page);
    }
    for (name, page) in health::pages(lang) {
        add(name, &page);
    }
    add("gallery", &account::gallery(lang));
    for kind in Kind::ALL {
        add(&format!("error-{}", kind.status()), &ErrorPage { frame: frame(lang, "/"), kind });
    }
    for (name, page) in live::pages(lang) {
        add(name, &page);
    }
    desk::desks(lang).iter().for_each(|(name, page)| add(name, page));
    desk::none(lang).iter().for_each(|(name, page)| add(name, page));
    pages
}

fn frame(lang: Lang, path: &str) -> Frame {
    Frame { lang, theme: Theme::System, zone: moscow(), path: path.to_owned() }
}

/// The zone of the samples: Moscow's, which has had one offset since 2014.
fn moscow() -> TimeZone {
    TimeZone::fixed(offset(3))
}

fn logins(lang: Lang) -> [(&'static str, Login); 4] {
    let login = |email: &str, refusal, exposed| Login {
        frame: frame(lang, "/login"),
        email: email.to_owned(),
        next: "/live".to_owned(),
        refusal,
        exposed,
    };
    [
        ("login", login("", None, false)),
        ("login-wrong", login("a.ilina@example.org", Some(Refusal::Wrong), false)),
        ("login-too-many", login("a.ilina@example.org", Some(Refusal::TooMany(61)), true)),
        ("login-empty", login("", Some(Refusal::Empty), true)),
    ]
}

fn id(kind: u8, n: u32) -> uuid::Uuid {
    uuid::Uuid::from_u128(u128::from(kind) << 64 | u128::from(n))
}

#[cfg(test)]
mod tests;
