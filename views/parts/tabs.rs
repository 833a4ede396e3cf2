//! Tabs of a page that has no room for its lists beside each other. Each leads to a list of the page itself.

use maud::{Markup, html};

/// One tab for each list: the id of its title, and its name. The first is shown at first.
#[must_use]
pub fn tabs(label: &str, lists: &[(&str, String)]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for (i, (id, name)) in lists.iter().enumerate() {
                a href={ "#" (id) } aria-current=[(i == 0).then_some("true")] { (name) }
            }
        }
    }
}
