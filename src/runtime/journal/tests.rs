//! The journal alone: what is appended is read back, whatever happens to the file and the disk.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use acd::State;
use acd::effect::Effect;
use acd::event::Event;
use model::{Fact, Timestamp};
use proptest::prelude::{ProptestConfig, any, proptest};

use super::thread::{LIMITS, Limits};
use super::{Difference, Entry, Journal, Keeping, Segment, Snapshot, Step, check, open, segments, steps_after};
use crate::health::Health;

/// A folder of its own, gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("callsync-journal-{}", uuid::Uuid::now_v7().simple()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn keeping(&self) -> Keeping {
        Keeping { folder: self.0.clone(), days: 14, zone: jiff::tz::TimeZone::UTC }
    }

    fn segments(&self) -> Vec<PathBuf> {
        segments(&self.keeping().journal()).unwrap()
    }

    fn positions_after(&self, position: u64) -> Vec<u64> {
        steps_after(&self.keeping().journal(), position).unwrap().flatten().map(|fact| fact.position).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A journal and the loop's side of it: a state that is stepped by clock jumps, which are one fact each.
struct Day {
    journal: Journal,
    state: State,
    position: u64,
}

impl Day {
    fn begin(folder: &Folder, health: &Health) -> Self {
        let journal = open(&folder.keeping(), health.clone()).unwrap();
        let mut day = Self { journal, state: State::new(1), position: 0 };
        day.snapshot(true);
        day
    }

    fn snapshot(&mut self, follows: bool) {
        self.journal.begin(snapshot(&self.state, self.position, follows));
    }

    fn jumps(&mut self, jumps: std::ops::Range<i64>) {
        for by in jumps {
            let (at, event) = (Timestamp::from_ms(1_000 + by), Event::ClockJumped { by });
            let effects = acd::step(&mut self.state, at, event.clone());
            drop(self.state.take_changes());
            let first = self.position + 1;
            self.position += effects.iter().filter(|effect| matches!(effect, Effect::Record(_))).count() as u64;
            self.journal.append(Step { at, event, first, effects });
        }
    }

    fn flush(&self) {
        assert!(self.journal.flush(Duration::from_secs(10)));
    }
}

fn snapshot(state: &State, position: u64, follows: bool) -> Snapshot {
    let at = Timestamp::from_ms(1_000 + i64::try_from(position).unwrap());
    Snapshot { at, state: state.clone(), position, since: Timestamp::from_ms(1), follows }
}

fn entries(path: &Path) -> Vec<Entry> {
    let mut segment = Segment::open(path).unwrap();
    std::iter::from_fn(move || segment.entry().unwrap()).collect()
}

fn wait(until: impl Fn() -> bool) {
    let began = Instant::now();
    while !until() {
        assert!(began.elapsed() < Duration::from_secs(20), "it never came true");
        std::thread::yield_now();
    }
}

#[test]
fn what_is_appended_is_read_back_and_is_nobody_elses_to_read() {
    let folder = Folder::new();
    let mut day = Day::begin(&folder, &Health::default());
    day.jumps(0..3);
    day.flush();
    let [path] = &folder.segments()[..] else { panic!("one segment") };
    let segment = Segment::open(path).unwrap();
    assert_eq!((segment.header.build.as_str(), segment.header.schema), (super::BUILD, super::SCHEMA));
    assert_eq!(segment.state().unwrap(), State::new(1));
    let read = entries(path);
    let told: Vec<(u64, &[Fact])> = read.iter().map(|entry| (entry.first, &entry.facts[..])).collect();
    let jumped = |by| [Fact::ClockJumped { by }];
    assert_eq!(told, [(1, &jumped(0)[..]), (2, &jumped(1)[..]), (3, &jumped(2)[..])]);
    let mode = |path: &PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(path), mode(&folder.keeping().journal())), (0o600, 0o700));
}

