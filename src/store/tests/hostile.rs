//! Texts from the wire that nobody expects: they are booked, on both databases alike, and nothing sticks.

use model::{Actor, Email, Fact, LegId, PersonName, Phone, ServerId, TheirLeg};
use uuid::Uuid;

use super::books::{QUEUE, call, numbered};
use super::stand::on_both;
use super::{agent, at, queue};
use crate::users::{NewUser, PasswordHash};
use crate::{agents, books, calls, queues, settings, users};

/// A NUL character, SQL, quotes, JSON, characters of four bytes, a right-to-left override, control characters.
const TEXTS: &[&str] = &[
    "a\0b",
    "\0",
    "'; DROP TABLE calls; --",
    "\"\\u0000\\\\",
    "{\"a\":[1,null]}",
    "😀𝔘🇷🇺👩‍👩‍👧",
    "\u{202e}abc\u{feff}\u{fffe}\u{10ffff}",
    "\u{1}\u{7f}\r\n\t\u{85}",
    "$1 ?1 :a @b %s",
    "",
];

fn kept(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[tokio::test]
async fn the_books_take_every_text_and_keep_it_as_it_was_but_for_nul() {
    on_both(|stand| async move {
        for (n, text) in (0..).zip(TEXTS) {
            let leg = LegId::Theirs(TheirLeg { server: ServerId(1), id: (*text).to_owned() });
            let fact = Fact::CallEntered { call: call(n), leg, queue: QUEUE, number: Some(Phone::new(*text)), entered: at(0) };
            let failed = Fact::OrderFailed { order: (*text).to_owned(), why: (*text).to_owned() };
            let first = u64::try_from(n).unwrap() * 2 + 1;
            assert_eq!(
                books::apply(&stand.db, &numbered(first, vec![(0, fact), (1, failed)])).await.unwrap().booked,
                2,
                "{text:?}"
            );
            let story = calls::story(&stand.db, call(n)).await.unwrap().unwrap();
            assert_eq!((story.call.leg, story.call.number), (kept(text), Some(Phone::new(kept(text)))));
            let Some(Fact::CallEntered { number, .. }) = &story.facts[0].fact else { panic!("{:?}", story.facts) };
            assert_eq!(*number, Some(Phone::new(kept(text))));
        }
    })
    .await;
}

#[tokio::test]
async fn a_very_long_text_is_clipped_where_it_is_indexed_and_whole_in_its_fact() {
    on_both(|stand| async move {
        let long = "ж😀".repeat(500_000);
        let leg = LegId::Theirs(TheirLeg { server: ServerId(65_535), id: long.clone() });
        let fact = Fact::CallEntered { call: call(0), leg, queue: QUEUE, number: Some(Phone::new(long.clone())), entered: at(0) };
        books::apply(&stand.db, &numbered(1, vec![(0, fact)])).await.unwrap();
        let story = calls::story(&stand.db, call(0)).await.unwrap().unwrap();
        assert_eq!((story.call.leg.as_str(), story.call.server), ("ж😀".repeat(125).as_str(), ServerId(65_535)));
        let Some(Fact::CallEntered { number: Some(number), .. }) = &story.facts[0].fact else {
            panic!("{:?}", story.facts[0].kind)
        };
        assert!(number.expose() == long);
    })
    .await;
}

#[tokio::test]
async fn settings_and_users_take_what_people_type() {
    on_both(|stand| async move {
        let by = &Actor::CommandLine;
        for (n, text) in (700..).zip(TEXTS.iter().filter(|text| !text.trim().is_empty())) {
            let text = format!("x{text}x");
            queues::save(&stand.db, by, at(1), model::Queue { name: text.clone(), music: text.clone(), ..queue(n) })
                .await
                .unwrap();
            let named = model::Agent { name: PersonName::new(text.clone()), ..agent(n, &[n]) };
            agents::save(&stand.db, by, at(2), named.clone()).await.unwrap();
            let settings = settings::load(&stand.db).await.unwrap().settings;
            let (queue, agent) = (settings.queues.last().unwrap(), settings.agents.last().unwrap());
            assert_eq!((&queue.name, &queue.music), (&kept(&text), &kept(&text)));
            assert_eq!(agent.name, PersonName::new(kept(&text)));
            let endpoint = model::Endpoint { server: ServerId(1), name: text.clone() };
            let refused = agents::save(&stand.db, by, at(2), model::Agent { endpoint, ..named }).await;
            assert!(refused.is_err(), "a phone is no text that people type: {text:?}");
        }
        let new = |email: &str| NewUser {
            email: Email::new(email),
            name: PersonName::new("a\0b"),
            role: model::user::Role::Admin,
            agent: None,
        };
        let hash = PasswordHash("h".to_owned());
        let user = users::create(&stand.db, by, at(3), new("a'; --\0@b.c"), &hash).await;
        assert!(user.is_err(), "a blank in an address");
        let user = users::create(&stand.db, by, at(3), new("a\0'--@b.c"), &hash).await.unwrap();
        let found = users::of_email(&stand.db, &Email::new("A\0'--@B.C")).await.unwrap().unwrap();
        assert_eq!(found.user, user);
        assert!(users::create(&stand.db, by, at(4), new(&format!("{}@b.c", "a".repeat(5000))), &hash).await.is_err());
        assert!(users::find(&stand.db, model::UserId(Uuid::max())).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn the_ends_of_time_and_of_numbers_are_booked() {
    on_both(|stand| async move {
        let leg = LegId::Theirs(TheirLeg { server: ServerId(0), id: "1".to_owned() });
        let fact =
            Fact::CallEntered { call: call(0), leg, queue: QUEUE, number: None, entered: model::Timestamp::from_ms(i64::MIN) };
        let ended = Fact::CallEnded { call: call(0), outcome: model::Outcome::Abandoned, by: model::Side::Caller };
        let end = model::Timestamp::from_ms(i64::MAX);
        let last = u64::try_from(i64::MAX).unwrap();
        let entries = [(1, fact), (last, ended)].map(|(position, fact)| model::fact::BookEntry { position, at: end, fact });
        assert_eq!(books::apply(&stand.db, &entries).await.unwrap().missing, last - 2);
        let call = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
        assert_eq!((call.entered_at.as_ms(), call.ended_at), (i64::MIN, Some(end)));
        assert_eq!(books::position(&stand.db).await.unwrap(), last);
    })
    .await;
}
