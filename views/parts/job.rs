//! Slow work, as far as it is: waiting for its turn, running, failed, done.

use maud::{Markup, Render, html};
use model::Span;

use super::{digits, icon};
use crate::number::{count, duration};
use crate::words::Lang;

/// A job.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// What is done.
    pub title: &'a str,
    /// How far it is.
    pub state: JobState<'a>,
    /// The reader's language.
    pub lang: Lang,
}

/// How far a job is.
#[derive(Clone, Copy, Debug)]
pub enum JobState<'a> {
    /// So many jobs are before it.
    Queued(u32),
    /// So much of so much is done; the rest takes so long, if that can be told.
    Running(u32, u32, Option<Span>),
    /// It failed.
    Failed {
        /// Why, as a sentence.
        why: &'a str,
        /// Where it is asked for again.
        again: &'a str,
    },
    /// It is done.
    Done {
        /// What came of it.
        what: &'a str,
        /// The link to that, and its words.
        link: Option<(&'a str, &'a str)>,
    },
}

impl Render for Job<'_> {
    fn render(&self) -> Markup {
        match self.state {
            JobState::Queued(before) => self.queued(before),
            JobState::Running(done, all, left) => self.running(done, all, left),
            JobState::Failed { why, again } => self.failed(why, again),
            JobState::Done { what, link } => self.done(what, link),
        }
    }
}

impl Job<'_> {
    fn queued(&self, before: u32) -> Markup {
        let said = self.lang.text_with("job-before", [("count", before.into())]);
        self.line("queued", "hourglass", &self.lang.text("job-queued"), &html! { p.sub { (said) } })
    }

    fn running(&self, done: u32, all: u32, left: Option<Span>) -> Markup {
        let lang = self.lang;
        // A job that has nothing to do is done.
        let percent = (u64::from(done.min(all)) * 100).checked_div(u64::from(all)).unwrap_or(100);
        let of = lang.text_with("job-of", [("done", count(done).into()), ("all", count(all).into())]);
        let word = lang.text_with("job-percent", [("percent", percent.into())]);
        let inside = html! {
            progress.progress max="100" value=(percent) aria-label=(self.title) {}
            p.sub.ends {
                (digits(&of))
                @if let Some(left) = left { span { (lang.text_with("job-left", [("time", duration(left).into())])) } }
            }
        };
        self.line("running", "activity", &word, &inside)
    }

    fn failed(&self, why: &str, again: &str) -> Markup {
        let lang = self.lang;
        let inside = html! {
            p.why { (why) }
            form.again method="post" action=(again) { button.button type="submit" { (icon("rotate-ccw")) (lang.text("job-again")) } }
        };
        self.line("failed", "circle-x", &lang.text("job-failed"), &inside)
    }

    fn done(&self, what: &str, link: Option<(&str, &str)>) -> Markup {
        let inside = html! {
            p.sub.ends { span { (what) } @if let Some((href, words)) = link { a href=(href) { (words) } } }
        };
        self.line("done", "circle-check", &self.lang.text("job-done"), &inside)
    }

    fn line(&self, class: &str, drawing: &str, word: &str, inside: &Markup) -> Markup {
        html! {
            div class={ "job " (class) } {
                p.head { span.title { (self.title) } span.state role="status" { (icon(drawing)) (word) } }
                (inside)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use maud::Render;
    use model::Span;

    use super::{Job, JobState};
    use crate::words::Lang;

    #[test]
    fn a_job_says_how_much_is_done_and_what_is_left() {
        let job = |state| Job { title: "Import", state, lang: Lang::En }.render().into_string();
        let drawn = job(JobState::Running(12_480, 30_000, Some(Span::from_secs(95))));
        assert!(drawn.contains("value=\"41\"") && drawn.contains("41%") && drawn.contains("1:35"), "{drawn}");
        assert!(job(JobState::Running(0, 0, None)).contains("value=\"100\""), "nothing to do is done");
    }
}