#[test]
fn a_replay_of_the_same_build_comes_to_the_same_and_tells_where_it_does_not() {
    let folder = Folder::new();
    let mut day = Day::begin(&folder, &Health::default());
    day.jumps(0..5);
    day.snapshot(true);
    day.jumps(5..7);
    day.flush();
    let checked = check(&folder.segments()).unwrap();
    assert_eq!((checked.entries, checked.segments, checked.joined), (7, 2, 1));

    // A step that was made otherwise on the day.
    let (at, event) = (Timestamp::from_ms(9_000), Event::ClockJumped { by: 1 });
    day.journal.append(Step { at, event, first: 8, effects: Vec::new() });
    day.flush();
    let difference = check(&folder.segments()).unwrap_err();
    assert!(matches!(difference, Difference::Effects { number: 3, event: "clock_jumped", .. }), "{difference}");

    // A state that nothing has led to.
    day.state = State::new(2);
    day.snapshot(true);
    day.flush();
    let last = folder.segments();
    assert!(matches!(check(&last[2..]), Ok(checked) if checked.segments == 1));
    fs::remove_file(&last[1]).unwrap();
    let difference = check(&folder.segments()).unwrap_err();
    assert!(matches!(difference, Difference::State { .. }), "{difference}");
}

#[test]
fn facts_are_found_by_their_positions_over_all_segments() {
    let folder = Folder::new();
    let mut day = Day::begin(&folder, &Health::default());
    for segment in 0..4 {
        day.jumps(segment * 5..segment * 5 + 5);
        day.snapshot(true);
    }
    day.jumps(20..22);
    day.flush();
    assert_eq!(folder.segments().len(), 5);
    for from in 0..=22 {
        assert_eq!(folder.positions_after(from), (from + 1..=22).collect::<Vec<_>>());
    }
}

#[test]
fn segments_go_when_they_are_old_and_all_their_facts_are_booked() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let folder = Folder::new();
    let mut day = Day::begin(&folder, &Health::default());
    for _ in 0..3 {
        let next = i64::try_from(day.position).unwrap();
        day.jumps(next..next + 5);
        day.snapshot(true);
    }
    day.flush();
    let journal = folder.keeping().journal();
    let retire = |now_ms, booked| {
        super::folder::retire(&journal, super::folder::kept_since(Timestamp::from_ms(now_ms), 14), booked).unwrap()
    };
    assert_eq!(retire(14 * DAY_MS, 15), 0, "none is older than fourteen days");
    assert_eq!(retire(15 * DAY_MS, 4), 0, "the database lacks a fact of the first");
    assert_eq!(retire(15 * DAY_MS, 10), 2, "the third holds facts that the database lacks");
    assert_eq!(retire(99 * DAY_MS, 15), 1, "the newest is what the next run begins with");
    assert_eq!(folder.segments().len(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_written_again_as_soon_as_it_can() {
    let folder = Folder::new();
    fs::write(folder.keeping().journal(), "something else stands here").unwrap();
    let health = Health::default();
    let mut day = Day::begin(&folder, &health);
    day.jumps(0..2);
    let durable = day.journal.durable();
    wait(|| *durable.borrow() == u64::MAX);
    assert!(!health.journal_open(), "and the books wait for nothing");
    fs::remove_file(folder.keeping().journal()).unwrap();
    wait(|| day.journal.wants());
    day.snapshot(true);
    day.jumps(2..4);
    day.flush();
    assert!(health.journal_open());
    assert_eq!(*durable.borrow(), 4);
    let [path] = &folder.segments()[..] else { panic!("one segment") };
    assert!(!Segment::open(path).unwrap().header.follows, "what came before is missing");
    assert_eq!(folder.positions_after(0), [3, 4]);
}

#[test]
fn a_segment_that_is_deleted_or_replaced_is_noticed_and_begun_anew() {
    let folder = Folder::new();
    let health = Health::default();
    let mut day = Day::begin(&folder, &health);
    day.jumps(0..2);
    day.flush();
    fs::remove_dir_all(folder.keeping().journal()).unwrap();
    wait(|| !health.journal_open());
    wait(|| day.journal.wants());
    day.snapshot(true);
    day.flush();
    assert!(health.journal_open());
    assert_eq!(entries(&folder.segments()[0]).len(), 0);
}

#[test]
fn a_full_disk_ends_the_segment_at_its_last_whole_record() {
    let folder = Folder::new();
    let health = Health::default();
    let mut day = Day::begin(&folder, &health);
    day.jumps(0..10);
    day.flush();
    // What a full disk leaves: a part of a record, behind which nothing is ever written.
    let path = folder.segments().remove(0);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 3]).unwrap();
    assert_eq!(entries(&path).len(), 9);
    assert_eq!(folder.positions_after(8), [9]);
}

