//! The database is away, locked or cut off in the middle: an error, and nothing lost or doubled.

use std::future::poll_fn;
use std::pin::pin;
use std::str::FromStr;
use std::task::Poll;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::JoinHandle;

use super::books::{FACTS, entries};
use super::stand::{Stand, on_both, on_postgres, on_sqlite};
use crate::dispatch::On;
use crate::{Db, Error, books};

/// Somebody else's connection that holds the lock which every booking needs.
async fn lock_of_another(stand: &Stand) -> On<SqliteConnection, PgConnection> {
    let mut other = match &stand.db {
        Db::Sqlite(_) => On::Sqlite(SqliteConnection::connect(&stand.url).await.unwrap()),
        Db::Pg(_) => On::Pg(PgConnection::connect(&stand.url).await.unwrap()),
    };
    match &mut other {
        On::Sqlite(connection) => connection.execute("BEGIN IMMEDIATE").await.map(|_| ()).unwrap(),
        On::Pg(connection) => connection.execute(sqlx::raw_sql("BEGIN; LOCK TABLE books")).await.map(|_| ()).unwrap(),
    }
    other
}

#[tokio::test]
async fn books_that_are_locked_for_too_long_are_an_error_and_catch_up_afterwards() {
    on_both(|stand| async move {
        let db = stand.impatient().await;
        books::apply(&db, &entries(1, 0..1)).await.unwrap();
        let mut other = lock_of_another(&stand).await;
        assert!(matches!(books::apply(&db, &entries(1, 0..2)).await, Err(Error::Database(_))));
        // The server's answer says that the lock is gone; the end of a connection would not.
        match &mut other {
            On::Sqlite(connection) => connection.execute("ROLLBACK").await.map(|_| ()).unwrap(),
            On::Pg(connection) => connection.execute("ROLLBACK").await.map(|_| ()).unwrap(),
        }
        on!(other, connection => connection.close().await).unwrap();
        let applied = books::apply(&db, &entries(1, 0..2)).await.unwrap();
        assert_eq!((applied.skipped, applied.booked), (FACTS, FACTS));
        db.close().await;
    })
    .await;
}

/// How many bookings are cut off.
const CUT_OFF: usize = 200;

/// The position, if the rows agree with it; no row if they do not.
const AGREED: &str = "
    SELECT position
    FROM books
    WHERE (SELECT COUNT(*) FROM facts) = position / 15 * 11 AND (SELECT COUNT(*) FROM segments) = position / 15 * 4";

