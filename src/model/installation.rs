//! Which installation of the program: several may share one Asterisk, and each must know its own things there from another's.

use std::fmt;
use std::str::FromStr;

/// How many letters it has.
const LENGTH: usize = 8;

/// The letters for the sixteen values of half a byte: no vowels, so that no word comes out.
const LETTERS: &[u8; 16] = b"bcdfghjklmnpqrst";

/// An installation's id: eight small letters, kept in its database. No digits: the heartbeat carries it beside a time, of which
/// the dialplan takes the digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Installation([u8; LENGTH]);

impl Installation {
    /// The id that this number stands for.
    #[must_use]
    pub const fn numbered(mut number: u32) -> Self {
        let mut letters = [0; LENGTH];
        let mut at = 0;
        while at < LENGTH {
            letters[at] = LETTERS[(number % 16) as usize];
            number /= 16;
            at += 1;
        }
        Self(letters)
    }
}

impl fmt::Display for Installation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

impl FromStr for Installation {
    type Err = NotAnInstallation;

    fn from_str(text: &str) -> Result<Self, NotAnInstallation> {
        let letters: Option<[u8; LENGTH]> = text.as_bytes().try_into().ok();
        let known = letters.filter(|letters| letters.iter().all(u8::is_ascii_lowercase));
        known.map(Self).ok_or_else(|| NotAnInstallation(text.to_owned()))
    }
}

/// A text that was expected to be an installation's id and is none.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not an installation's id, which is eight small letters")]
pub struct NotAnInstallation(pub String);

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{Installation, NotAnInstallation};

    proptest! {
        #[test]
        fn it_reads_back_as_itself_and_holds_no_digit(number: u32) {
            let text = Installation::numbered(number).to_string();
            prop_assert_eq!(text.parse(), Ok(Installation::numbered(number)));
            prop_assert_eq!(text.chars().filter(char::is_ascii_lowercase).count(), 8);
        }

        #[test]
        fn different_numbers_are_different_installations(one: u32, other: u32) {
            prop_assert_eq!(one == other, Installation::numbered(one) == Installation::numbered(other));
        }

        #[test]
        fn any_other_text_is_refused(text in any::<String>()) {
            let is_one = text.len() == 8 && text.chars().all(|letter| letter.is_ascii_lowercase());
            prop_assert_eq!(text.parse::<Installation>().is_ok(), is_one);
        }
    }

    #[test]
    fn what_looks_like_the_kind_of_a_leg_is_none() {
        for text in ["", "leg", "bridge", "kfjdlsm", "kfjdlsmnp", "KFJDLSMN", "kfjdlsm1"] {
            assert_eq!(text.parse::<Installation>(), Err(NotAnInstallation(text.to_owned())));
        }
    }
}
