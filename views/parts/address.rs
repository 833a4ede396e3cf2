//! A page's own address: what is sorted, filtered and turned over stands in it, so that it can be kept, shared and gone back to.

use std::fmt::Write as _;

use maud::{Markup, html};

/// A path with its query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    path: String,
    pairs: Vec<(String, String)>,
}

impl Address {
    /// A path without a query.
    #[must_use]
    pub fn of(path: &str) -> Self {
        Self { path: path.to_owned(), pairs: Vec::new() }
    }

    /// The path alone.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same with this value for a name, and no other.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.without(&[name]);
        other.pairs.push((name.to_owned(), value.to_owned()));
        other
    }

    /// The same without these names.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        let kept = self.pairs.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned();
        Self { path: self.path.clone(), pairs: kept.collect() }
    }

    /// The address as a link has it.
    #[must_use]
    pub fn href(&self) -> String {
        let mut href = self.path.clone();
        for (place, (name, value)) in self.pairs.iter().enumerate() {
            href.push(if place == 0 { '?' } else { '&' });
            escape(&mut href, name);
            href.push('=');
            escape(&mut href, value);
        }
        href
    }

    /// The query as a form keeps it, whose own fields are none of these.
    pub(super) fn hidden(&self) -> Markup {
        html! { @for (name, value) in &self.pairs { input type="hidden" name=(name) value=(value); } }
    }
}

/// RFC 3986, section 2.3: all but the unreserved characters.
fn escape(href: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            href.push(char::from(byte));
        } else {
            let _ = write!(href, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn an_address_carries_any_text_and_each_name_once() {
        let address = Address::of("/queues").with("find", "a&b=Ы").with("sort", "name").with("find", "50 %");
        assert_eq!(address.href(), "/queues?sort=name&find=50%20%25");
        assert_eq!(Address::of("/queues").with("find", "Ы").href(), "/queues?find=%D0%AB");
        assert_eq!(address.without(&["find", "sort"]).href(), "/queues");
    }
}
