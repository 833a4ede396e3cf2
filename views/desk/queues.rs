//! The queues that the agent serves, and who waits in them.

use maud::{Markup, html};

use super::{Drawing, QueueLine};
use crate::number::count;
use crate::parts::{Limit, clipped, since};

pub(super) fn zone(queues: &[QueueLine], Drawing { at, lang, .. }: Drawing<'_>) -> Markup {
    html! {
        section #desk-queues .own-queues aria-labelledby="desk-queues-title" {
            h2 #desk-queues-title { (lang.text("desk-queues")) }
            @if queues.is_empty() {
                p.empty { (lang.text("desk-queues-none")) }
            } @else {
                ul {
                    @for queue in queues {
                        li #{ "desk-queue-" (queue.id) } {
                            span.name { (clipped(&queue.name)) }
                            span.waits {
                                @if let Some(longest) = queue.longest {
                                    span.urgency { (since(longest, at, Some(Limit(queue.within)))) }
                                }
                                @if queue.waiting > 0 { b data-value=(queue.waiting) { (count(queue.waiting)) } }
                                @else { b.none data-value="0" { "0" } }
                            }
                        }
                    }
                }
            }
        }
    }
}
