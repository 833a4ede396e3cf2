//! Icons: Lucide's drawings, from the sprite that every page begins with.

use maud::{Markup, html};

/// The icon of that Lucide name. It says nothing to a screen reader: a word stands beside every icon.
#[must_use]
pub fn icon(name: &str) -> Markup {
    html! { svg.icon aria-hidden="true" { use href={ "#icon-" (name) } {} } }
}

/// The same, filled with the colour of the text.
pub(super) fn filled(name: &str) -> Markup {
    html! { svg.icon.filled aria-hidden="true" { use href={ "#icon-" (name) } {} } }
}

#[cfg(test)]
mod tests {
    use crate::assets::SPRITE;

    #[test]
    fn the_sprite_has_a_drawing_for_every_symbol() {
        assert_eq!(SPRITE.matches("<symbol").count(), SPRITE.matches("</symbol>").count());
        assert!(SPRITE.contains("id=\"icon-phone\""));
        assert!(!SPRITE.contains("<style"), "the policy forbids style in the page");
    }
}
