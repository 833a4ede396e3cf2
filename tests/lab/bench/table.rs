//! The report for people: a table for each scenario, and every target, met or not.

use std::fmt::Write as _;

use super::contestant::Contestant;
use super::report::{Played, Report, Summary};
use super::spread::Spread;
use super::targets::Target;

/// All of it.
pub fn of(report: &Report, targets: &[Target]) -> String {
    let mut text = String::new();
    report.played.iter().for_each(|played| text.push_str(&scenario(played)));
    if let Some(pages) = &report.pages {
        let _ = writeln!(text, "\npages, {} viewers: from a phone's 200 OK to the page {}", pages.viewers, pages.event_to_dom_ms);
    }
    if let Some(core) = &report.core {
        let _ = writeln!(text, "\ncore, 2,000 agents, 50 queues: {:.0} events/s on one core", core.events_per_s);
        for (waiting, step) in &core.step_us_by_waiting {
            let _ = writeln!(text, "  {waiting:>6} waiting: a step takes p50 {:.2} µs, p99 {:.2} µs", step.p50, step.p99);
        }
        let _ = writeln!(text, "  a day of {} calls in the simulator: {:.1} s", core.day.calls, core.day.seconds);
    }
    let _ = writeln!(text, "\nAsterisk {}; {}", report.asterisk_version, report.standstills);
    text + &judged(targets)
}

type Times = fn(&Summary) -> &Spread;

fn scenario(played: &Played) -> String {
    let mut text = format!("\n{:<22}{:>12}{:>12}{:>12}\n", played.scenario.name, "callsync", "app_queue", "floor");
    let summaries = Contestant::ALL.map(|who| played.summary(who));
    let mut row = |name: &str, of: &dyn Fn(&Summary) -> String| {
        let [ours, peer, floor] = summaries.each_ref().map(of);
        let _ = writeln!(text, "  {name:<20}{ours:>12}{peer:>12}{floor:>12}");
    };
    let spreads: [(&str, Times); 3] =
        [("idle gap", |one| &one.idle_gap_ms), ("ring", |one| &one.ring_ms), ("bridge", |one| &one.bridge_ms)];
    for (name, of) in spreads {
        if summaries.iter().any(|summary| of(summary).n > 0) {
            row(&format!("{name} p50 ms"), &|one| told(of(one).p50));
            row(&format!("{name} p99 ms"), &|one| told(of(one).p99));
            row(&format!("{name}: how many"), &|one| of(one).n.to_string());
        }
    }
    row("calls, of them lost", &|one| format!("{}, {}", one.calls, one.lost));
    row("Asterisk's CPU s", &|one| format!("{:.2}", one.cpu_s.asterisk));
    row("its own CPU s", &|one| format!("{:.2}", one.cpu_s.callsync));
    row("its own memory MB", &|one| told(one.rss_mb));
    text
}

fn told(figure: Option<f64>) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.1}"))
}

fn judged(targets: &[Target]) -> String {
    let mut text = String::from("\ntargets\n");
    for target in targets {
        let verdict = if target.met { "met    " } else { "NOT met" };
        let measured = target.measured.map_or_else(|| "not measured".to_owned(), |measured| format!("{measured:.2}"));
        let _ = writeln!(text, "  {verdict}  {}: {measured}", target.what);
    }
    let met = targets.iter().filter(|target| target.met).count();
    let _ = writeln!(text, "{met} of {} targets met", targets.len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::report::tests::{played, report, turn};
    use crate::bench::targets::judge;

    #[test]
    fn figures_stand_side_by_side_and_a_missed_target_is_told_plainly() {
        let turns = vec![
            (Contestant::Callsync, turn(&[17.0], 1.0, 0.4, 0)),
            (Contestant::AppQueue, turn(&[700.0], 2.0, 0.0, 0)),
            (Contestant::Floor, turn(&[10.0], 1.0, 0.1, 0)),
        ];
        let report = report(vec![played(0, turns)]);
        let text = of(&report, &judge(&report));
        let line = |begin: &str| text.lines().find(|line| line.trim_start().starts_with(begin)).unwrap_or_default();
        assert_eq!(line("idle gap p50 ms").split_whitespace().collect::<Vec<_>>()[4..], ["17.0", "700.0", "10.0"]);
        assert!(!text.contains("ring p50"), "nobody found a free agent:\n{text}");
        assert!(text.contains("NOT met  one-agent: idle gap p50 to the floor's: at most 1.5 ×: 1.70"), "{text}");
        assert!(text.ends_with("5 of 6 targets met\n"), "{text}");
    }
}
