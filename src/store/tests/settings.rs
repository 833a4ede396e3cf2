//! Settings: written with their audit line, checked as a whole, numbered.

use model::settings::SettingsError;
use model::{Actor, AgentId, QueueId, Settings, UserId};
use uuid::Uuid;

use super::stand::on_both;
use super::{agent, at, queue};
use crate::{Error, agents, audit, queues, settings};

#[tokio::test]
async fn settings_read_back_as_they_were_written_and_in_their_order() {
    on_both(|stand| async move {
        let (db, by) = (&stand.db, &Actor::CommandLine);
        assert_eq!(settings::load(db).await.unwrap().settings, Settings::default());
        for number in [702, 700, 701] {
            queues::save(db, by, at(1), queue(number)).await.unwrap();
        }
        agents::save(db, by, at(2), agent(1002, &[701, 702])).await.unwrap();
        agents::save(db, by, at(3), agent(1001, &[700])).await.unwrap();
        let loaded = settings::load(db).await.unwrap();
        assert_eq!(loaded.settings.queues, [queue(702), queue(700), queue(701)]);
        assert_eq!(loaded.settings.agents, [agent(1002, &[701, 702]), agent(1001, &[700])]);
        assert_eq!(loaded.version, 5);
    })
    .await;
}

#[tokio::test]
async fn every_change_raises_the_version_that_another_process_sees() {
    on_both(|stand| async move {
        let other = stand.again().await;
        let before = settings::version(&stand.db).await.unwrap();
        queues::save(&other, &Actor::CommandLine, at(1), queue(700)).await.unwrap();
        assert_eq!(settings::version(&stand.db).await.unwrap(), before + 1);
        queues::save(&other, &Actor::CommandLine, at(2), queue(700)).await.unwrap();
        assert_eq!(settings::version(&stand.db).await.unwrap(), before + 1, "nothing changed");
        let changed = model::Queue { name: "Продажи".to_owned(), ..queue(700) };
        queues::save(&other, &Actor::CommandLine, at(3), changed).await.unwrap();
        assert_eq!(settings::version(&stand.db).await.unwrap(), before + 2);
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_change_leaves_its_audit_line_with_actor_and_both_values() {
    on_both(|stand| async move {
        let admin = Actor::User(UserId(Uuid::from_u128(9)));
        queues::save(&stand.db, &admin, at(1), queue(700)).await.unwrap();
        queues::save(&stand.db, &Actor::CommandLine, at(2), model::Queue { music: "jazz".to_owned(), ..queue(700) })
            .await
            .unwrap();
        queues::delete(&stand.db, &Actor::Program, at(3), queue(700).id).await.unwrap();
        let lines = audit::latest(&stand.db, 10).await.unwrap();
        let told: Vec<_> = lines
            .iter()
            .map(|line| (line.at, line.by, line.action.as_str(), line.was.is_some(), line.became.is_some()))
            .collect();
        assert_eq!(
            told,
            [
                (at(3), Actor::Program, "deleted", true, false),
                (at(2), Actor::CommandLine, "changed", true, true),
                (at(1), admin, "created", false, true),
            ]
        );
        assert_eq!(lines[1].was.as_ref().unwrap()["music"], "default");
        assert_eq!(lines[1].became.as_ref().unwrap()["music"], "jazz");
        assert_eq!(audit::of(&stand.db, queue(700).id.0, 2).await.unwrap(), lines[..2]);
    })
    .await;
}

#[tokio::test]
async fn settings_that_contradict_themselves_leave_nothing_behind() {
    on_both(|stand| async move {
        let (db, by) = (&stand.db, &Actor::CommandLine);
        queues::save(db, by, at(1), queue(700)).await.unwrap();
        let before = settings::load(db).await.unwrap();
        let twice = model::Queue { number: "700".to_owned(), ..queue(701) };
        let refused = queues::save(db, by, at(2), twice).await;
        assert!(matches!(refused, Err(Error::Settings(SettingsError::QueueNumberTwice(_)))));
        assert!(matches!(
            agents::save(db, by, at(3), agent(1001, &[709])).await,
            Err(Error::Settings(SettingsError::NoSuchQueue { .. }))
        ));
        let nameless = model::Queue { name: " \t".to_owned(), ..queue(702) };
        assert_eq!(
            queues::save(db, by, at(4), nameless).await.unwrap_err().to_string(),
            "the name of queue \"702\" must not be empty"
        );
        let endless =
            model::Agent { endpoint: model::Endpoint { name: "x".repeat(80), ..agent(1, &[]).endpoint }, ..agent(1, &[]) };
        assert!(matches!(agents::save(db, by, at(5), endless).await, Err(Error::Refused { .. })));
        assert_eq!(settings::load(db).await.unwrap(), before);
        assert_eq!(audit::latest(db, 10).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_queue_leaves_its_agents_and_their_other_queues() {
    on_both(|stand| async move {
        let (db, by) = (&stand.db, &Actor::CommandLine);
        queues::save(db, by, at(1), queue(700)).await.unwrap();
        queues::save(db, by, at(1), queue(701)).await.unwrap();
        agents::save(db, by, at(2), agent(1001, &[700, 701])).await.unwrap();
        agents::save(db, by, at(2), agent(1002, &[701])).await.unwrap();
        assert!(queues::delete(db, by, at(3), queue(700).id).await.unwrap());
        assert!(!queues::delete(db, by, at(4), QueueId(Uuid::nil())).await.unwrap());
        assert_eq!(settings::load(db).await.unwrap().settings.agents, [agent(1001, &[701]), agent(1002, &[701])]);
        assert!(agents::delete(db, by, at(5), agent(1001, &[]).id).await.unwrap());
        assert!(!agents::delete(db, by, at(6), AgentId(Uuid::nil())).await.unwrap());
        assert_eq!(settings::load(db).await.unwrap().settings.agents, [agent(1002, &[701])]);
    })
    .await;
}

/// A number that a deleted queue had is free for the next one.
#[tokio::test]
async fn the_number_of_a_deleted_queue_can_be_given_again() {
    on_both(|stand| async move {
        let (db, by) = (&stand.db, &Actor::CommandLine);
        queues::save(db, by, at(1), queue(700)).await.unwrap();
        queues::delete(db, by, at(2), queue(700).id).await.unwrap();
        queues::save(db, by, at(3), model::Queue { number: "700".to_owned(), ..queue(1) }).await.unwrap();
        assert_eq!(settings::load(db).await.unwrap().settings.queues.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn writers_of_two_processes_lose_no_change() {
    on_both(|stand| async move {
        let other = stand.again().await;
        let mut writers = tokio::task::JoinSet::new();
        for n in 0..40_u128 {
            let db = if n % 2 == 0 { stand.db.clone() } else { other.clone() };
            writers.spawn(async move { queues::save(&db, &Actor::CommandLine, at(1), queue(800 + n)).await.unwrap() });
        }
        writers.join_all().await;
        let loaded = settings::load(&stand.db).await.unwrap();
        assert_eq!((loaded.settings.queues.len(), loaded.version), (40, 40));
        assert_eq!(stand.count("SELECT COUNT(DISTINCT place) FROM queues").await, 40, "each saw what the others wrote");
        assert_eq!(audit::latest(&stand.db, 100).await.unwrap().len(), 40);
        other.close().await;
    })
    .await;
}
