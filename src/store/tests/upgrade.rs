//! A database of an earlier release: what stands in it is there afterwards.

use sqlx::Executor;
use uuid::Uuid;

use super::at;
use super::stand::{on_both_of_release, on_postgres};
use crate::dispatch::On;
use crate::{Db, Error, calls, settings};

const SETTINGS: &str = "
    INSERT INTO queues VALUES (ID, 0, '700', 'A', 'default', 15000, 5000, 80, 20000);
    INSERT INTO agents VALUES (ID, 0, 'B', 1, '1001', TRUE);
    INSERT INTO agent_queues VALUES (ID, ID, 0);
    INSERT INTO calls VALUES (ID, 1, 'leg', '+7', ID, 1790000000000, NULL, 1790000001000, 'abandoned', 'caller', NULL, 3);";

#[tokio::test]
async fn a_database_of_the_first_release_keeps_its_calls_its_queues_and_its_agents() {
    on_both_of_release(3, |stand| async move {
        let id = Uuid::from_u128(7);
        let mut tx = stand.db.write().await.unwrap();
        match tx.connection() {
            On::Sqlite(c) => {
                let sql = SETTINGS.replace("ID", &format!("x'{}'", id.simple()));
                c.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql))).await.map(|_| ()).unwrap();
            }
            On::Pg(c) => {
                let sql = SETTINGS.replace("ID", &format!("'{id}'"));
                c.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql))).await.map(|_| ()).unwrap();
            }
        }
        tx.commit().await.unwrap();
        assert!(stand.db.pending_migrations().await.unwrap() > 0);
        stand.db.migrate().await.unwrap();
        let settings = settings::load(&stand.db).await.unwrap().settings;
        let (queue, agent) = (&settings.queues[0], &settings.agents[0]);
        assert_eq!((queue.strategy, queue.overflow), Default::default());
        assert_eq!((agent.queues.as_slice(), agent.tier(queue.id)), ([queue.id].as_slice(), 1));
        let call = calls::find(&stand.db, model::CallId(id)).await.unwrap().unwrap();
        assert_eq!((call.queue, call.first_queue, call.offers), (Some(queue.id), Some(queue.id), 3));
        assert_eq!((call.entered_at, call.ended_at, call.dialled.as_deref()), (at(0), Some(at(1000)), None));
        assert_eq!(calls::of_leg(&stand.db, model::ServerId(1), "leg").await.unwrap(), [call]);
    })
    .await;
}

#[tokio::test]
async fn a_database_that_only_lets_itself_be_read_for_a_while_is_waited_for() {
    on_postgres(|stand| async move {
        let db = Db::open(&format!("{}&options=-c%20default_transaction_read_only%3Don", stand.url)).await.unwrap();
        let refused = db.migrate().await;
        assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
        db.close().await;
    })
    .await;
}
