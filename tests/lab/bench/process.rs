//! What a process has used: read from the kernel.

use std::fs;

use crate::{Result, Trouble};

/// The kernel counts processor time for whoever asks in hundredths of a second (`USER_HZ`).
const TICKS_A_SECOND: f64 = 100.0;

/// What a process has used since it began.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Used {
    /// Processor time, its own and the kernel's for it, in seconds.
    pub cpu_s: f64,
    /// The most memory that it ever held, in megabytes.
    pub peak_mb: f64,
}

/// What the process with this id has used.
///
/// # Errors
/// When there is none.
pub fn used(pid: u32) -> Result<Used> {
    let read = |file: &str| {
        let path = format!("/proc/{pid}/{file}");
        fs::read_to_string(&path).map_err(Trouble::file("reading", &path))
    };
    let unread = || Trouble::said(format!("the kernel's words on process {pid} are not understood"));
    let cpu_s = ticks(&read("stat")?).ok_or_else(unread)? / TICKS_A_SECOND;
    let peak_mb = peak_kb(&read("status")?).ok_or_else(unread)? / 1024.0;
    Ok(Used { cpu_s, peak_mb })
}

/// Fields 14 and 15 of proc(5)'s stat, counted behind the name, which may hold anything.
fn ticks(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut numbers = fields.split_whitespace().skip(11).map(|word| word.parse::<f64>().ok());
    Some(numbers.next()?? + numbers.next()??)
}

fn peak_kb(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_words_are_understood_whatever_the_process_is_called() {
        let stat = "42 (a ) b) S 1 42 42 0 -1 4194560 2212 0 3 0 150 25 0 0 20 0 4 0 1000 0 0";
        assert_eq!(ticks(stat), Some(175.0));
        assert_eq!(peak_kb("Name:\tcallsync\nVmHWM:\t   51200 kB\nVmRSS:\t 100 kB\n"), Some(51_200.0));
        assert_eq!(ticks("42 nothing"), None);
    }

    #[test]
    fn this_process_has_used_something() {
        let used = used(std::process::id()).unwrap();
        assert!(used.peak_mb > 0.5, "{used:?}");
        assert!(super::used(u32::MAX).is_err());
    }
}
