//! The text of `/metrics`, and how a line of it is read: the page of health reads the very text that Prometheus reads, so
//! that the two cannot disagree.

use metrics::gauge;

use super::process;
use crate::site::Site;

/// Everything that is counted, as it stands.
pub(crate) fn text(site: &Site) -> String {
    // Counted at the moment when somebody asks.
    let health = site.app.runtime.health();
    gauge!("callsync_books_lag").set(health.books_lag() as f64);
    gauge!("callsync_journal_open").set(f64::from(u8::from(health.journal_open())));
    gauge!("callsync_build_info", "version" => env!("CARGO_PKG_VERSION"), "pages" => views::assets::build()).set(1);
    site.app.metrics.render() + &process::lines()
}

/// A line of the text: what is counted, of what, and how much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line<'a> {
    pub name: &'a str,
    pub value: f64,
    labels: &'a str,
}

impl<'a> Line<'a> {
    /// All lines with a value.
    pub fn all(text: &'a str) -> impl Iterator<Item = Self> {
        text.lines().filter(|line| !line.starts_with('#')).filter_map(Self::read)
    }

    fn read(line: &'a str) -> Option<Self> {
        let (what, value) = line.rsplit_once(' ')?;
        let (name, labels) = match what.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}')?),
            None => (what, ""),
        };
        Some(Self { name, labels, value: value.parse().ok()? })
    }

    /// The value of a label. Ours hold no quotes.
    pub fn label(&self, name: &str) -> Option<&'a str> {
        self.labels
            .split("\",")
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix("=\""))
            .map(|value| value.trim_end_matches('"'))
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn a_line_is_read_with_its_labels_and_remarks_are_not() {
        let text = "# TYPE a counter\na_total{kind=\"x\",status=\"404\"} 7\n\nb 0.5\nbroken{ 1\nc{le=\"+Inf\"} NaN\n";
        let all: Vec<Line<'_>> = Line::all(text).collect();
        assert_eq!(all.len(), 3, "{all:?}");
        assert_eq!(
            (all[0].name, all[0].label("kind"), all[0].label("status"), all[0].value),
            ("a_total", Some("x"), Some("404"), 7.0)
        );
        assert_eq!((all[0].label("stat"), all[0].label("le")), (None, None));
        assert_eq!((all[1].name, all[1].value), ("b", 0.5));
        assert_eq!(all[2].label("le"), Some("+Inf"));
    }
}
