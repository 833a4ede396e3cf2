//! Plays many histories, on as many threads as it is given, and shrinks the first that fails.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::action::{Action, Ending, History};
use crate::cells::Hits;
use crate::drawn;
use crate::rest;
use crate::world::World;

/// How often a history that fails is played again to find a shorter one that fails too.
const PLAYS: usize = 20_000;

/// What many histories were like.
#[derive(Debug, Default)]
pub struct Sum {
    pub histories: u64,
    pub actions: u64,
    /// Events that the core was told.
    pub events: u64,
    pub hits: Hits,
    /// How many failed, by the place that found it; and the first of them.
    pub failures: BTreeMap<String, (u64, u64)>,
    pub failed: Option<Failed>,
}

/// A history that failed.
#[derive(Debug)]
pub struct Failed {
    /// The seed that draws it as the first and only one.
    pub seed: u64,
    /// What was found.
    pub words: String,
    /// The shortest that was found to fail, with the words that it fails with.
    pub shortest: History,
    pub shortest_words: String,
    /// What the core was told in it, and what it answered.
    pub told: Vec<String>,
}

/// Plays histories whose seeds count up from this one.
pub fn play(seed: u64, histories: u64, threads: u64) -> Sum {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
        let words = panic.payload_as_str().unwrap_or("a panic without words");
        WORDS.with_borrow_mut(|said| *said = format!("{words}{place}"));
    }));
    let shards: Vec<Sum> = thread::scope(|scope| {
        let shard =
            |shard: u64| scope.spawn(move || shard_of(seed, (shard..histories).step_by(usize::try_from(threads).unwrap_or(1))));
        let shards: Vec<_> = (0..threads).map(shard).collect();
        shards.into_iter().map(|shard| shard.join().expect("a shard counts its panics")).collect()
    });
    let mut sum = shards.into_iter().fold(Sum::default(), Sum::and);
    sum.failed = sum.failures.values().map(|(_, first)| *first).min().map(first_to_fail);
    let _silence_is_over = std::panic::take_hook();
    sum
}

/// Looks closely at a history that failed.
fn first_to_fail(seed: u64) -> Failed {
    let history = draw(&drawn::history(), seed);
    let words = outcome(&history).err().unwrap_or_default();
    let (shortest, shortest_words) = shrink(history, words.clone());
    let told = told(&shortest);
    Failed { seed, words, shortest, shortest_words, told }
}

thread_local! {
    /// What the last panic of this thread said.
    static WORDS: RefCell<String> = const { RefCell::new(String::new()) };
}

impl Sum {
    fn and(mut self, other: Self) -> Self {
        self.histories += other.histories;
        self.actions += other.actions;
        self.events += other.events;
        self.hits.add(&other.hits);
        for (place, (count, first)) in other.failures {
            let known = self.failures.entry(place).or_insert((0, first));
            *known = (known.0 + count, known.1.min(first));
        }
        self
    }
}

fn shard_of(seed: u64, numbers: impl Iterator<Item = u64>) -> Sum {
    let drawn = drawn::history();
    let mut sum = Sum::default();
    for seed in numbers.map(|number| seed.wrapping_add(number)) {
        let history = draw(&drawn, seed);
        sum.histories += 1;
        sum.actions += history.actions.len() as u64;
        match outcome(&history) {
            Ok((events, hits)) => {
                sum.events += events;
                sum.hits.add(&hits);
            }
            Err(words) => {
                let known = sum.failures.entry(place(&words)).or_insert((0, seed));
                *known = (known.0 + 1, known.1.min(seed));
            }
        }
    }
    sum
}

/// Where a failure was found.
fn place(words: &str) -> String {
    words.rsplit_once(" (").map_or_else(|| words.to_owned(), |(_, place)| place.trim_end_matches(')').to_owned())
}

/// The history that a seed draws.
fn draw(drawn: &impl Strategy<Value = History>, seed: u64) -> History {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    drawn.new_tree(&mut runner).expect("every draw is a history").current()
}

/// Plays one history: how many events it told the core, and in which situations; or what was found.
fn outcome(history: &History) -> Result<(u64, Hits), String> {
    let played = catch_unwind(AssertUnwindSafe(|| {
        let mut world = World::opened(history);
        live(&mut world, history);
        (world.events_told, world.hits)
    }));
    played.map_err(|_| WORDS.with_borrow(Clone::clone))
}

