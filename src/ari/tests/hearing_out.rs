//! What Asterisk has written comes before its word that this was all.

use acd::effect::{Lane, Op};
use acd::event::Event;
use model::{LegId, OurLeg};

use super::stand_in::{Answer, Do, StandIn};
use super::{Rig, call, config, names, our_leg};

fn leg() -> OurLeg {
    our_leg(1, 1)
}

async fn rig(stand_in: &StandIn) -> Rig {
    let mut rig = Rig::start(config(&stand_in.url, "callsync"));
    assert!(matches!(rig.next().await, Event::SwitchReturned { .. }));
    rig
}

fn hears_out(rig: &Rig) {
    rig.order(Lane::Call(call(1)), Op::HearOut { leg: leg() });
}

#[tokio::test]
async fn an_answer_that_was_written_before_is_told_before() {
    let stand_in = StandIn::start(|_, _| None).await;
    let mut rig = rig(&stand_in).await;
    let id = names("callsync").our_leg(&leg());
    let up = format!(r#"{{"type":"ChannelStateChange","channel":{{"id":"{id}","state":"Up"}}}}"#);
    stand_in.on_socket(Do::Send(up));
    hears_out(&rig);
    assert_eq!(rig.next().await, Event::LegAnswered { leg: leg() });
    assert_eq!(rig.next().await, Event::HeardOut { leg: leg() });
}

/// The order that is before it in its lane may take long, and an answer may come meanwhile.
#[tokio::test]
async fn no_other_order_keeps_asterisk_from_being_heard_out() {
    let stand_in = StandIn::start(|request, _| request.ends_with("/moh").then_some(Answer::Silence)).await;
    let mut rig = rig(&stand_in).await;
    rig.order(Lane::Call(call(1)), Op::StopMusic { leg: LegId::Ours(leg()) });
    hears_out(&rig);
    assert_eq!(rig.next().await, Event::HeardOut { leg: leg() });
}

#[tokio::test]
async fn a_way_that_has_fallen_silent_is_not_heard_out_but_lost() {
    let stand_in = StandIn::start(|_, _| None).await;
    let mut rig = rig(&stand_in).await;
    stand_in.on_socket(Do::FallSilent);
    hears_out(&rig);
    assert!(matches!(rig.next().await, Event::SwitchLost { .. }));
}
