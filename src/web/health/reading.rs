//! All that the page of health needs, as it was at one moment.

use std::collections::BTreeMap;

use model::Timestamp;

use super::buckets::Buckets;
use super::exposition::Line;

/// A reading of `/metrics`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reading {
    pub at: Timestamp,
    pub steps: Buckets,
    pub commits: Buckets,
    pub pages: Buckets,
    /// Legs and bridges of other programs, by application and installation.
    pub others: BTreeMap<(String, String), (f64, f64)>,
    /// Whether another program serves our application.
    pub taken: Option<f64>,
    /// By the kind of request.
    pub requests: BTreeMap<String, Requests>,
    pub lanes: Option<f64>,
    pub orders: Option<f64>,
    pub lag: Option<f64>,
    pub lives: Option<f64>,
    pub desks: Option<f64>,
    /// Whether the manager interface is connected; `None` if none is configured.
    pub manager: Option<f64>,
    pub memory: Option<f64>,
    pub peak: Option<f64>,
    pub files: Option<f64>,
    pub most_files: Option<f64>,
    /// Seconds of processor time.
    pub processor: Option<f64>,
    /// When the process began, in seconds since 1970.
    pub began: Option<f64>,
}

/// Requests of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Requests {
    pub took: Buckets,
    /// Refused by Asterisk, or never answered.
    pub failed: f64,
}

impl Reading {
    /// Reads the text of `/metrics`.
    pub fn of(text: &str, at: Timestamp) -> Self {
        let mut reading = Self { at, ..Self::default() };
        Line::all(text).for_each(|line| reading.take(&line));
        reading
    }

    fn take(&mut self, line: &Line<'_>) {
        let place = match line.name {
            "callsync_step_seconds_bucket" => return self.steps.add(line),
            "callsync_journal_commit_seconds_bucket" => return self.commits.add(line),
            "callsync_page_seconds_bucket" => return self.pages.add(line),
            "callsync_ari_request_seconds_bucket" => return self.requests_of(line).took.add(line),
            "callsync_ari_requests_total" if !line.label("status").is_some_and(|status| status.starts_with('2')) => {
                self.requests_of(line).failed += line.value;
                return;
            }
            "callsync_ari_others" => return self.take_other(line),
            "callsync_ari_application_taken" => &mut self.taken,
            "callsync_ari_lanes" => &mut self.lanes,
            "callsync_ari_orders_waiting" => &mut self.orders,
            "callsync_books_lag" => &mut self.lag,
            "callsync_live_streams" => &mut self.lives,
            "callsync_desk_streams" => &mut self.desks,
            "callsync_ami_connected" => &mut self.manager,
            "process_resident_memory_bytes" => &mut self.memory,
            "callsync_process_peak_memory_bytes" => &mut self.peak,
            "process_open_fds" => &mut self.files,
            "process_max_fds" => &mut self.most_files,
            "process_cpu_seconds_total" => &mut self.processor,
            "process_start_time_seconds" => &mut self.began,
            _ => return,
        };
        *place = Some(line.value);
    }

    fn take_other(&mut self, line: &Line<'_>) {
        let label = |name| line.label(name).unwrap_or_default().to_owned();
        let (legs, bridges) = self.others.entry((label("app"), label("installation"))).or_default();
        match line.label("what") {
            Some("bridges") => *bridges = line.value,
            Some(_) | None => *legs = line.value,
        }
    }

    fn requests_of(&mut self, line: &Line<'_>) -> &mut Requests {
        self.requests.entry(line.label("request").unwrap_or_default().to_owned()).or_default()
    }

    /// All requests, whatever their kind.
    pub fn all_requests(&self) -> Buckets {
        self.requests.values().fold(Buckets::default(), |all, requests| all.and(&requests.took))
    }

    /// What of a processor was used since an earlier reading: 1 is one of them, all the time.
    pub fn processor_since(&self, before: &Self) -> Option<f64> {
        let seconds = self.at.since(before.at).as_ms() as f64 / 1000.0;
        let used = self.processor? - before.processor?;
        (seconds > 0.0).then(|| used.max(0.0) / seconds)
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::Reading;

    #[test]
    fn requests_are_told_apart_by_kind_and_what_was_not_answered_well_has_failed() {
        let text = "callsync_ari_request_seconds_bucket{request=\"answer\",le=\"0.01\"} 5\n\
                    callsync_ari_request_seconds_bucket{request=\"answer\",le=\"+Inf\"} 6\n\
                    callsync_ari_request_seconds_bucket{request=\"dial\",le=\"0.01\"} 2\n\
                    callsync_ari_request_seconds_bucket{request=\"dial\",le=\"+Inf\"} 2\n\
                    callsync_ari_requests_total{request=\"answer\",status=\"204\"} 3\n\
                    callsync_ari_requests_total{request=\"answer\",status=\"404\"} 2\n\
                    callsync_ari_requests_total{request=\"answer\",status=\"late\"} 1\n";
        let reading = Reading::of(text, Timestamp::from_ms(1));
        assert_eq!(reading.requests.keys().collect::<Vec<_>>(), ["answer", "dial"]);
        assert_eq!((reading.requests["answer"].took.count(), reading.requests["answer"].failed), (6.0, 3.0));
        assert_eq!(reading.requests["dial"].failed, 0.0);
        assert_eq!(reading.all_requests().count(), 8.0);
    }

    #[test]
    fn the_processor_is_told_as_a_share_of_the_time_between() {
        let read = |ms, used: &str| Reading::of(&format!("process_cpu_seconds_total {used}\n"), Timestamp::from_ms(ms));
        let (before, after) = (read(0, "10.0"), read(60_000, "25.0"));
        assert_eq!(after.processor_since(&before), Some(0.25));
        assert_eq!(after.processor_since(&after), None, "no time has passed");
    }
}
