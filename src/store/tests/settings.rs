//! Settings: written with their audit line, checked as a whole, numbered.

use model::queue::{Capacity, Limit, Overflow, Strategy, WayOut};
use model::settings::SettingsError;
use model::{Actor, AgentId, QueueId, Settings, Span, UserId};
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

/// A queue with every rule that there is.
fn ruled(n: u128, other: u128) -> model::Queue {
    let (there, back) = (WayOut::Queue(queue(other).id), WayOut::Dialplan);
    let overflow = Overflow {
        max_wait: Some(Limit { after: Span::from_ms(90_500), to: there }),
        nobody_logged_in_joining: Some(back),
        nobody_logged_in_waiting: Some(there),
        nobody_ready_joining: Some(there),
        nobody_ready_waiting: Some(back),
        full: Some(Capacity { waiting: u32::MAX, to: back }),
    };
    model::Queue { strategy: Strategy::RingAll, overflow, ..queue(n) }
}

#[tokio::test]
async fn every_strategy_and_every_way_out_reads_back_also_where_two_queues_lead_to_each_other() {
    on_both(|stand| async move {
        let (db, by) = (&stand.db, &Actor::CommandLine);
        let strategies = [
            Strategy::LongestIdle,
            Strategy::FewestCalls,
            Strategy::RoundRobin,
            Strategy::Linear,
            Strategy::Random,
            Strategy::RingAll,
        ];
        for strategy in strategies {
            queues::save(db, by, at(1), model::Queue { strategy, ..queue(700) }).await.unwrap();
            assert_eq!(settings::load(db).await.unwrap().settings.queues[0].strategy, strategy);
        }
        let edit = |settings: &mut Settings| {
            settings.queues = vec![ruled(700, 701), ruled(701, 700)];
            Ok(())
        };
        settings::change(db, by, at(2), edit).await.unwrap();
        assert_eq!(settings::load(db).await.unwrap().settings.queues, [ruled(700, 701), ruled(701, 700)]);
        let line = audit::of(db, queue(701).id.0, 1).await.unwrap().remove(0);
        assert_eq!(line.became.unwrap()["overflow"]["max_wait"]["after"], 90_500);
        let fewer = Overflow { full: None, max_wait: None, ..ruled(700, 701).overflow };
        queues::save(db, by, at(3), model::Queue { overflow: fewer, ..ruled(700, 701) }).await.unwrap();
        assert_eq!(settings::load(db).await.unwrap().settings.queues[0].overflow, fewer);
    })
    .await;
}

#[tokio::test]
async fn a_queue_that_another_sends_callers_to_is_not_deleted() {
    on_both(|stand| async move {
        let (db, by) = (&stand.db, &Actor::CommandLine);
        queues::save(db, by, at(1), queue(701)).await.unwrap();
        queues::save(db, by, at(1), ruled(700, 701)).await.unwrap();
        let refused = queues::delete(db, by, at(2), queue(701).id).await.unwrap_err().to_string();
        assert_eq!(refused, "the queue is where queue \"700\" sends callers");
        assert_eq!(settings::load(db).await.unwrap().settings.queues.len(), 2);
        assert!(queues::delete(db, by, at(3), queue(700).id).await.unwrap());
        assert!(queues::delete(db, by, at(4), queue(701).id).await.unwrap());
        assert_eq!(stand.count("SELECT COUNT(*) FROM overflow_rules").await, 0);
    })
    .await;
}

#[tokio::test]
async fn tiers_read_back_and_the_first_one_is_the_same_said_or_not() {
    on_both(|stand| async move {
        let (db, by) = (&stand.db, &Actor::CommandLine);
        queues::save(db, by, at(1), queue(700)).await.unwrap();
        queues::save(db, by, at(1), queue(701)).await.unwrap();
        let tiers = |tiers: &[(u128, u8)]| tiers.iter().map(|(n, tier)| (queue(*n).id, *tier)).collect();
        let tiered = |said: &[(u128, u8)]| model::Agent { tiers: tiers(said), ..agent(1001, &[700, 701]) };
        agents::save(db, by, at(2), tiered(&[(700, 1), (701, 255)])).await.unwrap();
        let loaded = settings::load(db).await.unwrap();
        assert_eq!(loaded.settings.agents, [tiered(&[(701, 255)])]);
        agents::save(db, by, at(3), tiered(&[(700, 1), (701, 255)])).await.unwrap();
        assert_eq!(settings::load(db).await.unwrap().version, loaded.version, "the same settings change nothing");
        assert!(agents::save(db, by, at(4), tiered(&[(701, 0)])).await.is_err());
        queues::delete(db, by, at(5), queue(701).id).await.unwrap();
        assert_eq!(settings::load(db).await.unwrap().settings.agents, [agent(1001, &[700])]);
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
        // Forty writers stand in one line: how fast it moves is the disk's.
        let (one, other) = (stand.patient().await, stand.patient().await);
        let mut writers = tokio::task::JoinSet::new();
        for n in 0..40_u128 {
            let db = if n % 2 == 0 { one.clone() } else { other.clone() };
            writers.spawn(async move { queues::save(&db, &Actor::CommandLine, at(1), queue(800 + n)).await.unwrap() });
        }
        writers.join_all().await;
        let loaded = settings::load(&stand.db).await.unwrap();
        assert_eq!((loaded.settings.queues.len(), loaded.version), (40, 40));
        assert_eq!(stand.count("SELECT COUNT(DISTINCT place) FROM queues").await, 40, "each saw what the others wrote");
        assert_eq!(audit::latest(&stand.db, 100).await.unwrap().len(), 40);
        one.close().await;
        other.close().await;
    })
    .await;
}
