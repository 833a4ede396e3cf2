//! Users and their sessions.

use model::user::{Role, User};
use model::{Actor, Email, PersonName, UserId};
use uuid::Uuid;

use super::stand::{Stand, on_both};
use super::{agent, at};
use crate::sessions::{Session, SessionKey};
use crate::users::{NewUser, PasswordHash};
use crate::{Error, agents, audit, sessions, users};

fn new_user(email: &str) -> NewUser {
    NewUser { email: Email::new(email), name: PersonName::new("Пётр Ильич"), role: Role::Supervisor, agent: None }
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash(text.to_owned())
}

async fn petr(stand: &Stand) -> User {
    users::create(&stand.db, &Actor::CommandLine, at(0), new_user("Petr@Example.ORG"), &hash("$argon2id$1")).await.unwrap()
}

#[tokio::test]
async fn a_user_is_found_by_address_in_whatever_case() {
    on_both(|stand| async move {
        let user = petr(&stand).await;
        for typed in ["petr@example.org", " PETR@EXAMPLE.ORG ", "Petr@Example.ORG"] {
            let found = users::of_email(&stand.db, &Email::new(typed)).await.unwrap().unwrap();
            assert_eq!((found.user, found.password), (user.clone(), hash("$argon2id$1")));
        }
        assert!(users::of_email(&stand.db, &Email::new("nobody@example.org")).await.unwrap().is_none());
        assert_eq!(users::find(&stand.db, user.id).await.unwrap(), Some(user.clone()));
        assert_eq!(users::find(&stand.db, UserId(Uuid::nil())).await.unwrap(), None);
        assert_eq!(users::list(&stand.db).await.unwrap(), [user]);
    })
    .await;
}

#[tokio::test]
async fn two_users_cannot_share_an_address_also_in_cyrillic_letters() {
    on_both(|stand| async move {
        petr(&stand).await;
        let create = |email: &'static str| users::create(&stand.db, &Actor::CommandLine, at(1), new_user(email), &PASSWORD);
        assert!(matches!(create("PETR@example.org").await, Err(Error::EmailTaken)));
        create("Ёжик@пример.рф").await.unwrap();
        assert!(matches!(create("ёЖИК@Пример.РФ").await, Err(Error::EmailTaken)));
        for wrong in ["", "petr", "@example.org", "petr@", "pe tr@example.org"] {
            assert!(matches!(create(wrong).await, Err(Error::Refused { .. })), "{wrong:?}");
        }
        assert_eq!(users::list(&stand.db).await.unwrap().len(), 2);
    })
    .await;
}

static PASSWORD: PasswordHash = PasswordHash(String::new());

#[tokio::test]
async fn a_changed_user_leaves_an_audit_line_and_an_unchanged_one_none() {
    on_both(|stand| async move {
        let (db, by) = (&stand.db, &Actor::CommandLine);
        let user = petr(&stand).await;
        agents::save(db, by, at(1), agent(1001, &[])).await.unwrap();
        let promoted = User { role: Role::Admin, agent: Some(agent(1001, &[]).id), ..user.clone() };
        assert_eq!(users::update(db, by, at(2), &promoted).await.unwrap(), Some(promoted.clone()));
        assert_eq!(users::update(db, by, at(3), &promoted).await.unwrap(), Some(promoted.clone()));
        let actions: Vec<String> = audit::of(db, user.id.0, 9).await.unwrap().into_iter().map(|line| line.action).collect();
        assert_eq!(actions, ["changed", "created"]);
        let ghost = User { agent: Some(model::AgentId(Uuid::from_u128(404))), ..promoted };
        assert_eq!(users::update(db, by, at(4), &ghost).await.unwrap_err().to_string(), "the user's agent does not exist");
        assert_eq!(users::update(db, by, at(5), &User { id: UserId(Uuid::nil()), ..ghost }).await.unwrap(), None);
        agents::delete(db, by, at(6), agent(1001, &[]).id).await.unwrap();
        assert_eq!(users::find(db, user.id).await.unwrap().unwrap().agent, None, "the user stays when the agent goes");
    })
    .await;
}

fn session(user: Option<UserId>) -> Session {
    Session { user, data: vec![0, 1, 255], created_at: at(0), last_seen_at: at(0), expires_at: at(1000) }
}

const KEY: SessionKey = SessionKey([7; 32]);
const OTHER: SessionKey = SessionKey([8; 32]);

#[tokio::test]
async fn a_session_lives_from_create_to_delete_and_its_key_is_taken_meanwhile() {
    on_both(|stand| async move {
        let (db, user) = (&stand.db, petr(&stand).await.id);
        assert!(sessions::create(db, &KEY, &session(None)).await.unwrap());
        assert!(!sessions::create(db, &KEY, &session(Some(user))).await.unwrap(), "the key is taken");
        let used = Session { data: b"{}".to_vec(), last_seen_at: at(5), expires_at: at(2000), ..session(Some(user)) };
        assert!(sessions::save(db, &KEY, &Session { created_at: at(99), ..used.clone() }).await.unwrap());
        assert_eq!(sessions::load(db, &KEY, at(1999)).await.unwrap(), Some(used.clone()), "when it began stays");
        assert_eq!(sessions::load(db, &KEY, at(2000)).await.unwrap(), None, "expired");
        sessions::delete(db, &KEY).await.unwrap();
        sessions::delete(db, &KEY).await.unwrap();
        assert_eq!(sessions::load(db, &KEY, at(6)).await.unwrap(), None);
        assert!(!sessions::save(db, &KEY, &used).await.unwrap(), "an ended session does not come back");
        assert_eq!(sessions::load(db, &KEY, at(6)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn sessions_end_with_their_user_and_with_their_time() {
    on_both(|stand| async move {
        let (db, user) = (&stand.db, petr(&stand).await.id);
        sessions::create(db, &KEY, &session(Some(user))).await.unwrap();
        sessions::create(db, &OTHER, &Session { expires_at: at(500), ..session(None) }).await.unwrap();
        assert_eq!(sessions::delete_expired(db, at(500)).await.unwrap(), 1);
        let by = &Actor::User(user);
        let there = sessions::of_user(db, user, at(6)).await.unwrap();
        assert_eq!(there.iter().map(|standing| standing.key).collect::<Vec<_>>(), [KEY], "those of nobody are nobody's");
        assert_eq!(sessions::of_user(db, user, at(2000)).await.unwrap(), [], "expired");
        assert_eq!(sessions::delete_of_user(db, by, at(6), UserId(Uuid::nil())).await.unwrap(), 0);
        assert_eq!(sessions::delete_of_user(db, by, at(6), user).await.unwrap(), 1);
        assert_eq!(audit::of(db, user.0, 1).await.unwrap()[0].action, "signed_out_everywhere");
        sessions::create(db, &KEY, &session(Some(user))).await.unwrap();
        assert!(users::set_password(db, &Actor::User(user), at(7), user, &hash("$argon2id$2")).await.unwrap());
        assert_eq!(sessions::load(db, &KEY, at(8)).await.unwrap(), None, "a new password ends the sessions");
        assert!(!users::set_password(db, &Actor::Program, at(9), UserId(Uuid::nil()), &PASSWORD).await.unwrap());
        let line = audit::of(db, user.0, 1).await.unwrap().remove(0);
        assert_eq!((line.action.as_str(), line.was, line.became), ("password_set", None, None));
    })
    .await;
}

#[test]
fn nothing_secret_is_in_debug_output() {
    assert_eq!(format!("{:?} {KEY:?}", hash("$argon2id$1")), "PasswordHash(…) SessionKey(0707…)");
}
