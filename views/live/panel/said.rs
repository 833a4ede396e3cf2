//! What came of an order, in words.

use maud::{Markup, html};

use crate::parts::icon;
use crate::words::Lang;

/// What came of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is carried out.
    Done,
    /// It takes effect when the agent's call is over.
    Later,
    /// It was so already.
    Already,
    /// The call was over before.
    Over,
    /// The caller talks already: nothing is left to put in order.
    Answered,
    /// It was not carried out: what it asked for is not possible at this moment.
    Refused,
    /// The form said nothing that can be ordered.
    Unclear,
}

/// The answer, where the order was given.
pub(super) fn said(said: Option<Said>, lang: Lang) -> Markup {
    let Some(said) = said else { return html! {} };
    let (class, drawing, text) = match said {
        Said::Done => ("done", "circle-check", lang.text("said-done")),
        Said::Later => ("done", "circle-check", lang.text("said-later")),
        Said::Already => ("careful", "circle-alert", lang.text("said-already")),
        Said::Over => ("careful", "circle-alert", lang.text("said-over")),
        Said::Answered => ("careful", "circle-alert", lang.text("said-answered")),
        Said::Refused => ("wrong", "circle-alert", lang.text("said-refused")),
        Said::Unclear => ("wrong", "circle-alert", lang.text("said-unclear")),
    };
    html! { p.notice.(class) role="status" { (icon(drawing)) span { (text) } } }
}