/// What the future comes to, unless it is dropped before: when it stands still for the `standstill`-th time, from nought.
async fn cut_at<F: Future>(standstill: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = standstill;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// A booking that is cut off at any point has either happened or not: each batch is cut off at its first standstill, at its
/// second, and so on, until it comes through. How often one stands still is the machine's: now and then an answer is there at once.
#[tokio::test]
async fn a_booking_that_is_cut_off_anywhere_leaves_position_and_rows_in_agreement() {
    on_both(|stand| async move {
        let (mut calls, mut cut_off) = (0, 0);
        while cut_off < CUT_OFF {
            assert!(calls < CUT_OFF * 10, "only {cut_off} bookings of {calls} calls were cut off");
            let begun = calls * FACTS;
            let batch = entries(begun as u64 + 1, calls as u128..calls as u128 + 1);
            let mut cut = 0;
            let applied = loop {
                match cut_at(cut, books::apply(&stand.db, &batch)).await {
                    Some(applied) => break applied.unwrap(),
                    None => cut += 1,
                }
                let reached = usize::try_from(stand.count(AGREED).await).unwrap();
                assert!([begun, begun + FACTS].contains(&reached), "half a batch: {begun} to {reached}");
            };
            assert_eq!(applied.booked + applied.skipped, FACTS);
            cut_off += cut;
            calls += 1;
        }
        assert_eq!(usize::try_from(stand.count(AGREED).await).unwrap(), calls * FACTS);
        assert_eq!(stand.count("SELECT CAST(SUM(offers) AS BIGINT) FROM calls").await, i64::try_from(calls).unwrap());
        assert_eq!(stand.count("SELECT COUNT(*) FROM agent_states WHERE ended_at IS NULL").await, 1);
    })
    .await;
}

#[tokio::test]
async fn two_programs_that_book_the_same_facts_book_them_once() {
    on_both(|stand| async move {
        let other = stand.again().await;
        let entries = entries(1, 0..40);
        for batch in entries.chunks(30) {
            let (one, two) = tokio::join!(books::apply(&stand.db, batch), books::apply(&other, batch));
            let (one, two) = (one.unwrap(), two.unwrap());
            assert_eq!((one.booked + two.booked, one.skipped + two.skipped), (batch.len(), batch.len()));
        }
        assert_eq!(stand.count("SELECT COUNT(*) FROM calls").await, 40);
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_network_that_breaks_is_an_error_and_the_books_catch_up_when_it_is_back() {
    on_postgres(|stand| async move {
        // Nobody else uses this address: its port stays free while the network is broken.
        let listener = TcpListener::bind("127.77.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = PgConnectOptions::from_str(&stand.url).unwrap();
        let cable = plug_in(listener, &server);
        let url = through(&stand.url, port);
        let db = Db::open_with(&url, Duration::from_millis(1500)).await.unwrap();
        books::apply(&db, &entries(1, 0..1)).await.unwrap();
        cable.abort();
        cable.await.unwrap_err();
        for _ in 0..3 {
            assert!(books::apply(&db, &entries(1, 0..2)).await.is_err());
            assert!(db.ping().await.is_err());
        }
        let cable = plug_in(TcpListener::bind(("127.77.0.1", port)).await.unwrap(), &server);
        assert_eq!(books::apply(&db, &entries(1, 0..2)).await.unwrap().booked, FACTS);
        db.ping().await.unwrap();
        assert_eq!(stand.count("SELECT COUNT(*) FROM calls").await, 2);
        db.close().await;
        cable.abort();
    })
    .await;
}

/// As it does when its disk is full: the next transaction has a connection that knows nothing of it.
#[tokio::test]
async fn transaction_that_sqlite_has_ended_by_itself_stands_in_nobodys_way() {
    on_sqlite(|stand| async move {
        let mut tx = stand.db.write().await.unwrap();
        let On::Sqlite(connection) = tx.connection() else { panic!("not SQLite") };
        connection.execute("ROLLBACK").await.unwrap();
        tx.commit().await.unwrap_err();
        let applied = books::apply(&stand.db, &entries(1, 0..1)).await.unwrap();
        assert_eq!(applied.booked, FACTS);
    })
    .await;
}

/// The URL, by way of a port of ours.
fn through(url: &str, port: u16) -> String {
    format!("{url}&host=127.77.0.1&port={port}&sslmode=disable")
}

/// Carries connections to the server until it is aborted; then all of them break.
fn plug_in(listener: TcpListener, server: &PgConnectOptions) -> JoinHandle<()> {
    let (host, port) = (server.get_host().to_owned(), server.get_port());
    let socket = server.get_socket().map(|folder| folder.join(format!(".s.PGSQL.{port}")));
    tokio::spawn(async move {
        let mut wires = tokio::task::JoinSet::new();
        while let Ok((mut near, _)) = listener.accept().await {
            let (host, socket) = (host.clone(), socket.clone());
            wires.spawn(async move {
                let carried = if let Some(socket) = socket {
                    tokio::io::copy_bidirectional(&mut near, &mut UnixStream::connect(socket).await?).await
                } else {
                    tokio::io::copy_bidirectional(&mut near, &mut TcpStream::connect((host, port)).await?).await
                };
                carried.map(|_| ())
            });
        }
    })
}
