//! The import: twice is once, and all or nothing.

use model::queue::{Capacity, Limit, Overflow, Strategy, WayOut};
use model::user::Role;
use model::{Actor, Email, ServerId, Settings, Span, Timing};

use super::at;
use super::stand::{Stand, on_both};
use crate::import::{Document, Hasher, Report};
use crate::users::PasswordHash;
use crate::{Error, audit, import, settings, users};

/// The document of the contract.
const DOCUMENT: &str = r#"{
    "queues": [
        {"number":"700","name":"Продажи","music":"default","ring_timeout_s":15,"wrap_up_s":5,
         "service_level":{"percent":80,"within_s":20}},
        {"number":"701","name":"Поддержка"}
    ],
    "agents": [{"name":"Анна Ильина","endpoint":"1001","queues":["700","701"],"ready_on_register":true}],
    "users": [
        {"email":"admin@example.org","name":"Админ","role":"admin","password":"correct horse"},
        {"email":"anna@example.org","name":"Анна Ильина","role":"operator","password":"battery staple","agent":"1001"}
    ]
}"#;

struct Reversed;

impl Hasher for Reversed {
    fn hash(&self, password: &str) -> Result<PasswordHash, String> {
        if password.len() < 3 { Err("is too short".to_owned()) } else { Ok(PasswordHash(password.chars().rev().collect())) }
    }

    fn matches(&self, password: &str, hash: &PasswordHash) -> bool {
        self.hash(password).as_ref() == Ok(hash)
    }
}

async fn apply(stand: &Stand, ms: i64, json: &str) -> Result<Report, Error> {
    let document: Document = serde_json::from_str(json).unwrap();
    import::apply(&stand.db, &document, ServerId(1), &Actor::CommandLine, at(ms), &Reversed).await
}

#[tokio::test]
async fn a_document_imported_twice_changes_nothing_the_second_time() {
    on_both(|stand| async move {
        assert_eq!(apply(&stand, 1, DOCUMENT).await.unwrap(), Report { created: 5, changed: 0 });
        let before = settings::load(&stand.db).await.unwrap();
        assert_eq!(apply(&stand, 2, DOCUMENT).await.unwrap(), Report::default());
        assert_eq!(settings::load(&stand.db).await.unwrap(), before);
        assert_eq!(audit::latest(&stand.db, 99).await.unwrap().len(), 5);
        let sales = &before.settings.queues[0];
        assert_eq!((sales.ring_timeout, sales.wrap_up), (Span::from_secs(15), Span::from_secs(5)));
        let anna = &before.settings.agents[0];
        assert_eq!((anna.endpoint.server, anna.queues.len(), anna.ready_on_register), (ServerId(1), 2, true));
        let user = users::of_email(&stand.db, &Email::new("anna@example.org")).await.unwrap().unwrap();
        assert_eq!((user.user.agent, user.user.role), (Some(anna.id), Role::Operator));
        assert_eq!(user.password.0, "elpats yrettab");
    })
    .await;
}

#[tokio::test]
async fn what_a_document_does_not_say_stays_as_it_is() {
    on_both(|stand| async move {
        apply(&stand, 1, DOCUMENT).await.unwrap();
        let changes = r#"{"queues":[{"number":"701","name":"Помощь","wrap_up_s":0}],
            "agents":[{"name":"Анна Ильина","endpoint":"1001","queues":["701","701"]}],
            "users":[{"email":"ANNA@example.org","name":"Анна","role":"supervisor"},
                     {"email":"admin@example.org","name":"Админ","role":"admin","password":"new one"}]}"#;
        assert_eq!(apply(&stand, 2, changes).await.unwrap(), Report { created: 0, changed: 4 });
        let settings = settings::load(&stand.db).await.unwrap().settings;
        assert_eq!((settings.queues.len(), settings.agents.len()), (2, 1));
        let help = &settings.queues[1];
        assert_eq!((help.name.as_str(), help.wrap_up, help.ring_timeout), ("Помощь", Span::ZERO, Span::from_secs(15)));
        assert_eq!(settings.agents[0].queues, [help.id]);
        assert!(settings.agents[0].ready_on_register);
        let anna = users::of_email(&stand.db, &Email::new("anna@example.org")).await.unwrap().unwrap();
        assert_eq!(
            (anna.user.role, anna.user.agent, anna.password.0.as_str()),
            (Role::Supervisor, Some(settings.agents[0].id), "elpats yrettab")
        );
        let admin = users::of_email(&stand.db, &Email::new("admin@example.org")).await.unwrap().unwrap();
        assert_eq!(admin.password.0, "eno wen");
    })
    .await;
}