#[test]
fn a_loop_that_is_too_fast_leaves_a_gap_and_says_that_the_next_segment_does_not_follow() {
    let folder = Folder::new();
    let journal = super::thread::open_with(&folder.keeping(), Health::default(), Limits { queue: 1, ..LIMITS }).unwrap();
    let mut day = Day { journal, state: State::new(1), position: 0 };
    day.snapshot(true);
    // The thread brings the snapshot to the disk, and there is room for one message.
    let counted = crate::tests::counted();
    metrics::with_local_recorder(counted.0, || {
        for round in 0.. {
            day.jumps(round * 100..round * 100 + 100);
            if counted.1.render().contains("callsync_journal_lost_total") {
                break;
            }
        }
    });
    wait(|| day.journal.wants());
    day.snapshot(true);
    let durable = day.journal.durable();
    let position = day.position;
    wait(|| *durable.borrow() >= position);
    let last = folder.segments().pop().unwrap();
    let header = Segment::open(&last).unwrap().header;
    assert_eq!((header.follows, header.position), (false, position));
}

#[test]
fn no_secret_is_in_what_the_settings_bring_into_the_journal() {
    let json = serde_json::to_value(Event::SettingsChanged(crate::tests::settings())).unwrap();
    let mut keys = Vec::new();
    gather_keys(&json, &mut keys);
    assert!(keys.iter().any(|key| key == "ring_timeout"), "it looks at the settings: {keys:?}");
    for key in keys {
        for banned in ["password", "secret", "token", "hash", "key", "credential", "email"] {
            assert!(!key.to_lowercase().contains(banned), "{key} is in the journal");
        }
    }
}

fn gather_keys(json: &serde_json::Value, keys: &mut Vec<String>) {
    match json {
        serde_json::Value::Object(object) => {
            for (key, value) in object {
                keys.push(key.clone());
                gather_keys(value, keys);
            }
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| gather_keys(value, keys)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Wherever a file is cut, and whichever of its bytes is spoilt, what stands before is read and nothing else.
    #[test]
    fn what_is_cut_or_spoilt_ends_the_reading_and_never_invents_anything(cut in any::<proptest::sample::Index>(), spoil: Option<u8>) {
        let folder = Folder::new();
        let mut day = Day::begin(&folder, &Health::default());
        day.jumps(0..20);
        day.flush();
        let path = folder.segments().remove(0);
        let whole = entries(&path);
        let mut bytes = fs::read(&path).unwrap();
        let at = cut.index(bytes.len());
        match spoil {
            Some(bits) => bytes[at] ^= bits | 1,
            None => bytes.truncate(at),
        }
        fs::write(&path, &bytes).unwrap();
        if let Ok(mut segment) = Segment::open(&path) {
            let read: Vec<Entry> = std::iter::from_fn(|| segment.entry().unwrap()).collect();
            assert_eq!(read, whole[..read.len()]);
            assert_eq!(segment.state().unwrap(), State::new(1));
            let facts = folder.positions_after(0);
            assert_eq!(facts, (1..=read.len() as u64).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_segment_that_has_grown_large_or_old_is_followed_by_another() {
    for limits in [Limits { bytes: 20_000, ..LIMITS }, Limits { age: Duration::from_millis(1), ..LIMITS }] {
        let folder = Folder::new();
        let journal = super::thread::open_with(&folder.keeping(), Health::default(), limits).unwrap();
        let mut day = Day { journal, state: State::new(1), position: 0 };
        day.snapshot(true);
        let mut next = 0;
        while !day.journal.wants() {
            day.jumps(next..next + 1);
            next += 1;
            day.flush();
            assert!(next < 1_000, "it never wants to");
        }
        day.snapshot(true);
        day.jumps(next..next + 3);
        day.flush();
        let checked = check(&folder.segments()).unwrap();
        assert_eq!((checked.segments, checked.joined, checked.entries), (2, 1, u64::try_from(next).unwrap() + 3));
    }
}
