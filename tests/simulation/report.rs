//! What is said about many histories: figures, the table of situations, and what failed.

use std::fmt::Write;
use std::time::Duration;

use crate::cells::{AGENTS, EVENTS, Hits, PHASES, cells, name};
use crate::reach::why_not;
use crate::run::{Failed, Sum};

/// In a run of this many histories, each cell that can be met is met this often.
const ENOUGH: (u64, u64) = (10_000, 100);

/// How many steps of a history that fails are shown.
const TOLD: usize = 40;

/// Whether every history held, and whether together they met what can be met: what was found, each under a name.
pub fn findings(sum: &Sum, seed: u64) -> Vec<(&'static str, Option<String>)> {
    let mut findings = vec![(
        "histories::state_and_switch_agree_whatever_happens",
        sum.failed.as_ref().map(|failed| failures(sum) + &history(failed, seed)),
    )];
    if sum.histories >= ENOUGH.0 {
        findings.push(("histories::every_situation_that_can_be_met_is_met", listed(&seldom(sum))));
    }
    if sum.failed.is_none() {
        findings.push(("histories::no_situation_that_cannot_be_met_is_met", listed(&impossible(&sum.hits))));
    }
    findings
}

fn listed(found: &[String]) -> Option<String> {
    (!found.is_empty()).then(|| found.join("\n"))
}

fn seldom(sum: &Sum) -> Vec<String> {
    let enough = ENOUGH.1 * sum.histories / ENOUGH.0;
    let seldom = cells().filter(|cell| why_not(*cell).is_none() && sum.hits.of(*cell) < enough);
    seldom.map(|cell| format!("    {} was met {} times, not {enough}", name(cell), sum.hits.of(cell))).collect()
}

fn impossible(hits: &Hits) -> Vec<String> {
    let met = cells().filter(|cell| hits.of(*cell) > 0);
    met.filter_map(|cell| Some(format!("    {} was met {} times, though {}", name(cell), hits.of(cell), why_not(cell)?)))
        .collect()
}

fn failures(sum: &Sum) -> String {
    let line = |(place, (count, first)): (&String, &(u64, u64))| format!("    {count} at {place}, the first with seed {first}\n");
    sum.failures.iter().map(line).collect()
}

fn history(failed: &Failed, seed: u64) -> String {
    let Failed { seed: its, words, shortest, shortest_words, told } = failed;
    let mut text =
        format!("    {words}\n    to repeat it: CALLSYNC_SIM_SEED={its} CALLSYNC_SIM_HISTORIES=1 (the run began with {seed})\n");
    let _ = writeln!(text, "    the shortest history that fails, of {} actions, says: {shortest_words}", shortest.actions.len());
    let _ = writeln!(
        text,
        "    History {{ seed: {}, settings: {}, ending: Ending::{:?}, actions: vec![",
        shortest.seed, shortest.settings, shortest.ending
    );
    for action in &shortest.actions {
        let _ = writeln!(text, "        Action::{action:?},");
    }
    text += "    ] }\n    the end of what the core was told, and what it answered:\n";
    for step in told.iter().skip(told.len().saturating_sub(TOLD)) {
        let _ = writeln!(text, "    {}", readable(step));
    }
    text
}

/// Without the parts of ids that are the same everywhere.
fn readable(step: &str) -> String {
    let plain = [
        ("TheirLeg { server: ServerId(1), id: ", "{ "),
        ("OurLeg { server: ServerId(1), call: ", "{ "),
        ("00000000-0000-0000-0000-00000000", ""),
    ];
    plain.into_iter().fold(step.to_owned(), |text, (long, short)| text.replace(long, short))
}

/// The figures and the table.
pub fn of(sum: &Sum, took: Duration) -> String {
    let Sum { histories, actions, events, .. } = *sum;
    let mean = |all: u64| all as f64 / histories.max(1) as f64;
    let mut text = format!(
        "{histories} histories in {:.1} s; on average {:.1} actions, {:.1} events told to the core; {events} steps\n\n",
        took.as_secs_f64(),
        mean(actions),
        mean(events),
    );
    let possible = cells().filter(|cell| why_not(*cell).is_none());
    let (cells_met, least) = possible.fold((0, u64::MAX), |(met, least), cell| {
        let hits = sum.hits.of(cell);
        (met + u32::from(hits > 0), least.min(hits))
    });
    text += &table(&sum.hits);
    let _ = writeln!(text, "\n{cells_met} situations met, each at least {least} times; \"-\" cannot be met");
    text
}

fn table(hits: &Hits) -> String {
    let mut text = format!("{:<18}{:<9}", "event", "call");
    for agent in AGENTS {
        let _ = write!(text, "{agent:>12}");
    }
    text.push('\n');
    for (event, event_name) in EVENTS.iter().enumerate() {
        for (phase, phase_name) in PHASES.iter().enumerate() {
            let row: Vec<_> = (0..AGENTS.len()).map(|agent| (event, phase, agent)).collect();
            if row.iter().all(|cell| why_not(*cell).is_some() && hits.of(*cell) == 0) {
                continue;
            }
            let _ = write!(text, "{event_name:<18}{phase_name:<9}");
            for cell in row {
                let shown =
                    if why_not(cell).is_some() && hits.of(cell) == 0 { "-".to_owned() } else { hits.of(cell).to_string() };
                let _ = write!(text, "{shown:>12}");
            }
            text.push('\n');
        }
    }
    text
}
