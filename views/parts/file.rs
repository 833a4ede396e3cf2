//! A field for a file: what may be chosen, what was, how much of it is sent.

use maud::{Markup, Render, html};

use super::icon;
use super::label::{Access, Label};
use crate::number::size;

/// A field for one file. Without script it is the browser's own; with it, it says at once what does not fit.
#[derive(Clone, Copy, Debug)]
pub struct FileField<'a> {
    /// Its label; what may be chosen is said beneath by itself.
    pub label: Label<'a>,
    /// What may be chosen.
    pub rule: FileRule<'a>,
    /// How far it is.
    pub stage: FileStage<'a>,
}

/// What may be chosen.
#[derive(Clone, Copy, Debug)]
pub struct FileRule<'a> {
    /// The ends of names, as `.wav`.
    pub endings: &'a [&'a str],
    /// The size in bytes that it may have at the most.
    pub most: u64,
}

/// How far a file is.
#[derive(Clone, Copy, Debug)]
pub enum FileStage<'a> {
    /// There is none.
    Nothing,
    /// One is kept, of that name and size; another may take its place.
    Kept(&'a str, u64),
    /// One was chosen, of that name and size. The page itself comes to this.
    Chosen(&'a str, u64),
    /// One of that name is on its way, so many per cent of it. The page itself comes to this.
    Sending(&'a str, u8),
}

impl FileRule<'_> {
    /// The kinds as people name them: `WAV, MP3`.
    fn kinds(&self) -> String {
        let kinds: Vec<String> = self.endings.iter().map(|ending| ending.trim_start_matches('.').to_uppercase()).collect();
        kinds.join(", ")
    }
}

impl Render for FileField<'_> {
    fn render(&self) -> Markup {
        let (label, lang) = (&self.label, self.label.lang);
        let most = size(self.rule.most, lang);
        let kinds = self.rule.kinds();
        let rule = lang.text_with("file-rule", [("kinds", kinds.clone().into()), ("size", most.clone().into())]);
        html! {
            div.field.file data-file data-most=(self.rule.most) data-large=(lang.text_with("file-too-large", [("size", most.into())]))
                data-kind=(lang.text_with("file-wrong-kind", [("kinds", kinds.into())]))
                data-failed=(lang.text("file-failed")) {
                (label.head())
                div.file-box {
                    input id=(label.id.0) name=(label.id.0) type="file" accept=(self.rule.endings.join(","))
                        required[label.is_required() && !matches!(self.stage, FileStage::Kept(..))]
                        disabled[label.access != Access::Open || matches!(self.stage, FileStage::Sending(..))]
                        aria-invalid=[label.invalid()] aria-describedby=[label.described(Some("rule"))];
                    (self.face())
                }
                (self.progress())
                p.wrong id=(label.part("error")) role="alert" hidden[label.error.is_none()] {
                    (icon("circle-alert")) span { (label.error.unwrap_or_default()) }
                }
                p.help id=(label.part("rule")) { (rule) }
                @if let Some(help) = label.help { p.help id=(label.part("help")) { (help) } }
            }
        }
    }
}

impl FileField<'_> {
    /// What is seen over the browser's own control, whose words are in the browser's language.
    fn face(&self) -> Markup {
        let lang = self.label.lang;
        let (verb, said, size) = match self.stage {
            FileStage::Nothing => (lang.text("file-choose"), lang.text("file-drop"), String::new()),
            FileStage::Kept(name, bytes) | FileStage::Chosen(name, bytes) => {
                (lang.text("file-other"), name.to_owned(), size(bytes, lang))
            }
            FileStage::Sending(name, _) => (lang.text("file-sending"), name.to_owned(), String::new()),
        };
        html! {
            span.face aria-hidden="true" data-other=(lang.text("file-other")) data-sending=(lang.text("file-sending")) {
                span.verb { (icon("upload")) span { (verb) } } span.said { (said) } span.size { (size) }
            }
        }
    }

    fn progress(&self) -> Markup {
        let sent = if let FileStage::Sending(_, percent) = self.stage { Some(percent) } else { None };
        html! {
            progress.progress max="100" value=(sent.unwrap_or_default()) hidden[sent.is_none()] aria-label=(self.label.text) {}
        }
    }
}
