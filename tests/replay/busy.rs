//! An hour at a centre where everything goes on at once: a state in which each thing is kept that can be.

use acd::effect::{HangupReason, Op};
use acd::event::{Account, Ask, Cause, Event, OrderFailure};
use model::fact::FallbackCall;
use model::queue::{Limit, Overflow, Strategy, WayOut};
use model::wallboard::{CallRow, Wallboard};
use model::{Actor, AgentState, CallAsk, CallPhase, LegId, NotReadyReason, OurLeg, Phone, Span, TheirLeg, Timestamp};

use super::day::{Run, SERVER, Site, agent, doing, endpoint, queue, their};

/// Longer than any journal is kept: what runs on for so long is still there when a later build reads it.
const YEARS: Span = Span::from_secs(50 * 365 * 24 * 60 * 60);

const AGENTS: [u128; 8] = [1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008];

/// Two queues, of which one has a wrap-up and a longest wait, and eight agents.
pub async fn site() -> Site {
    let max_wait = Some(Limit { after: YEARS, to: WayOut::Queue(queue(701).id) });
    let first = model::Queue {
        wrap_up: YEARS,
        ring_timeout: YEARS,
        overflow: Overflow { max_wait, ..Overflow::default() },
        ..queue(700)
    };
    let second = model::Queue { strategy: Strategy::RoundRobin, ..queue(701) };
    let mut agents = AGENTS.map(agent);
    agents[1].tiers.insert(queue(700).id, 2);
    // The way out must be there before the queue that it leads out of.
    Site::with([second, first], agents).await
}

/// Everything goes on at once; then the program ends, and begins again, and the way to Asterisk is lost. What Live shows then.
pub async fn hour(site: &Site) -> Wallboard {
    let mut run = site.run().await;
    let reachable = AGENTS.map(endpoint).to_vec();
    let started = Some("the first run".to_owned());
    let account = Account { reachable, started, clock: Some(Timestamp::from_ms(1)), ..Account::default() };
    run.tell(Event::SwitchReturned { server: SERVER, account }).await;
    four_conversations(&mut run).await;
    phones_that_ring(&mut run).await;
    phones_on_their_own(&run).await;
    callers_on_their_way_out(&run).await;
    run.stop().await;
    let run = site.run().await;
    later(&run).await;
    let board = run.board().await;
    run.stop().await;
    board
}

/// Of four conversations one goes on, one is held, one has come to an end and is finished, one is gone.
async fn four_conversations(run: &mut Run) {
    let (_, talking) = run.answered(1001, "talking").await;
    let (_, held) = run.answered(1002, "held").await;
    run.tell(Event::LegHeld { leg: LegId::Ours(held) }).await;
    run.asks(1001, Ask::NotReady(NotReadyReason::Lunch)).await;
    let (_, wrapping_up) = run.answered(1003, "wrapping-up").await;
    run.ends(their("wrapping-up")).await;
    run.ends(LegId::Ours(wrapping_up)).await;
    // A phone that is never told to be hung up: its line is still being cleared.
    run.answered(1004, "clearing").await;
    run.ends(their("clearing")).await;
    run.until(|board| matches!(doing(board, 1004), AgentState::WrapUp { .. })).await;
    run.tell(Event::OrderFailed { order: join(talking), why: OrderFailure::Unknown }).await;
}

/// One phone rings, one has not made a sound yet, one has refused; nobody is left for the next callers.
async fn phones_that_ring(run: &mut Run) {
    let ringing = run.rung(1005, "ringing").await;
    run.tell(Event::LegRang { leg: ringing }).await;
    run.rung(1006, "reserved").await;
    let refused = run.rung(1007, "refused").await;
    run.tell(Event::LegEnded { leg: LegId::Ours(refused), cause: Cause { q850: 21, sip: Some(603) } }).await;
    run.until(|board| matches!(doing(board, 1007), AgentState::NotReady(NotReadyReason::Refused))).await;
    run.calls("first", "701", "+79120000010").await;
    let first = call(&run.until(|board| board.calls.len() == 6).await, "+79120000010");
    run.handle.ask_call(first.id, CallAsk::ToHead, Actor::CommandLine).await.unwrap();
}

