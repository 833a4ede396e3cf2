//! What the system says of this process, under the names that the client libraries of Prometheus gave it.

use std::fs;

/// Ticks a second in `/proc`: what Linux shows to programs, whatever it counts in itself.
const TICKS: f64 = 100.0;

/// Lines for `/metrics`. What cannot be read is left out.
pub(super) fn lines() -> String {
    let status = read("/proc/self/status");
    let stat = read("/proc/self/stat");
    let all = [
        ("process_resident_memory_bytes", "gauge", kilobytes(&status, "VmRSS:")),
        ("callsync_process_peak_memory_bytes", "gauge", kilobytes(&status, "VmHWM:")),
        ("process_threads", "gauge", value(&status, "Threads:")),
        ("process_open_fds", "gauge", open_files()),
        ("process_max_fds", "gauge", most_files(&read("/proc/self/limits"))),
        ("process_cpu_seconds_total", "counter", processor_time(&stat)),
        ("process_start_time_seconds", "gauge", start(&stat, &read("/proc/stat"))),
    ];
    let known = all.into_iter().filter_map(|(name, kind, value)| Some((name, kind, value?)));
    known.map(|(name, kind, value)| format!("# TYPE {name} {kind}\n{name} {value}\n")).collect()
}

/// A file of the kernel's, which are made when they are read: no disk is waited for.
fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn value(status: &str, name: &str) -> Option<f64> {
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

fn kilobytes(status: &str, name: &str) -> Option<f64> {
    Some(value(status, name)? * 1024.0)
}

/// The one that the list itself is read through is not counted.
fn open_files() -> Option<f64> {
    let open = fs::read_dir("/proc/self/fd").ok()?.count();
    Some(open.saturating_sub(1) as f64)
}

fn most_files(limits: &str) -> Option<f64> {
    value(limits, "Max open files")
}

/// The fields after the name of the program, which may hold anything, a bracket and a space too.
fn field(stat: &str, number: usize) -> Option<f64> {
    // proc(5) counts from 1, and the first after the name is the third.
    stat.rsplit_once(')')?.1.split_whitespace().nth(number - 3)?.parse().ok()
}

fn processor_time(stat: &str) -> Option<f64> {
    Some((field(stat, 14)? + field(stat, 15)?) / TICKS)
}

/// When the process began, in seconds since 1970.
fn start(stat: &str, system: &str) -> Option<f64> {
    Some(value(system, "btime")? + field(stat, 22)? / TICKS)
}

#[cfg(test)]
mod tests {
    use super::{field, kilobytes, lines, most_files, processor_time, start};

    const STAT: &str = "7 (call) sync) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 12345 1000 200 18446744073709551615";

    #[test]
    fn a_bracket_in_the_name_of_the_program_moves_no_field() {
        assert_eq!(field(STAT, 3), None, "the state is no number");
        assert_eq!(processor_time(STAT), Some(3.0));
        assert_eq!(start(STAT, "cpu 1 2\nbtime 1000\n"), Some(1123.45));
    }

    #[test]
    fn memory_is_told_in_bytes_and_no_limit_of_files_is_none() {
        assert_eq!(kilobytes("Name:\tx\nVmRSS:\t   2048 kB\n", "VmRSS:"), Some(2_097_152.0));
        assert_eq!(
            most_files("Limit  Soft Limit\nMax open files            1024                 4096     files\n"),
            Some(1024.0)
        );
        assert_eq!(most_files("Max open files            unlimited            unlimited            files\n"), None);
    }

    #[test]
    fn this_very_process_is_told_of() {
        let told = lines();
        for name in
            ["process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total", "process_start_time_seconds"]
        {
            let line = told.lines().find_map(|line| line.strip_prefix(&format!("{name} "))).expect(name);
            assert!(line.parse::<f64>().unwrap() >= 0.0, "{name} {line}");
        }
    }
}
