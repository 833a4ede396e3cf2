//! What a reader picked out of Live, and in which order: it stands in the URL, so that it can be kept, shared and gone back
//! to. The page itself hides and sorts rows, since all readers share one stream.

use maud::{Markup, html};
use model::wallboard::QueueRow;
use model::{AgentState, CallPhase, QueueId};

use crate::parts::icon;
use crate::words::Lang;

/// What was picked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Only agents and calls of this queue.
    pub queue: Option<QueueId>,
    /// Only agents who do this.
    pub doing: Option<Doing>,
    /// Only calls in this phase.
    pub phase: Option<CallPhase>,
    /// Only agents and calls in whose names and numbers this is found.
    pub find: String,
    /// The orders that were asked for, one a table.
    pub sorts: Vec<Sort>,
}

/// What an agent does, as coarse as a supervisor asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Logged in, whatever they do.
    Online,
    /// Waiting for a call.
    Ready,
    /// Bound to a call.
    InCall,
    /// Finishing the last call.
    WrapUp,
    /// At work, but offered no calls.
    NotReady,
    /// At work, but the phone cannot be reached.
    Unreachable,
    /// Not at work.
    LoggedOut,
}

/// An order other than the usual one: trouble first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Queues by their longest wait.
    QueueLongest,
    /// Queues by how many wait.
    QueueWaiting,
    /// Agents by how much their state asks for somebody to look.
    AgentState,
    /// Agents by how long the state lasts.
    AgentSince,
    /// Calls by how long they wait or last.
    CallSince,
}

impl Choice {
    /// The choice of a query; what it does not know it leaves out.
    pub fn of<'a>(query: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut choice = Self::default();
        for (name, value) in query {
            match name {
                "queue" => choice.queue = value.parse().ok(),
                "state" => choice.doing = Doing::ALL.into_iter().find(|doing| doing.name() == value),
                "phase" => choice.phase = CallPhase::named(value),
                "find" => value.trim().clone_into(&mut choice.find),
                "sort" => choice.sorts.extend(Sort::ALL.into_iter().find(|sort| sort.name() == value)),
                _ => {}
            }
        }
        choice
    }

    /// Whether anything is left out by it.
    fn picks(&self) -> bool {
        self.queue.is_some() || self.doing.is_some() || self.phase.is_some() || !self.find.is_empty()
    }
}

impl Doing {
    const ALL: [Self; 7] =
        [Self::Online, Self::Ready, Self::InCall, Self::WrapUp, Self::NotReady, Self::Unreachable, Self::LoggedOut];

    /// What an agent in this state does. Nobody is merely online.
    #[must_use]
    pub const fn of(state: &AgentState) -> Self {
        match state {
            AgentState::Ready => Self::Ready,
            AgentState::Reserved(_) | AgentState::Ringing(_) | AgentState::Talking(_) | AgentState::Held(_) => Self::InCall,
            AgentState::WrapUp { .. } => Self::WrapUp,
            AgentState::NotReady(_) => Self::NotReady,
            AgentState::Unreachable => Self::Unreachable,
            AgentState::LoggedOut => Self::LoggedOut,
        }
    }

    /// Its name in the URL and on the rows.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Ready => "ready",
            Self::InCall => "in-call",
            Self::WrapUp => "wrap-up",
            Self::NotReady => "not-ready",
            Self::Unreachable => "unreachable",
            Self::LoggedOut => "logged-out",
        }
    }

    fn word(self, lang: Lang) -> String {
        match self {
            Self::Online => lang.text("doing-online"),
            Self::Ready => lang.text("state-ready"),
            Self::InCall => lang.text("doing-in-call"),
            Self::WrapUp => lang.text("state-wrap-up"),
            Self::NotReady => lang.text("state-not-ready"),
            Self::Unreachable => lang.text("state-unreachable"),
            Self::LoggedOut => lang.text("state-logged-out"),
        }
    }
}

impl Sort {
    const ALL: [Self; 5] = [Self::QueueLongest, Self::QueueWaiting, Self::AgentState, Self::AgentSince, Self::CallSince];

    /// Its name in the URL and on the head that asks for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::QueueLongest => "queue-longest",
            Self::QueueWaiting => "queue-waiting",
            Self::AgentState => "agent-state",
            Self::AgentSince => "agent-since",
            Self::CallSince => "call-since",
        }
    }
}

