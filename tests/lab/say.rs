//! The lab's words on the terminal: calm, one line a step.

use std::time::{Duration, Instant};

/// A step that takes a while: says what begins, and how long it took.
pub struct Step {
    what: String,
    began: Instant,
}

impl Step {
    /// Says that a step begins which may take a while, and what it does.
    pub fn long(what: impl Into<String>, doing: &str) -> Self {
        let step = Self::quiet(what);
        println!("  {:<20} {doing} …", step.what);
        step
    }

    /// Begins a step that is worth only one line, at its end.
    pub fn quiet(what: impl Into<String>) -> Self {
        Self { what: what.into(), began: Instant::now() }
    }

    /// Says how it ended, and how long it took.
    pub fn done(self, how: &str) {
        println!("  {:<20} {how} ({})", self.what, seconds(self.began.elapsed()));
    }
}

/// One line of the report.
pub fn line(text: impl AsRef<str>) {
    println!("  {}", text.as_ref());
}

/// A heading.
pub fn heading(text: impl AsRef<str>) {
    println!("\n{}", text.as_ref());
}

/// A time as people read it: `0.4 s`, `12 s`, `3 min 05 s`.
pub fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 9.95 {
        format!("{seconds:.1} s")
    } else if seconds < 119.5 {
        format!("{seconds:.0} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_people_read_them() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_millis(12_300)), "12 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 05 s");
    }
}
