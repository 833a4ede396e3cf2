//! Icons: Lucide's drawings, from the sprite that every page begins with.

use maud::{Markup, html};

use crate::assets::SPRITE;

/// The icon of that Lucide name. It says nothing to a screen reader: a word stands beside every icon.
#[must_use]
pub fn icon(name: &str) -> Markup {
    html! { svg.icon aria-hidden="true" { use href={ "#icon-" (name) } {} } }
}

/// The same, filled with the colour of the text.
pub(super) fn filled(name: &str) -> Markup {
    html! { svg.icon.filled aria-hidden="true" { use href={ "#icon-" (name) } {} } }
}

/// The names of all icons that pages have.
pub(crate) fn icons() -> impl Iterator<Item = &'static str> {
    SPRITE.split("id=\"icon-").skip(1).filter_map(|symbol| symbol.split('"').next())
}

#[cfg(test)]
mod tests {
    use super::{SPRITE, icons};

    #[test]
    fn the_sprite_has_a_drawing_for_every_symbol() {
        assert_eq!(SPRITE.matches("<symbol").count(), SPRITE.matches("</symbol>").count());
        assert!(icons().any(|name| name == "phone"));
        assert!(!SPRITE.contains("<style"), "the policy forbids style in the page");
    }
}