/// The head of a column by which a table can be sorted.
pub(super) fn sorted_by(sort: Sort, class: &str, word: &str, choice: &Choice) -> Markup {
    let by_it = choice.sorts.contains(&sort);
    html! {
        th class=(class) scope="col" aria-sort=[by_it.then_some("descending")] data-sort=(sort.name()) {
            button.sort type="button" { (word) (icon("arrow-down")) }
        }
    }
}

/// The form that picks.
pub(super) fn form(choice: &Choice, queues: &[QueueRow], lang: Lang) -> Markup {
    let phase = |phase| match phase {
        CallPhase::Waiting => lang.text("phase-waiting"),
        CallPhase::Offered => lang.text("state-ringing"),
        CallPhase::Talking => lang.text("state-talking"),
        CallPhase::Held => lang.text("state-held"),
    };
    html! {
        form #choice .choice method="get" action="/live" role="search" aria-label=(lang.text("choice")) autocomplete="off" {
            label.search {
                (icon("search"))
                span.visually-hidden { (lang.text("choice-find")) }
                input type="search" name="find" value=(choice.find) placeholder=(lang.text("choice-find"));
            }
            select name="queue" aria-label=(lang.text("queue")) {
                option value="" { (lang.text("choice-all-queues")) }
                @for queue in queues { option value=(queue.id) selected[choice.queue == Some(queue.id)] { (queue.name) } }
            }
            select name="state" aria-label=(lang.text("choice-agents")) {
                option value="" { (lang.text("choice-all-agents")) }
                @for doing in Doing::ALL { option value=(doing.name()) selected[choice.doing == Some(doing)] { (doing.word(lang)) } }
            }
            select name="phase" aria-label=(lang.text("choice-calls")) {
                option value="" { (lang.text("choice-all-calls")) }
                @for known in [CallPhase::Waiting, CallPhase::Offered, CallPhase::Talking, CallPhase::Held] {
                    option value=(known.name()) selected[choice.phase == Some(known)] { (phase(known)) }
                }
            }
            a.button.quiet href="/live" data-all hidden[!choice.picks()] { (icon("x")) (lang.text("choice-clear")) }
        }
    }
}

/// Above a table: how many of its rows are shown, and what it holds back while somebody is in it. The page fills both in.
pub(super) fn notes(lang: Lang) -> Markup {
    let changes = |count: u32| lang.text_with("order-changes", [("count", count.into())]);
    let shown = lang.text_with("choice-shown", [("shown", "{shown}".into()), ("all", "{all}".into())]);
    html! {
        span.shown data-text=(shown) hidden {}
        p.frozen data-one=(changes(1)) data-few=(changes(2)) data-many=(changes(5)) data-other=(changes(2)) hidden {
            span {} " · " button.link type="button" data-settle { (lang.text("order-update")) }
        }
    }
}

/// Beneath a table: that nothing of it was picked, and the way back.
pub(super) fn nothing(lang: Lang) -> Markup {
    html! { p.empty.nothing hidden { (lang.text("choice-nothing")) " " a href="/live" data-all { (lang.text("choice-clear-all")) } } }
}

/// Texts as the page searches in them: small letters, numbers without what groups them.
pub(super) fn findable<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut found = String::new();
    for text in texts {
        let number = text.chars().any(|c| c.is_ascii_digit()) && !text.chars().any(char::is_alphabetic);
        if !found.is_empty() {
            found.push('\n');
        }
        let kept = text.chars().filter(|c| !number || !(c.is_whitespace() || "+-()".contains(*c)));
        found.extend(kept.flat_map(char::to_lowercase).map(|c| if c == 'ё' { 'е' } else { c }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Choice, Doing, Sort, findable};
    use model::CallPhase;

    #[test]
    fn a_query_is_read_and_what_is_strange_in_it_is_left_out() {
        let query =
            [("queue", "x"), ("state", "in-call"), ("phase", "held"), ("find", " Анна "), ("sort", "agent-state"), ("a", "b")];
        let choice = Choice::of(query);
        assert_eq!((choice.queue, choice.doing, choice.phase), (None, Some(Doing::InCall), Some(CallPhase::Held)));
        assert_eq!((choice.find.as_str(), choice.sorts.as_slice()), ("Анна", &[Sort::AgentState][..]));
    }

    #[test]
    fn a_number_is_found_however_it_is_grouped() {
        assert_eq!(findable(["+7\u{202f}912 345-67-89", "Пётр"]), "79123456789\nпетр");
        assert_eq!(findable(["+7 912 •••-••-89"]), "7912•••••89");
    }
}
