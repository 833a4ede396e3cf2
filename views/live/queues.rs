//! Queues on Live: one line each.

use maud::{Markup, html};
use model::Timestamp;
use model::wallboard::QueueRow;

use super::choice::{Choice, Sort, notes, sorted_by};
use crate::number::{NONE, count, percent};
use crate::parts::{Limit, clipped, digits, since, ticks};
use crate::words::Lang;

/// More ticks than this are a number.
const MOST_TICKS: usize = 40;

/// All queues.
pub(super) fn section(queues: &[QueueRow], choice: &Choice, at: Timestamp, lang: Lang) -> Markup {
    html! {
        section.queues.list aria-labelledby="queues" data-tab="queues" data-none[queues.is_empty()] {
            div.title { h2 #queues { (lang.text("queues")) } (notes(lang)) }
            table.table {
                thead {
                    tr {
                        th.name scope="col" { (lang.text("queue")) }
                        (sorted_by(Sort::QueueWaiting, "waiting", &lang.text("totals-waiting"), choice))
                        (sorted_by(Sort::QueueLongest, "longest", &lang.text("queue-longest"), choice))
                        th.level scope="col" { (lang.text("service-level")) }
                        th.people scope="col" {
                            span.key.ready { (lang.text("totals-ready")) }
                            span.key.talking { (lang.text("totals-talking")) }
                            span.key.off { (lang.text("queue-off")) }
                        }
                    }
                }
                tbody #queue-rows { (rows(queues, at, lang)) }
            }
            p.empty { (lang.text("queues-none")) " " code { "callsync import" } }
        }
    }
}

/// All rows.
pub(super) fn rows(queues: &[QueueRow], at: Timestamp, lang: Lang) -> Markup {
    html! { @for queue in queues { (row(queue, at, lang)) } }
}

/// A queue.
pub(super) fn row(queue: &QueueRow, at: Timestamp, lang: Lang) -> Markup {
    let limit = Limit(queue.target.within);
    let shown = &queue.waiting[..queue.waiting.len().min(MOST_TICKS)];
    let waiting = queue.waiting_count;
    let more = waiting.saturating_sub(u32::try_from(shown.len()).unwrap_or(u32::MAX));
    html! {
        tr id={ "queue-" (queue.id) } {
            th.name scope="row" {
                div.name-cell { a.row-link href={ "/live?queue=" (queue.id) } { (clipped(&queue.name)) } span.code { (queue.number) } }
            }
            td.waiting {
                div.waiting-cell {
                    b.none[waiting == 0] data-value=(waiting) { (count(waiting)) }
                    @if waiting > 0 { (ticks(shown, at, limit)) }
                    @if more > 0 { span.more { "+" (count(more)) } }
                }
            }
            td.longest {
                @if let Some(began) = queue.waiting.iter().min() {
                    span.urgency { (since(*began, at, Some(limit))) span.words { " " (lang.text("above-norm")) } }
                } @else { span.none { (NONE) } }
            }
            td.level { (level(queue, lang)) }
            td.people { (people(queue, lang)) }
        }
    }
}

fn level(queue: &QueueRow, lang: Lang) -> Markup {
    let counts = [("entered", queue.today.entered.into()), ("left", queue.today.left.into())];
    html! {
        span.level-cell title=(lang.text_with("level-counts", counts)) {
            @if let Some(permille) = queue.today.service_level_permille() {
                span data-value=(permille) { (digits(&percent(permille, lang))) }
            } @else { span.none { (NONE) } }
            span.target { " · " (queue.target.percent) "/" (queue.target.within.as_secs()) " · C" }
        }
    }
}

/// The bar's width, and the least that a part needs for its digits.
const BAR: u32 = 192;
const LEAST: u32 = 28;

/// The queue's agents as a bar, each part as wide as its share, with its digits.
fn people(queue: &QueueRow, lang: Lang) -> Markup {
    let parts = [("ready", queue.ready), ("talking", queue.talking), ("off", queue.off)];
    let there: Vec<(&'static str, u32)> = parts.into_iter().filter(|(_, number)| *number > 0).collect();
    if there.is_empty() {
        return html! { span.none { (lang.text("queue-nobody")) } };
    }
    let label = lang
        .text_with("queue-people", [("ready", queue.ready.into()), ("talking", queue.talking.into()), ("off", queue.off.into())]);
    html! {
        svg.people-bar viewBox={ "0 0 " (BAR) " 20" } preserveAspectRatio="xMinYMid meet" role="img" aria-label=(label) {
            @for Part { class, number, left, width } in parts_of(&there) {
                rect class=(class) x=(left) y="0" width=(width) height="20" rx="4" {}
                text class=(class) x=(left + width / 2) y="14.5" { (number) }
            }
        }
    }
}

/// A part of the bar, and where it lies.
struct Part {
    class: &'static str,
    number: u32,
    left: u32,
    width: u32,
}

/// Each part has room for its digits; what is left is shared out by number.
fn parts_of(there: &[(&'static str, u32)]) -> Vec<Part> {
    let sum: u64 = there.iter().map(|(_, number)| u64::from(*number)).sum();
    let free = BAR - LEAST * u32::try_from(there.len()).unwrap_or(3);
    let mut left = 0;
    let mut parts = Vec::with_capacity(there.len());
    for (i, &(class, number)) in there.iter().enumerate() {
        let share = u32::try_from(u64::from(free) * u64::from(number) / sum).unwrap_or(0);
        let width = if i + 1 == there.len() { BAR - left } else { LEAST + share };
        parts.push(Part { class, number, left, width });
        left += width;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{BAR, LEAST, parts_of};

    #[test]
    fn the_parts_of_a_bar_fill_it_and_each_has_room_for_its_digits() {
        for there in [vec![("ready", 1)], vec![("ready", 1), ("off", 400)], vec![("ready", 1), ("talking", 1), ("off", 100_000)]]
        {
            let parts = parts_of(&there);
            assert_eq!(parts.iter().map(|part| part.width).sum::<u32>(), BAR);
            assert!(parts.iter().all(|part| part.width >= LEAST));
        }
    }
}
