//! Plays the core by hand against a real Asterisk: whoever calls is answered, hears music, and is bridged with the phone
//! named in `CALLSYNC_TEST_PHONE`. Prints every event with its time. For people, so ignored unless asked for.

use std::time::Instant;

use acd::effect::{HangupReason, Lane, Op};
use acd::event::Event;
use model::stamp::Mark;
use model::{BridgeId, CallPhase, Endpoint, LegId, OurLeg, Outcome, QueueId, ServerId, Span, Stamp, TheirLeg, Timestamp};
use tokio::time::timeout;

use super::{Rig, asterisk, call};

#[tokio::test]
#[ignore = "for trying out by hand"]
async fn drive() {
    let Some(config) = asterisk("callsync") else { return };
    #[expect(clippy::disallowed_methods, reason = "a tool for people")]
    let phone = std::env::var("CALLSYNC_TEST_PHONE").unwrap();
    println!("probe: {:?}", crate::probe(&config).await);
    let endpoint = Endpoint { server: config.server, name: phone };
    let mut rig = Rig::start(config);
    let began = Instant::now();
    let mut caller = None;
    let mut n = 0;
    while let Ok(Some(event)) = timeout(std::time::Duration::from_secs(20), rig.events.recv()).await {
        println!("{:>9.1} ms {event:?}", began.elapsed().as_secs_f64() * 1000.0);
        match event {
            Event::SwitchReturned { server, .. } => {
                rig.order(Lane::Server(server), Op::Watch { server, endpoints: vec![endpoint.clone()] });
            }
            Event::CallerArrived { leg, .. } => {
                n += 1;
                caller = Some(leg.clone());
                arrive(&rig, n, leg, &endpoint);
            }
            Event::LegAnswered { leg } => join(&rig, leg, caller.clone().unwrap()),
            Event::LegEnded { leg: LegId::Theirs(_), .. } => {
                let leg = LegId::Ours(OurLeg { server: ServerId(9), call: call(n), n: 1 });
                rig.order(Lane::Call(call(n)), Op::Hangup { leg, reason: HangupReason::Normal });
            }
            Event::LegEnded { leg: LegId::Ours(_), .. } | Event::OrderFailed { .. } => {
                if let Some(leg) = caller.take() {
                    rig.order(Lane::Call(call(n)), Op::Hangup { leg: LegId::Theirs(leg), reason: HangupReason::Normal });
                }
            }
            _ => {}
        }
    }
    println!("{:?}", rig.stop().await);
}

fn arrive(rig: &Rig, n: u128, leg: TheirLeg, endpoint: &Endpoint) {
    let call = call(n);
    let lane = Lane::Call(call);
    let entered = Timestamp::from_ms(1_700_000_000_000);
    let mark = Mark {
        call,
        queue: QueueId(uuid::Uuid::from_u128(7)),
        entered,
        priority: 0,
        phase: CallPhase::Offered,
        since: entered,
        agent: None,
    };
    let stamp = Stamp { call, queue: "700".into(), outcome: Outcome::Abandoned, entered, agent: None, answered: None };
    rig.order(lane.clone(), Op::Answer { leg: leg.clone() });
    rig.order(lane.clone(), Op::Stamp { leg: leg.clone(), stamp });
    rig.order(lane.clone(), Op::Mark { leg: LegId::Theirs(leg.clone()), mark });
    rig.order(lane.clone(), Op::StartMusic { leg: LegId::Theirs(leg.clone()), class: "default".into() });
    let own = OurLeg { server: ServerId(9), call, n: 1 };
    let give_up_after = Span::from_secs(20);
    rig.order(lane, Op::Dial { leg: own, endpoint: endpoint.clone(), caller: leg, give_up_after, mark });
}

fn join(rig: &Rig, leg: OurLeg, caller: TheirLeg) {
    let bridge = BridgeId { server: leg.server, call: leg.call, n: 1 };
    let lane = Lane::Call(leg.call);
    rig.order(lane.clone(), Op::CreateBridge { bridge });
    rig.order(lane.clone(), Op::StopMusic { leg: LegId::Theirs(caller.clone()) });
    rig.order(lane, Op::Join { bridge, legs: vec![LegId::Theirs(caller), LegId::Ours(leg)] });
}
