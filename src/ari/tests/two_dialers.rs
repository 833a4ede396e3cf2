//! Callers wait in Asterisk's own queue while we are there: the queue and we ring the same phones, but not at once.

use std::time::{Duration, Instant};

use acd::event::{Event, OrderFailure};

use super::faults::{LEG, dial, failed, lane, seen, started};
use super::managing::{Board, reported, roster};
use super::stand_in::{Answer, StandIn};
use super::{PATIENCE, Rig, config};
use crate::{Ami, Config, Patience};

const WAITS: &str = "available,,700|%2B7912||1000|||";
const TALKS: &str = "available,,700|%2B7912||1000|1001|2000|";
const DIAL: &str = "POST /channels/callsync-mbbbbbbb-leg-9-00000000000000000000000000000001-1/dial";

/// A board with two agents, whose queue has a caller of whom this is noted.
async fn board(note: &str) -> Board {
    let board = Board::start(false).await;
    board.state(|state| {
        for account in ["1001", "1002"] {
            let key = ("callsync-700".to_owned(), format!("PJSIP/{account}"));
            state.members.insert(key, (account.to_owned(), "0".to_owned(), false));
        }
        state.notes.insert("a.9".to_owned(), note.to_owned());
        state.live.push("a.9".to_owned());
    });
    board
}

/// So long that nothing of it passes unless a test waits for it.
const LONG: Patience = Patience { first_answer: PATIENCE, fresh: PATIENCE, hold: PATIENCE, held: Duration::from_secs(5) };

/// No longer than a call waits for what cannot be had.
fn a_moment() -> Patience {
    Patience { hold: Patience::default().hold, ..LONG }
}

/// The adapter, once it knows of the caller and has the roster.
async fn rig(board: &Board, stand_in: &StandIn, patience: Patience) -> Rig {
    let mut rig = rig_with(board.ami(false), stand_in, patience).await;
    // Somebody logs in who was not there before: that the roster has come shows in a member of whom it speaks.
    rig.roster.send_replace(roster(&[("1001", false), ("1002", false), ("1003", false)]));
    board.until("the roster has come", |state| state.members.len() == 3).await;
    reported(&mut rig).await;
    board.state(|state| state.actions.clear());
    rig
}

async fn rig_with(ami: Ami, stand_in: &StandIn, patience: Patience) -> Rig {
    let mut rig = Rig::start(Config { ami: Some(ami), patience, ..config(&stand_in.url, "callsync") });
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
    rig
}

fn is_paused(board: &Board) -> bool {
    board.state(|state| state.members[&("callsync-700".to_owned(), "PJSIP/1001".to_owned())].2)
}

/// What was asked for since the order, from the making of its leg on.
fn since_the_order(stand_in: &StandIn) -> Vec<String> {
    stand_in.requests().into_iter().skip_while(|request| request != "POST /channels/create").collect()
}

/// An Asterisk that makes no leg for a phone which the queue may ring.
async fn held_first(board: &Board) -> StandIn {
    let board = board.clone();
    StandIn::start(move |request, _| {
        let too_early = request == "POST /channels/create" && !is_paused(&board);
        too_early.then(|| Answer::Reply(500, "not held yet".to_owned()))
    })
    .await
}

