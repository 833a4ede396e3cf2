//! Names of whatever length, in whatever room.

use maud::{Markup, html};

/// A name up to this long is never clipped in the narrowest column.
const SHORT: usize = 18;

/// How much of a long name's end stays when its middle gives way.
const TAIL: usize = 8;

/// A name that gives way in its middle when room is short. The whole of it stands in the title.
#[must_use]
pub fn clipped(name: &str) -> Markup {
    let length = name.chars().count();
    if length <= SHORT {
        return html! { (name) };
    }
    let cut = name.char_indices().nth(length - TAIL).map_or(name.len(), |(at, _)| at);
    let (head, tail) = name.split_at(cut);
    html! { span.clip title=(name) { span.head { (head) } span.tail { (tail) } } }
}

#[cfg(test)]
mod tests {
    use super::clipped;

    #[test]
    fn a_long_name_keeps_its_end_and_loses_nothing() {
        let drawn = clipped("Константинопольская Александра").into_string();
        assert!(
            drawn.contains("<span class=\"head\">Константинопольская Ал</span><span class=\"tail\">ександра</span>"),
            "{drawn}"
        );
        assert_eq!(clipped("Анна Ильина").into_string(), "Анна Ильина");
    }
}
