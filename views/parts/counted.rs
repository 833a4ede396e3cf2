//! Words with a count that the page itself brings up to date: the server gives it each plural once, with a number in it.

use maud::{Markup, html};

/// A count of one, of few, of many, and the rest: enough for the plurals of Russian and English.
const EXAMPLES: [u32; 3] = [1, 2, 5];

/// What is said without a count, in an element that knows it with every count.
pub(super) fn counted(class: &str, without: &str, words: impl Fn(u32) -> String) -> Markup {
    let [one, few, many] = EXAMPLES.map(&words);
    html! { span class=(class) data-one=(one) data-few=(few) data-many=(many) data-other=(words(2)) { (without) } }
}