/// The story of a history that fails: every event, and what came of it.
fn told(history: &History) -> Vec<String> {
    let mut world = World::opened(history);
    let _it_fails = catch_unwind(AssertUnwindSafe(|| live(&mut world, history)));
    let began = world.told.first().map_or(0, |(at, ..)| *at);
    let step = |(at, event, effects): &(i64, _, Vec<_>)| {
        let effects: String = effects.iter().map(|effect| format!("\n          {effect:?}")).collect();
        format!("{:>7} {event:?}{effects}", at - began)
    };
    world.told.iter().map(step).collect()
}

/// Lives through a history to its end.
fn live(world: &mut World, history: &History) {
    for action in &history.actions {
        world.does(action);
    }
    rest::everything_comes_to_rest(world);
    if history.ending == Ending::CallersAreServed {
        rest::everybody_is_served(world);
    }
    rest::everybody_goes_home(world);
    world.repeats_itself();
}

/// Plays one history alone, for tests that tell a story.
#[cfg(test)]
pub fn lives(history: &History) {
    live(&mut World::opened(history), history);
}

/// Leaves out of a history what it fails without, and makes small what is large.
fn shrink(mut history: History, mut words: String) -> (History, String) {
    let mut plays = 0;
    // The same assertion, or one failure would turn into another.
    let looked_for = place(&words);
    let mut fails = |candidate: &History, words: &mut String| {
        plays += 1;
        let found = (plays <= PLAYS).then(|| outcome(candidate).err()).flatten();
        found.filter(|found| place(found) == looked_for).map(|found| *words = found).is_some()
    };
    let mut length = history.actions.len();
    while length > 0 {
        let mut from = 0;
        while from < history.actions.len() {
            let mut candidate = history.clone();
            candidate.actions.drain(from..(from + length).min(history.actions.len()));
            if fails(&candidate, &mut words) { history = candidate } else { from += length }
        }
        length /= 2;
    }
    for candidate in [History { settings: 0, ..history.clone() }, History { ending: Ending::CallersLeave, ..history.clone() }] {
        if fails(&candidate, &mut words) {
            history = candidate;
        }
    }
    for place in 0..history.actions.len() {
        for smaller in smaller(&history.actions[place]) {
            let mut candidate = history.clone();
            candidate.actions[place] = smaller;
            if fails(&candidate, &mut words) {
                history = candidate;
                break;
            }
        }
    }
    (history, words)
}

/// The same action with smaller numbers, the smallest first.
fn smaller(action: &Action) -> Vec<Action> {
    match *action {
        Action::CallerArrives(..) => vec![Action::CallerArrives(0, 0)],
        Action::CallerHangsUp(_) => vec![Action::CallerHangsUp(0)],
        Action::PhoneRings(_) => vec![Action::PhoneRings(0)],
        Action::PhoneAnswers(_) => vec![Action::PhoneAnswers(0)],
        Action::PhoneEnds(k, cause) => vec![Action::PhoneEnds(0, 0), Action::PhoneEnds(0, cause), Action::PhoneEnds(k, 0)],
        Action::PhoneHolds(_) => vec![Action::PhoneHolds(0)],
        Action::AgentAsks(k, ask) => vec![Action::AgentAsks(0, 0), Action::AgentAsks(k, 0), Action::AgentAsks(0, ask)],
        Action::CallAsked(k, ask) => vec![Action::CallAsked(0, 0), Action::CallAsked(k, 0), Action::CallAsked(0, ask)],
        Action::OrderRuns(_) => vec![Action::OrderRuns(0)],
        Action::OrderFails(k, why) => vec![Action::OrderFails(0, why % 3), Action::OrderFails(k, why % 3)],
        Action::TimePasses(ms) => [1, 500, 5_000].into_iter().filter(|less| *less < ms).map(Action::TimePasses).collect(),
        Action::ConnectionBreaks(_) => vec![Action::ConnectionBreaks(0)],
        Action::SwitchRestarts(_) => vec![Action::SwitchRestarts(0)],
        Action::ProgramDies(_) => vec![Action::ProgramDies(0)],
        Action::ProgramRestarts(k, lost) => {
            vec![Action::ProgramRestarts(0, 0), Action::ProgramRestarts(0, lost % 8), Action::ProgramRestarts(k, 0)]
        }
        _ => vec![],
    }
}
