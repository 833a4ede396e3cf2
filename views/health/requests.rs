//! What Asterisk was asked for, by the kind of request.

use maud::{Markup, html};

use crate::number::{NONE, count, measured};
use crate::parts::digits;
use crate::words::Lang;

/// Requests of one kind, within the last hour. Times are in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Requests {
    /// The kind, as `/metrics` names it.
    pub kind: String,
    /// How many were made.
    pub asked: u32,
    /// How many of them were refused or never answered.
    pub failed: u32,
    /// Half of them took no longer.
    pub median: Option<f64>,
    /// 95 of 100 took no longer.
    pub p95: Option<f64>,
    /// 99 of 100 took no longer.
    pub p99: Option<f64>,
    /// None took longer; infinite where nobody knows.
    pub most: Option<f64>,
}

/// The table of all kinds.
pub(super) fn section(requests: &[Requests], lang: Lang) -> Markup {
    html! {
        section.setting aria-labelledby="requests" {
            h2 #requests { (lang.text("health-requests")) }
            @if requests.is_empty() {
                p.empty { (lang.text("health-requests-none")) }
            } @else {
                table.table.compact.requests {
                    thead { tr {
                        th scope="col" { (lang.text("health-kind")) }
                        th.number scope="col" { (lang.text("health-asked")) }
                        th.number scope="col" { (lang.text("health-failed")) }
                        th.number.wide scope="col" { (lang.text("health-p50")) }
                        th.number scope="col" { (lang.text("health-p95")) }
                        th.number.wide scope="col" { (lang.text("health-p99")) }
                        th.number scope="col" { (lang.text("health-most")) }
                    } }
                    tbody { @for kind in requests { (row(kind, lang)) } }
                }
            }
        }
    }
}

fn row(kind: &Requests, lang: Lang) -> Markup {
    let failed = if kind.failed > 0 { "failed" } else { "none" };
    html! {
        tr {
            th scope="row" { (kind.kind) }
            td.number { (digits(&count(kind.asked))) }
            td.number { span.(failed) { (digits(&count(kind.failed))) } }
            td.number.wide { (milliseconds(kind.median, lang)) }
            td.number { (milliseconds(kind.p95, lang)) }
            td.number.wide { (milliseconds(kind.p99, lang)) }
            td.number { (most(kind.most, lang)) }
        }
    }
}

fn milliseconds(seconds: Option<f64>, lang: Lang) -> Markup {
    let text = seconds.map_or_else(|| NONE.to_owned(), |seconds| measured(seconds * 1e3, lang));
    digits(&text)
}

/// What nothing was longer than; past the last edge it is only known that something was.
fn most(seconds: Option<f64>, lang: Lang) -> Markup {
    match seconds {
        Some(seconds) if seconds.is_infinite() => digits("> 10\u{202f}000"),
        seconds => milliseconds(seconds, lang),
    }
}
