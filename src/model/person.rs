//! What tells one person from another: phone numbers, e-mail addresses, names. They have no `Display`: only
//! [`Viewer::show`] turns one into text, so that whoever may not see a value cannot be shown it by mistake.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! personal {
    ($(#[$doc:meta])* $name:ident, $hidden:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text itself, for Asterisk and the store. Pages use [`Viewer::show`].
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        /// Hides the value: logs and test output must not hold what a page would mask.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($hidden)
            }
        }
    };
}

personal!(
    /// A phone number as it came on the wire: E.164, or an internal extension.
    Phone,
    "Phone(…)"
);
personal!(
    /// An e-mail address.
    Email,
    "Email(…)"
);
personal!(
    /// A person's name.
    PersonName,
    "PersonName(…)"
);

/// A personal value made fit for one viewer: the only form in which pages, exports and the API hold it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Shown(String);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much of a person a viewer may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Viewer {
    /// Sees numbers and addresses whole.
    Whole,
    /// Sees the middle of a number, and the most of an address, as dots.
    Masked,
}

impl Viewer {
    /// The value as this viewer may see it.
    #[must_use]
    pub fn show(self, value: &impl Personal) -> Shown {
        Shown(match self {
            Self::Whole => value.whole(),
            Self::Masked => value.masked(),
        })
    }
}

/// A value that tells one person from another, and the two ways to write it.
pub trait Personal {
    /// The value in full, set for reading.
    fn whole(&self) -> String;
    /// The value with what identifies the person replaced by dots.
    fn masked(&self) -> String;
}

/// Narrow no-break space, U+202F: keeps a number on one line.
const THIN: char = '\u{202f}';

impl Personal for Phone {
    fn whole(&self) -> String {
        russian(&self.0).map_or_else(|| self.0.clone(), |d| group(&d))
    }

    fn masked(&self) -> String {
        if let Some(digits) = russian(&self.0) {
            let hidden: String = digits.char_indices().map(|(i, c)| if (4..9).contains(&i) { '•' } else { c }).collect();
            return group(&hidden);
        }
        let length = self.0.chars().count();
        if length <= 4 {
            return self.0.clone();
        }
        self.0.chars().enumerate().map(|(i, c)| if i + 2 < length && i > 0 { '•' } else { c }).collect()
    }
}

/// The eleven digits of a Russian number, whatever it began with (+7, 7, 8), or `None`.
fn russian(number: &str) -> Option<String> {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let national = digits.len() == 11 && digits.bytes().all(|b| b.is_ascii_digit());
    (national && (digits.starts_with('7') || (digits.starts_with('8') && !number.starts_with('+'))))
        .then(|| format!("7{}", &digits[1..]))
}

/// `+7 912 345-67-89` out of eleven characters.
fn group(eleven: &str) -> String {
    let mut out = String::from("+");
    for (i, c) in eleven.chars().enumerate() {
        match i {
            1 | 4 => out.push(THIN),
            7 | 9 => out.push('-'),
            _ => {}
        }
        out.push(c);
    }
    out
}

impl Personal for Email {
    fn whole(&self) -> String {
        self.0.clone()
    }

    fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        format!("{}•••@{domain}", local.chars().next().unwrap_or('•'))
    }
}

impl Personal for PersonName {
    fn whole(&self) -> String {
        self.0.clone()
    }

    fn masked(&self) -> String {
        self.0.split_whitespace().filter_map(|word| word.chars().next()).map(|c| format!("{c}.")).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::{Email, PersonName, Phone, Viewer};

    #[test]
    fn a_phone_is_grouped_and_masked_as_the_pages_want_it() {
        let phone = Phone::new("+79123456789");
        assert_eq!(Viewer::Whole.show(&phone).to_string().replace('\u{202f}', " "), "+7 912 345-67-89");
        assert_eq!(Viewer::Masked.show(&phone).to_string().replace('\u{202f}', " "), "+7 912 •••-••-89");
    }

    #[test]
    fn a_foreign_number_is_masked_but_for_its_ends() {
        assert_eq!(Viewer::Masked.show(&Phone::new("+4915112345")).to_string(), "+••••••••45");
        assert_eq!(Viewer::Whole.show(&Phone::new("1001")).to_string(), "1001");
    }

    #[test]
    fn what_is_masked_keeps_nothing_of_the_middle() {
        assert_eq!(Viewer::Masked.show(&Email::new("anna@example.org")).to_string(), "a•••@example.org");
        assert_eq!(Viewer::Masked.show(&PersonName::new("Анна Ильина")).to_string(), "А. И.");
    }

    #[test]
    fn debug_output_hides_the_person() {
        assert_eq!(format!("{:?}", Phone::new("+79123456789")), "Phone(…)");
    }
}