/// One agent is in a private call, and one phone of all is gone.
async fn phones_on_their_own(run: &Run) {
    run.asks(1008, Ask::Ready).await;
    let private = Event::EndpointChanged { endpoint: endpoint(1008), reachable: true, in_use: true };
    run.tell(private).await;
    run.until(|board| board.agents.iter().any(|row| row.blocked.is_some())).await;
    run.tell(Event::EndpointChanged { endpoint: endpoint(1003), reachable: false, in_use: false }).await;
}

/// A caller who gave up, one whom a supervisor hung up and who has not left yet, and one in the care of Asterisk's own queue.
async fn callers_on_their_way_out(run: &Run) {
    run.calls("gave-up", "701", "+79120000011").await;
    run.until(|board| board.calls.len() == 7).await;
    run.ends(their("gave-up")).await;
    run.calls("hung-up", "701", "+79120000012").await;
    let hung_up = call(&run.until(|board| board.calls.iter().any(is("+79120000012"))).await, "+79120000012");
    run.handle.ask_call(hung_up.id, CallAsk::HangUp, Actor::CommandLine).await.unwrap();
    let now = run.handle.now();
    let (up, over) = (fallback("up", now, None), fallback("over", now, Some(now)));
    run.tell(Event::FallbackReported { server: SERVER, calls: vec![up, over] }).await;
    run.until(|board| !board.fallback.is_empty()).await;
}

/// After the restart: a caller comes, orders fail, and the way is lost.
async fn later(run: &Run) {
    run.calls("later", "700", "+79120000013").await;
    let later = call(&run.until(|board| board.calls.iter().any(is("+79120000013"))).await, "+79120000013");
    let leg = TheirLeg { server: SERVER, id: "later".to_owned() };
    let ours = OurLeg { server: SERVER, call: later.id, n: 1 };
    let text = "Channel not found".to_owned();
    for (order, why) in [
        (Op::Answer { leg: leg.clone() }, OrderFailure::Unknown),
        (Op::StartMusic { leg: LegId::Theirs(leg.clone()), class: "default".to_owned() }, OrderFailure::Gone),
        (Op::Guard { leg, within: Some(Span::from_secs(60)) }, OrderFailure::Refused { status: 500, text }),
        (Op::Hangup { leg: LegId::Ours(ours), reason: HangupReason::Normal }, OrderFailure::Gone),
    ] {
        run.tell(Event::OrderFailed { order, why }).await;
    }
    run.tell(Event::SwitchLost { server: SERVER }).await;
}

impl Run {
    /// The agent, who becomes ready for it alone, is rung for a call.
    async fn rung(&mut self, number: u128, leg: &str) -> OurLeg {
        self.asks(number, Ask::Ready).await;
        self.until(|board| doing(board, number) == AgentState::Ready).await;
        self.calls(leg, "700", &format!("+7912000{number}")).await;
        let ours = self.dialled().await;
        self.until(|board| matches!(doing(board, number), AgentState::Reserved(_))).await;
        ours
    }

    /// The agent takes a call.
    async fn answered(&mut self, number: u128, leg: &str) -> (CallRow, OurLeg) {
        let ours = self.rung(number, leg).await;
        self.tell(Event::LegRang { leg: ours }).await;
        self.tell(Event::LegAnswered { leg: ours }).await;
        let board = self.until(|board| matches!(doing(board, number), AgentState::Talking(_))).await;
        let row = call(&board, &format!("+7912000{number}"));
        assert_eq!(row.phase, CallPhase::Talking);
        (row, ours)
    }
}

fn is(number: &str) -> impl Fn(&CallRow) -> bool {
    let number = Some(Phone::new(number));
    move |row| row.number == number
}

fn call(board: &Wallboard, number: &str) -> CallRow {
    board.calls.iter().find(|row| is(number)(row)).expect("the call is there").clone()
}

/// The order that may have joined the two.
fn join(leg: OurLeg) -> Op {
    let caller = TheirLeg { server: SERVER, id: "talking".to_owned() };
    let bridge = model::BridgeId { server: SERVER, call: leg.call, n: 1 };
    Op::Join { bridge, legs: vec![LegId::Theirs(caller), LegId::Ours(leg)] }
}

fn fallback(leg: &str, at: Timestamp, ended: Option<Timestamp>) -> FallbackCall {
    FallbackCall {
        leg: TheirLeg { server: SERVER, id: leg.to_owned() },
        call: None,
        dialled: "700".to_owned(),
        number: Some(Phone::new("+79120000014")),
        began: at,
        agent: Some("1003".to_owned()),
        answered: Some(at),
        ended,
    }
}