/// Every document here begins well and goes wrong later.
const WRONG: &[(&str, &str)] = &[
    (r#"{"timing":{"rings_within_s":-1}}"#, "the timing rings_within must be from 0.5 to 30 seconds"),
    (r#"{"timing":{"guard_every_s":31}}"#, "the timing guard_every must be from 0 to 30 seconds"),
    (
        r#"{"queues":[{"number":"700","name":"A"}],"agents":[{"name":"A","endpoint":"1","queues":["709"]}]}"#,
        r#"the agent at endpoint "1" serves queue "709", which does not exist"#,
    ),
    (
        r#"{"queues":[{"number":"700","name":"A","overflow":{"full":{"waiting":1,"to":{"queue":"709"}}}}]}"#,
        r#"queue "700" leads to queue "709" by full, which does not exist"#,
    ),
    (
        r#"{"queues":[{"number":"700","name":"A","overflow":{"nobody_ready":{"waiting":{"queue":" 700 "}}}}]}"#,
        r#"queue "700" leads to queue " 700 " by nobody_ready, waiting, which is itself"#,
    ),
    (
        r#"{"queues":[{"number":"700","name":"A","overflow":{"max_wait":{"after_s":0,"to":"dialplan"}}}]}"#,
        r#"queue "700" has a longest wait or a capacity of zero"#,
    ),
    (
        r#"{"queues":[{"number":"700","name":"A"}],
            "agents":[{"name":"A","endpoint":"1","queues":[{"number":"700","tier":0}]}]}"#,
        r#"the agent at endpoint "1" serves queue "700", in tier 0, but tiers count from 1"#,
    ),
    (
        r#"{"queues":[{"number":"700","name":"A"}],
            "agents":[{"name":"A","endpoint":"1","queues":["700",{"number":"700","tier":2}]}]}"#,
        r#"the agent at endpoint "1" serves queue "700", in two tiers at once"#,
    ),
    (r#"{"queues":[{"number":"700","name":"A"},{"number":"7x","name":"B"}]}"#, r#""7x" is not a number that can be dialled"#),
    (r#"{"queues":[{"number":"700","name":"A"},{"number":"700","name":"B"}]}"#, r#"queue "700" is in the document twice"#),
    (r#"{"queues":[{"number":"700","name":"A","ring_timeout_s":0}]}"#, r#"queue "700" rings for less than a second"#),
    (
        r#"{"queues":[{"number":"700","name":"A","service_level":{"percent":101,"within_s":20}}]}"#,
        r#"the service level of queue "700" is above 100 %"#,
    ),
    (
        r#"{"agents":[{"name":"A","endpoint":"1"},{"name":"","endpoint":"2"}]}"#,
        r#"the name of the agent at endpoint "2" must not be empty"#,
    ),
    (
        r#"{"agents":[{"name":"A","endpoint":"1"},{"name":"B","endpoint":"1"}]}"#,
        r#"the agent at endpoint "1" is in the document twice"#,
    ),
    (
        r#"{"queues":[{"number":"700","name":"A"}],"users":[{"email":"a@b.c","name":"A","role":"admin"}]}"#,
        "user 1 of the document cannot be taken over: a new user needs a password",
    ),
    (
        r#"{"queues":[{"number":"700","name":"A"}],"users":[{"email":"a@b.c","name":"A","role":"admin","password":"x"}]}"#,
        "the password of user 1 of the document is too short",
    ),
    (
        r#"{"queues":[{"number":"700","name":"A"}],"users":[{"email":"ab.c","name":"A","role":"admin","password":"xyz"}]}"#,
        "user 1 of the document cannot be taken over: the e-mail address must have the form name@domain",
    ),
    (
        r#"{"users":[{"email":"a@b.c","name":"A","role":"admin","password":"xyz"},{"email":"A@b.c","name":"A","role":"admin"}]}"#,
        "user 2 of the document has the e-mail address of another one",
    ),
    (
        r#"{"users":[{"email":"a@b.c","name":"A","role":"admin","password":"xyz","agent":"1009"}]}"#,
        r#"user 1 of the document is said to be the agent at endpoint "1009", who is not there"#,
    ),
];

/// The document of all that a queue and an agent can be told; 700 leads to a queue further down.
const RULES: &str = r#"{
    "queues": [
        {"number":"700","name":"Продажи","strategy":"round_robin","overflow":{
            "max_wait":{"after_s":300,"to":{"queue":"701"}},
            "nobody_logged_in":{"joining":"dialplan","waiting":{"queue":"701"}},
            "nobody_ready":{"joining":{"queue":"701"},"waiting":"dialplan"},
            "full":{"waiting":20,"to":"dialplan"}}},
        {"number":"701","name":"Поддержка","overflow":{"nobody_ready":{"joining":{"queue":"700"}}}}
    ],
    "agents": [{"name":"Анна Ильина","endpoint":"1001","queues":["700",{"number":"701","tier":2},{"number":"700","tier":1}]}]
}"#;

#[tokio::test]
async fn strategies_ways_out_and_tiers_come_in_by_number_and_stay_unless_told_otherwise() {
    on_both(|stand| async move {
        assert_eq!(apply(&stand, 1, RULES).await.unwrap(), Report { created: 3, changed: 0 });
        let told = settings::load(&stand.db).await.unwrap();
        let (sales, support, anna) = (&told.settings.queues[0], &told.settings.queues[1], &told.settings.agents[0]);
        let (there, back) = (WayOut::Queue(support.id), WayOut::Dialplan);
        assert_eq!(sales.strategy, Strategy::RoundRobin);
        let rules = Overflow {
            max_wait: Some(Limit { after: Span::from_secs(300), to: there }),
            nobody_logged_in_joining: Some(back),
            nobody_logged_in_waiting: Some(there),
            nobody_ready_joining: Some(there),
            nobody_ready_waiting: Some(back),
            full: Some(Capacity { waiting: 20, to: back }),
        };
        assert_eq!(sales.overflow, rules);
        let one_rule = Overflow { nobody_ready_joining: Some(WayOut::Queue(sales.id)), ..Overflow::default() };
        assert_eq!((support.strategy, support.overflow), (Strategy::LongestIdle, one_rule));
        assert_eq!((anna.tier(sales.id), anna.tier(support.id), anna.queues.len()), (1, 2, 2));
        assert_eq!(apply(&stand, 2, RULES).await.unwrap(), Report::default());
        let nothing_said =
            r#"{"queues":[{"number":"700","name":"Продажи"}],"agents":[{"name":"Анна Ильина","endpoint":"1001"}]}"#;
        assert_eq!(apply(&stand, 3, nothing_said).await.unwrap(), Report::default());
        let cleared = r#"{"queues":[{"number":"700","name":"Продажи","overflow":{}}],
            "agents":[{"name":"Анна Ильина","endpoint":"1001","queues":["701"]}]}"#;
        assert_eq!(apply(&stand, 4, cleared).await.unwrap(), Report { created: 0, changed: 2 });
        let after = settings::load(&stand.db).await.unwrap().settings;
        assert_eq!((after.queues[0].overflow, after.queues[0].strategy), (Overflow::default(), Strategy::RoundRobin));
        assert_eq!(after.agents[0].tier(support.id), 1, "a list that is given says all of it");
    })
    .await;
}

#[tokio::test]
async fn spans_of_the_timing_are_taken_over_one_by_one_and_kept() {
    on_both(|stand| async move {
        let short = r#"{"timing":{"rings_within_s":1.5,"look_again_s":0.1}}"#;
        assert_eq!(apply(&stand, 1, short).await.unwrap(), Report { created: 0, changed: 1 });
        assert_eq!(apply(&stand, 2, short).await.unwrap(), Report::default());
        let wanted = Timing { rings_within: Span::from_ms(1_500), look_again: Span::from_ms(100), ..Timing::default() };
        assert_eq!(settings::load(&stand.db).await.unwrap(), settings::Loaded { version: 1, settings: timed(wanted) });
        apply(&stand, 3, r#"{"timing":{"rings_within_s":5}}"#).await.unwrap();
        let wanted = Timing { rings_within: Span::from_secs(5), ..wanted };
        assert_eq!(settings::load(&stand.db).await.unwrap().settings, timed(wanted));
        let line = audit::latest(&stand.db, 1).await.unwrap().remove(0);
        assert_eq!((line.subject.as_str(), &line.became.unwrap()["rings_within"]), ("timing", &5_000.into()));
    })
    .await;
}

fn timed(timing: Timing) -> Settings {
    Settings { timing, ..Settings::default() }
}

#[test]
fn a_wrong_word_is_named_with_what_would_be_right() {
    let queue = |rest: &str| format!(r#"{{"queues":[{{"number":"700","name":"A",{rest}}}]}}"#);
    let agent = |served: &str| format!(r#"{{"agents":[{{"name":"A","endpoint":"1","queues":[{served}]}}]}}"#);
    for (document, words) in [
        (queue(r#""strategy":"fairest""#), "unknown variant `fairest`, expected one of `longest_idle`, `fewest_calls`"),
        (queue(r#""overflow":{"max_waiting":1}"#), "unknown field `max_waiting`, expected one of `max_wait`"),
        (
            queue(r#""overflow":{"max_wait":{"after_s":1,"to":"hangup"}}"#),
            "unknown variant `hangup`, expected `dialplan` or `queue`",
        ),
        (queue(r#""overflow":{"full":{"waiting":1}}"#), "missing field `to`"),
        (queue(r#""overflow":{"nobody_ready":"dialplan"}"#), "invalid type: string \"dialplan\", expected struct MomentsEntry"),
        (agent("700"), r#"invalid type: integer `700`, expected a queue's number, as "700" or"#),
        (agent(r#"{"number":"700","tiers":2}"#), "unknown field `tiers`, expected `number` or `tier`"),
        (agent(r#"{"number":"700","tier":256}"#), "invalid value: integer `256`, expected u8"),
    ] {
        let said = serde_json::from_str::<Document>(&document).unwrap_err().to_string();
        assert!(said.starts_with(words) && said.contains(" at line 1 column "), "{document}: {said}");
    }
}

#[tokio::test]
async fn a_span_that_the_timing_does_not_have_is_refused_with_those_that_it_has() {
    on_both(|stand| async move {
        let said = apply(&stand, 1, r#"{"timing":{"rings_s":1}}"#).await.unwrap_err().to_string();
        assert!(said.starts_with(r#"the timing "rings_s" is not one of guard_within_s, guard_every_s"#), "{said}");
    })
    .await;
}

#[tokio::test]
async fn a_document_that_is_wrong_anywhere_imports_nothing_and_says_where() {
    on_both(|stand| async move {
        for (document, words) in WRONG {
            assert_eq!(apply(&stand, 1, document).await.unwrap_err().to_string(), *words);
        }
        assert_eq!(
            settings::load(&stand.db).await.unwrap(),
            settings::Loaded { version: 0, settings: model::Settings::default() }
        );
        assert!(users::list(&stand.db).await.unwrap().is_empty());
        assert!(audit::latest(&stand.db, 9).await.unwrap().is_empty());
    })
    .await;
}

#[test]
fn a_misspelt_field_is_an_error_and_a_password_is_hidden() {
    let misspelt = serde_json::from_str::<Document>(r#"{"queues":[{"number":"700","name":"A","wrapup_s":5}]}"#);
    assert!(misspelt.unwrap_err().to_string().contains("unknown field `wrapup_s`"));
    let document: Document = serde_json::from_str(DOCUMENT).unwrap();
    assert!(!format!("{document:?}").contains("correct horse"));
}
