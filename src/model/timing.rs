//! The spans that the core waits by. Each has a value that suits a telephone exchange, and bounds: a shorter one would call a healthy
//! Asterisk slow, a longer one would leave a caller alone.

use serde::{Deserialize, Serialize};

use crate::settings::SettingsError;
use crate::time::Span;

/// One row a span: what it is, its name, its value unless the settings say otherwise, and the shortest and longest that may be set,
/// in milliseconds.
macro_rules! timing {
    ($($(#[$doc:meta])* $name:ident: $value:literal, $least:literal ..= $most:literal;)+) => {
        /// How long the core waits, and for what.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Timing {
            $($(#[$doc])* pub $name: Span,)+
        }

        impl Default for Timing {
            fn default() -> Self {
                Self { $($name: Span::from_ms($value),)+ }
            }
        }

        impl Timing {
            /// The names of all spans.
            pub const NAMES: &[&str] = &[$(stringify!($name)),+];

            /// Sets the span of this name; says whether there is one.
            pub fn set(&mut self, name: &str, span: Span) -> bool {
                match name {
                    $(stringify!($name) => self.$name = span,)+
                    _ => return false,
                }
                true
            }

            fn check_bounds(&self) -> Result<(), SettingsError> {
                $(within(stringify!($name), self.$name, Span::from_ms($least), Span::from_ms($most))?;)+
                Ok(())
            }
        }
    };
}

timing! {
    /// For how long Asterisk leaves a caller who waits to us, unless we answer for them anew.
    guard_within: 60_000, 2_000 ..= 600_000;
    /// How often we do so.
    guard_every: 20_000, 500 ..= 300_000;
    /// The earliest renewal of a guard that was ordered for the first time; the latest is as much later.
    guard_first: 10_000, 100 ..= 150_000;
    /// How old a guard may be when the connection to Asterisk returns, to be left until its next renewal.
    guard_fresh: 30_000, 0 ..= 300_000;
    /// How long after an order failed that must not fail (a guard, a join, the watch over phones) it is given again.
    order_again: 1_000, 10 ..= 60_000;
    /// How often something is looked at again that cannot be judged while Asterisk is out of reach.
    look_again: 1_000, 10 ..= 60_000;
    /// How long a phone may take to say that it rings.
    rings_within: 4_000, 500 ..= 30_000;
    /// How much longer than our own deadline Asterisk rings a phone, should we be gone.
    give_up_margin: 10_000, 1_000 ..= 60_000;
    /// How long an agent's leg that we hung up may take to end, before the line counts as free: better a phone that rings twice than an
    /// agent who gets no calls because one report was lost.
    line_clears_within: 5_000, 500 ..= 60_000;
    /// How long a caller's leg may take to leave our hands, before it is sent again.
    leaves_within: 5_000, 500 ..= 60_000;
    /// How long a phone is not rung that Asterisk failed to ring: it would most likely fail at once again.
    failed_rests: 5_000, 0 ..= 600_000;
    /// How long a phone is not rung that was busy.
    busy_rests: 10_000, 0 ..= 600_000;
    /// How long a phone may be in use after our leg on it has ended: Asterisk tells so some 5 ms later (ari.md, section 9).
    phone_lingers: 1_000, 100 ..= 60_000;
    /// How long a call of Asterisk's own queue is kept whose end is never told.
    fallback_lasts: 14_400_000, 60_000 ..= 86_400_000;
    /// How long after such a call was booked Asterisk may forget it.
    fallback_noted: 10_000, 0 ..= 600_000;
    /// How long an agent whose phone cannot be reached still counts as there, for the rules of an empty queue.
    unreachable_grace: 60_000, 0 ..= 3_600_000;
    /// After how long without a phone that can be reached an agent is logged out.
    unreachable_logout: 900_000, 1_000 ..= 604_800_000;
}

impl Timing {
    /// Reads the spans through once.
    ///
    /// # Errors
    /// The first one that is out of its bounds, or does not fit another.
    pub fn check(&self) -> Result<(), SettingsError> {
        self.check_bounds()?;
        // One renewal may fail and the next still comes in time.
        let half = Span::from_ms(self.guard_within.as_ms() / 2);
        within("guard_every", self.guard_every, Span::ZERO, half)?;
        within("guard_first", self.guard_first, Span::ZERO, Span::from_ms(half.as_ms() / 2))?;
        within("guard_fresh", self.guard_fresh, Span::ZERO, half)?;
        within("unreachable_logout", self.unreachable_logout, self.unreachable_grace, Span::from_ms(i64::MAX))
    }
}

const fn within(name: &'static str, span: Span, least: Span, most: Span) -> Result<(), SettingsError> {
    if span.as_ms() < least.as_ms() || span.as_ms() > most.as_ms() {
        return Err(SettingsError::OutOfBounds { name, least, most });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Timing;
    use crate::settings::SettingsError;
    use crate::time::Span;

    #[test]
    fn spans_are_sound_as_they_come_and_ten_times_as_short() {
        assert_eq!(Timing::default().check(), Ok(()));
        let mut short = Timing::default();
        for (name, ms) in [("guard_within", 6_000), ("guard_every", 2_000), ("guard_first", 1_000), ("guard_fresh", 3_000)] {
            assert!(short.set(name, Span::from_ms(ms)));
        }
        assert_eq!(short.check(), Ok(()));
        assert!(!short.set("guard", Span::ZERO));
        assert!(Timing::NAMES.contains(&"rings_within"));
    }

    #[test]
    fn span_out_of_its_bounds_is_refused_with_both_of_them() {
        let (least, most) = (Span::from_ms(500), Span::from_secs(30));
        let timing = Timing { rings_within: Span::from_ms(499), ..Timing::default() };
        let error = SettingsError::OutOfBounds { name: "rings_within", least, most };
        assert_eq!(timing.check(), Err(error));
        let timing = Timing { rings_within: Span::from_ms(30_001), ..Timing::default() };
        let error = timing.check().expect_err("it is too long");
        assert_eq!(error.to_string(), "the timing rings_within must be from 0.5 to 30 seconds");
    }

    #[test]
    fn guard_that_could_run_out_between_two_renewals_is_refused() {
        for name in ["guard_every", "guard_fresh"] {
            let mut timing = Timing::default();
            assert!(timing.set(name, Span::from_ms(30_001)));
            assert!(timing.check().is_err(), "{name}");
        }
        let timing = Timing { unreachable_logout: Span::from_secs(59), ..Timing::default() };
        assert!(timing.check().is_err(), "nobody is logged out who still counts as there");
    }

    #[test]
    fn spans_that_a_document_does_not_name_are_as_they_come() {
        let read: Timing = serde_json::from_str(r#"{"rings_within":1500}"#).expect("it is a timing");
        assert_eq!(read, Timing { rings_within: Span::from_ms(1_500), ..Timing::default() });
    }
}