/// The order is given, its leg is made and handed over, and dialled.
async fn dials(rig: &Rig, stand_in: &StandIn) {
    rig.order(lane(), dial());
    seen(stand_in, "POST /channels/create").await;
    stand_in.on_socket(started(LEG, r#""leg""#));
    seen(stand_in, DIAL).await;
}

/// The order is given, and its leg is made without the answer that does not come, but not at once.
async fn waits_for_the_answer(rig: &Rig, stand_in: &StandIn) {
    let ordered = Instant::now();
    rig.order(lane(), dial());
    seen(stand_in, "POST /channels/create").await;
    let waited = ordered.elapsed();
    assert!(waited >= a_moment().hold, "the answer is awaited: {waited:?}");
}

#[tokio::test]
async fn the_queue_is_kept_from_a_phone_before_a_leg_is_made_for_it_and_may_ring_it_again_afterwards() {
    let board = board(WAITS).await;
    let stand_in = held_first(&board).await;
    let rig = rig(&board, &stand_in, LONG).await;
    dials(&rig, &stand_in).await;
    assert_eq!(since_the_order(&stand_in), ["POST /channels/create", "GET /endpoints/PJSIP/1001", DIAL]);
    board.until("the queue may ring the phone again", |state| state.actions.len() == 2).await;
    assert!(!is_paused(&board));
    assert_eq!(board.state(|state| state.actions.clone()), ["QueuePause callsync-700 PJSIP/1001"; 2]);
}

#[tokio::test]
async fn a_program_that_ends_in_order_holds_no_phone_back() {
    let board = board(WAITS).await;
    let stand_in = StandIn::start(|_, _| None).await;
    let rig = rig(&board, &stand_in, LONG).await;
    dials(&rig, &stand_in).await;
    assert!(is_paused(&board));
    rig.stop().await;
    assert!(!is_paused(&board));
}

#[tokio::test]
async fn a_manager_interface_that_does_not_answer_keeps_no_call_waiting() {
    let board = board(WAITS).await;
    let stand_in = StandIn::start(|_, _| None).await;
    let rig = rig(&board, &stand_in, a_moment()).await;
    board.state(|state| state.unanswered.push("QueuePause"));
    waits_for_the_answer(&rig, &stand_in).await;
    stand_in.on_socket(started(LEG, r#""leg""#));
    seen(&stand_in, DIAL).await;
}

#[tokio::test]
async fn a_phone_that_the_queue_is_dialling_is_in_use_before_it_rings() {
    let board = board(WAITS).await;
    let phone = format!(r#"{{"resource":"1001","state":"online","channel_ids":["{LEG}","lab-1.9"]}}"#);
    let rule = move |request: &str, _| (request == "GET /endpoints/PJSIP/1001").then(|| Answer::Reply(200, phone.clone()));
    let stand_in = StandIn::start(rule).await;
    let mut rig = rig(&board, &stand_in, LONG).await;
    rig.order(lane(), dial());
    seen(&stand_in, "POST /channels/create").await;
    stand_in.on_socket(started(LEG, r#""leg""#));
    assert_eq!(rig.next().await, failed(dial(), OrderFailure::InUse));
    assert!(!stand_in.requests().contains(&DIAL.to_owned()));
}

#[tokio::test]
async fn while_nobody_waits_in_the_queue_nothing_more_is_asked_than_to_dial() {
    let board = board(TALKS).await;
    let stand_in = StandIn::start(|_, _| None).await;
    let rig = rig(&board, &stand_in, LONG).await;
    dials(&rig, &stand_in).await;
    assert_eq!(since_the_order(&stand_in), ["POST /channels/create", DIAL]);
    assert_eq!(board.state(|state| state.actions.clone()), [""; 0]);
}

/// The phone is looked at, and nobody waits for an interface that is not there.
#[tokio::test]
async fn without_a_way_to_the_manager_interface_nobody_knows_who_waits() {
    let stand_in = StandIn::start(|_, _| None).await;
    let nobody = Ami { address: "127.0.0.1:9".to_owned(), ..Board::start(false).await.ami(false) };
    let rig = rig_with(nobody, &stand_in, LONG).await;
    dials(&rig, &stand_in).await;
    assert_eq!(since_the_order(&stand_in), ["POST /channels/create", "GET /endpoints/PJSIP/1001", DIAL]);
}

/// A program that has just come back rings nobody on what it does not know yet.
#[tokio::test]
async fn a_phone_is_held_back_for_an_order_that_comes_before_it_is_heard_that_somebody_waits() {
    let board = board(WAITS).await;
    let stand_in = held_first(&board).await;
    let rig = rig_with(board.ami(false), &stand_in, LONG).await;
    rig.roster.send_replace(roster(&[("1001", false), ("1002", false)]));
    dials(&rig, &stand_in).await;
    assert!(is_paused(&board), "the roster that came meanwhile takes nothing from it");
}

#[tokio::test]
async fn a_phone_that_is_held_stays_so_when_somebody_comes_and_is_given_back_when_nobody_else_is_left() {
    let board = board(WAITS).await;
    let stand_in = StandIn::start(|_, _| None).await;
    let rig = rig(&board, &stand_in, LONG).await;
    rig.order(lane(), dial());
    seen(&stand_in, "POST /channels/create").await;
    rig.roster.send_replace(roster(&[("1001", false), ("1002", false), ("1003", false), ("1004", false)]));
    board.until("somebody came", |state| state.members.len() == 4).await;
    assert!(is_paused(&board));
    rig.roster.send_replace(roster(&[("1001", false), ("1002", true), ("1003", true)]));
    board.until("all others are away", |state| state.members.len() == 3).await;
    board.until("the phone is given back", |state| !state.members.values().next().expect("1001 is a member").2).await;
}

#[tokio::test]
async fn an_order_waits_for_no_more_than_a_moment_to_hear_whether_somebody_waits() {
    let board = board(WAITS).await;
    board.state(|state| state.unanswered.push("DBGetTree"));
    let stand_in = StandIn::start(|_, _| None).await;
    let rig = rig_with(board.ami(false), &stand_in, a_moment()).await;
    waits_for_the_answer(&rig, &stand_in).await;
}

#[tokio::test]
async fn no_phone_is_held_back_once_it_is_heard_that_nobody_waits() {
    let board = board(TALKS).await;
    let stand_in = StandIn::start(|_, _| None).await;
    let rig = rig_with(board.ami(false), &stand_in, LONG).await;
    rig.roster.send_replace(roster(&[("1001", false), ("1002", false)]));
    rig.order(lane(), dial());
    seen(&stand_in, "POST /channels/create").await;
    assert!(board.state(|state| state.actions.iter().all(|action| !action.starts_with("QueuePause"))));
}
