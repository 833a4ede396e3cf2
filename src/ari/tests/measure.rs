//! HTTP against REST over the event socket, on a real Asterisk: requests one after another, many at once, and while some
//! requests are slow. For people, so ignored unless asked for. A request is made slow by having Asterisk run `sleep 0.4` for
//! it, which takes func_shell.so and `live_dangerously = yes` in asterisk.conf.

use std::time::{Duration, Instant};

use acd::effect::{HangupReason, Op};
use model::{LegId, ServerId, TheirLeg};
use tokio::task::JoinSet;

use super::asterisk;
use crate::Config;
use crate::client::HttpClient;
use crate::line::{AT_ONCE, Line, Transport};
use crate::plan::{Plan, plan};
use crate::request::{Kind, Request};
use crate::rest_socket::RestSocket;
use crate::socket::{CAPACITY, Socket};

const REQUESTS: u32 = 2000;

fn variable(leg: &TheirLeg, name: &str) -> Request {
    Request::new(Kind::GetVariable, &[&leg.id]).with("variable", name)
}

/// Asks so many at once, until all have been asked; how fast that was, in words.
async fn ask_many(line: &Line, leg: &TheirLeg, at_once: u32) -> String {
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..at_once {
        let (line, request) = (line.clone(), variable(leg, "CHANNEL(state)"));
        tasks.spawn(async move {
            let mut took = Vec::new();
            for _ in 0..REQUESTS / at_once {
                let asked = Instant::now();
                assert_eq!(line.ask(&request).await.unwrap().status, 200);
                took.push(asked.elapsed());
            }
            took
        });
    }
    let mut took: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
    took.sort();
    let at = |part: f64| took[(f64::from(u32::try_from(took.len()).unwrap() - 1) * part) as usize];
    let per_second = f64::from(u32::try_from(took.len()).unwrap()) / began.elapsed().as_secs_f64();
    format!("{per_second:.0} a second, p50 {:?}, p99 {:?}, longest {:?}", at(0.5), at(0.99), at(1.0))
}

async fn measure(name: &str, line: &Line, leg: &TheirLeg, slow: &[TheirLeg]) {
    println!("{name:>10} one by one:    {}", ask_many(line, leg, 1).await);
    println!("{name:>10} 16 at once:    {}", ask_many(line, leg, 16).await);
    let mut waiting = JoinSet::new();
    for slow in slow {
        let (line, request) = (line.clone(), variable(slow, "SHELL(sleep 0.4)"));
        waiting.spawn(async move {
            let asked = Instant::now();
            (line.ask(&request).await.map(|reply| reply.body), asked.elapsed())
        });
    }
    tokio::task::yield_now().await;
    let asked = Instant::now();
    let first = line.ask(&variable(leg, "CHANNEL(state)")).await.map(|reply| reply.status);
    println!("{name:>10} first behind {} slow ones: {first:?} after {:?}", slow.len(), asked.elapsed());
    println!("{name:>10} beside slow:   {}", ask_many(line, leg, 16).await);
    println!("{name:>10} the slow ones: {:?}", waiting.join_all().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "for measuring by hand"]
async fn http_and_rest_over_the_event_socket() {
    let Some(config) = asterisk("callsync-measure") else { return };
    let config = Config { transport: crate::Transport::Http, ..config };
    let socket = Socket::open(&config, CAPACITY).await.unwrap();
    let (outgoing, answers) = socket.rest();
    let http = Line::new(Transport::Http(HttpClient::new(&config, AT_ONCE).unwrap()));
    let rest = Line::new(Transport::Socket(RestSocket::new(outgoing, answers)));
    let run = uuid::Uuid::now_v7();
    let legs: Vec<_> = (0..5).map(|n| TheirLeg { server: ServerId(9), id: format!("measure-{run}-{n}") }).collect();
    for leg in &legs {
        // Half of a call that nobody ever dials: it lives as long as we want.
        let create = Request::new(Kind::CreateLeg, &[]).with("endpoint", "Local/790@from-trunk").with("app", &config.app);
        assert_eq!(http.ask(&create.with("channelId", &leg.id)).await.unwrap().status, 200);
    }
    measure("http", &http, &legs[0], &legs[1..]).await;
    measure("websocket", &rest, &legs[0], &legs[1..]).await;
    for leg in legs {
        let hangup = plan(&Op::Hangup { leg: LegId::Theirs(leg), reason: HangupReason::Normal }, &super::names(""));
        let Plan::InTurn(requests) = hangup else { panic!() };
        http.ask(&requests[0]).await.unwrap();
    }
}
