//! Rows that are picked, and the bar with what can be done with them. The bar is there while any is picked, also without
//! script: its style sheet asks the boxes. Script says how many, picks all, and picks from one row to another with Shift.

use maud::{Markup, html};

use super::counted::counted;
use crate::words::Lang;

/// What can be done with rows that are picked.
#[derive(Clone, Copy, Debug)]
pub struct Bulk<'a> {
    /// Where the orders are sent to; each row that is picked is sent as `row`.
    pub action: &'a str,
    /// The orders, the usual one first, which stands at the end.
    pub orders: &'a [BulkOrder<'a>],
}

/// An order for all rows that are picked.
#[derive(Clone, Copy, Debug)]
pub struct BulkOrder<'a> {
    /// What is sent as `order`.
    pub name: &'a str,
    /// The verb.
    pub verb: &'a str,
    /// What it risks.
    pub risk: Risk,
}

/// What an order risks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risk {
    /// It can be taken back.
    None,
    /// It cannot: its answer is a page that asks first, and says with counts what will happen.
    AsksFirst,
}

impl Bulk<'_> {
    pub(super) fn around(&self, table: &Markup, lang: Lang) -> Markup {
        html! {
            form.bulk method="post" action=(self.action) data-pick {
                (table)
                div.act-bar {
                    p role="status" { (counted("picked", &lang.text("bulk-picked"), |count| lang.text_with("bulk-count", [("count", count.into())]))) }
                    button.button.quiet type="reset" { (lang.text("bulk-none")) }
                    div.act-buttons {
                        @for order in self.orders {
                            button.button.danger[order.risk == Risk::AsksFirst] type="submit" name="order" value=(order.name) {
                                (order.verb) @if order.risk == Risk::AsksFirst { "…" }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The box that picks all rows of the page.
pub(super) fn pick_all(lang: Lang) -> Markup {
    html! { th.pick scope="col" { label { input type="checkbox" data-all aria-label=(lang.text("bulk-all")); } } }
}

/// The box that picks one row.
pub(super) fn pick_one(id: &str, name: &str, lang: Lang) -> Markup {
    let label = lang.text_with("bulk-one", [("name", name.to_owned().into())]);
    html! { td.pick { label { input type="checkbox" name="row" value=(id) aria-label=(label); } } }
}
