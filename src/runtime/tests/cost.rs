//! What the journal costs, measured: `cargo test -p runtime -- --ignored --nocapture what_the_journal_costs`

use std::time::{Duration, Instant};

use acd::State;
use acd::event::{Account, Event};
use model::Timestamp;

use super::{SERVER, arrived, left, settings};
use crate::health::Health;
use crate::journal::{Keeping, Snapshot, Step, open, segments};
use crate::poison::Poison;
use crate::recovery::recover;

/// How many callers wait at a time, and how many come in all.
const CALLERS: (u32, u32) = (300, 50_000);

/// A centre of 500 agents.
fn large() -> State {
    let mut state = State::new(1);
    let mut large = settings();
    let like = large.agents[0].clone();
    large.agents.clear();
    for number in 0..500_u128 {
        large.agents.push(model::Agent {
            id: super::agent(2_000 + number),
            endpoint: super::endpoint(2_000 + number),
            ..like.clone()
        });
    }
    acd::step(&mut state, Timestamp::from_ms(1), Event::SettingsChanged(large));
    acd::step(&mut state, Timestamp::from_ms(2), Event::SwitchReturned { server: SERVER, account: Account::default() });
    state
}

#[test]
#[ignore = "measures"]
fn what_the_journal_costs() {
    let folder = std::env::temp_dir().join(format!("callsync-cost-{}", uuid::Uuid::now_v7().simple()));
    let keeping = Keeping { folder: folder.clone(), days: 14, zone: jiff::tz::TimeZone::UTC };
    let mut journal = open(&keeping, Health::default()).unwrap();
    let mut state = large();
    drop(state.take_changes());
    let at = Timestamp::from_ms(3);
    let snapshot = |state: &State| Snapshot { at, state: state.clone(), position: 0, since: at, follows: true };
    journal.begin(snapshot(&state));

    let (mut stepping, mut appending, mut longest, mut steps) = (Duration::ZERO, Duration::ZERO, Duration::ZERO, 0_u32);
    let began = Instant::now();
    for caller in 0..CALLERS.1 {
        let gone = caller.checked_sub(CALLERS.0).map(|gone| left(&format!("c{gone}")));
        for event in [Some(arrived(&format!("c{caller}"), "700")), gone].into_iter().flatten() {
            let at = Timestamp::from_ms(i64::from(caller) + 10);
            let before = Instant::now();
            let taken = event.clone();
            let effects = acd::step(&mut state, at, taken);
            let stepped = Instant::now();
            journal.append(Step { at, event, first: 1, effects: effects.clone() });
            let appended = Instant::now();
            drop(state.take_changes());
            stepping += stepped - before;
            appending += appended - stepped;
            longest = longest.max(appended - stepped);
            steps += 1;
        }
        // As fast as the thread can, and no faster.
        while journal.waiting() > 8_000 {
            std::thread::yield_now();
        }
    }
    assert!(journal.flush(Duration::from_secs(60)));
    let rate = f64::from(steps) / began.elapsed().as_secs_f64();
    let bytes: u64 = segments(&keeping.journal()).unwrap().iter().map(|path| std::fs::metadata(path).unwrap().len()).sum();
    let (step, append) = (stepping / steps, appending / steps);
    println!("{steps} steps, {rate:.0}/s end to end, {} bytes an entry", bytes / u64::from(steps));
    println!("a step takes {step:?}, handing it to the journal {append:?}, {longest:?} at most");

    let cloning = Instant::now();
    let copy = snapshot(&state);
    println!("a state of 500 agents and {} callers is cloned in {:?}", CALLERS.0, cloning.elapsed());
    println!("and is {} bytes of JSON", serde_json::to_vec(&copy.state).unwrap().len());

    let recovering = Instant::now();
    let mut poison = Poison::open(keeping.poison());
    let recovered = recover(&keeping.journal(), acd::step, &mut poison).recovered.unwrap();
    println!("{} entries ({} MB) are replayed in {:?}", recovered.events, bytes >> 20, recovering.elapsed());
    assert_eq!(recovered.state, state);
    std::fs::remove_dir_all(&folder).unwrap();
}
