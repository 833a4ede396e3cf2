//! What forms are made of, first half: the summary of errors, the bar that saves, fields, files.

use maud::{Markup, html};

use super::{HERE, LONG_WORD, Part, state};
use crate::parts::{
    Access, Choice, Choices, ErrorSummary, Errors, Field, FieldId, FileField, FileRule, FileStage, Focus, Input, Label, Need,
    Password, Picked, Position, SaveBar, Select, Switch,
};
use crate::words::Lang;

/// A recording that a caller hears.
const RULE: FileRule<'static> = FileRule { endings: &[".wav", ".mp3"], most: 10 * 1024 * 1024 };

/// Each with its states.
pub(super) fn parts(lang: Lang) -> Vec<Part> {
    vec![
        Part::new("save", lang.text("gallery-save"), saved(lang)),
        Part::new("field", lang.text("gallery-field"), fields(lang)),
        Part::new("kinds", lang.text("gallery-kinds"), kinds(lang)),
        Part::new("file", lang.text("gallery-file"), files(lang)),
    ]
}

/// One field in all its states.
fn fields(lang: Lang) -> Markup {
    let (name, help) = (lang.text("gallery-queue-name"), lang.text("gallery-queue-name-help"));
    let (sales, missing, long) = (lang.text("gallery-sales"), lang.text("gallery-queue-name-missing"), long_words(lang));
    let field = |id, value, more: fn(&mut Label<'_>)| {
        let mut label = Label { help: Some(&help), ..Label::new(FieldId(id), &name, lang) };
        more(&mut label);
        html! { (Field { label, input: Input::Text(value, 80) }) }
    };
    let wrong = Label { error: Some(&missing), help: Some(&help), ..Label::new(FieldId("field-wrong"), &name, lang) };
    let very_long = Label { error: Some(&long), help: Some(&long), ..Label::new(FieldId("field-long"), &long, lang) };
    html! {
        form.specimens method="get" action=(HERE) novalidate {
            (state(&lang.text("gallery-empty"), &field("field-empty", "", |_| {})))
            (state(&lang.text("gallery-filled"), &field("field-filled", &sales, |_| {})))
            (state(&lang.text("gallery-focus"), &html! { div.as-focused { (field("field-focus", &sales, |_| {})) } }))
            (state(&lang.text("gallery-optional"), &field("field-optional", "", |label| label.need = Need::Optional)))
            (state(&lang.text("gallery-wrong"), &html! { (Field { label: wrong, input: Input::Text("", 80) }) }))
            (state(&lang.text("gallery-read-only"), &field("field-read", &sales, |label| label.access = Access::ReadOnly)))
            (state(&lang.text("gallery-disabled"), &field("field-off", &sales, |label| label.access = Access::Disabled)))
            (state(&lang.text("gallery-long"), &html! { (Field { label: very_long, input: Input::Text(LONG_WORD, 80) }) }))
        }
    }
}

fn long_words(lang: Lang) -> String {
    lang.text_with("gallery-long-words", [("word", LONG_WORD.into())])
}

/// Every kind of field.
fn kinds(lang: Lang) -> Markup {
    let label = |id, text, help| Label { help, ..Label::new(FieldId(id), text, lang) };
    let (ring, seconds, out_of) = (lang.text("gallery-ring"), lang.text("gallery-seconds"), lang.text("gallery-ring-wrong"));
    let ring_help = lang.text("gallery-ring-help");
    let (email, phone, phone_help) = (lang.text("login-email"), lang.text("gallery-phone"), lang.text("gallery-phone-help"));
    let (current, new, new_help) = (lang.text("account-current"), lang.text("account-new"), lang.text("account-new-help"));
    let (note, note_filled) = (lang.text("gallery-note"), lang.text("gallery-note-filled"));
    let wrong = Label { error: Some(&out_of), ..Label::new(FieldId("ring-wrong"), &ring, lang) };
    let optional = Label { need: Need::Optional, ..Label::new(FieldId("note"), &note, lang) };
    let all = [
        Field { label: label("ring", &ring, Some(&ring_help)), input: Input::Number("20", &seconds) },
        Field { label: wrong, input: Input::Number("900", &seconds) },
        Field { label: label("email", &email, None), input: Input::Email("a.ilina@example.org") },
        Field { label: label("phone", &phone, Some(&phone_help)), input: Input::Phone("+7 912 345-67-89") },
        Field { label: label("current", &current, None), input: Input::Password(Password::Present) },
        Field { label: label("new", &new, Some(&new_help)), input: Input::Password(Password::New) },
        Field { label: optional, input: Input::Lines(&note_filled, 2000) },
    ];
    html! { form.specimens method="get" action=(HERE) novalidate { @for field in &all { (field) } } }
}

fn files(lang: Lang) -> Markup {
    let greeting = lang.text("gallery-greeting");
    let label = |id| Label::new(FieldId(id), &greeting, lang);
    let file = |label, stage| html! { (FileField { label, rule: RULE, stage }) };
    let kind = lang.text_with("file-wrong-kind", [("kinds", "WAV, MP3".into())]);
    let wrong = Label { error: Some(&kind), ..label("file-wrong") };
    let off = Label { access: Access::Disabled, ..label("file-off") };
    let long = format!("{LONG_WORD}.wav");
    html! {
        form.specimens method="get" action=(HERE) novalidate {
            (state(&lang.text("gallery-empty"), &file(label("file-empty"), FileStage::Nothing)))
            (state(&lang.text("gallery-kept"), &file(label("file-kept"), FileStage::Kept("greeting.wav", 1_258_291))))
            (state(&lang.text("gallery-chosen"), &file(label("file-chosen"), FileStage::Chosen(&long, 655_360))))
            (state(&lang.text("gallery-sending"), &file(label("file-sending"), FileStage::Sending("greeting.wav", 62))))
            (state(&lang.text("gallery-wrong"), &file(wrong, FileStage::Chosen("greeting.docx", 48_000))))
            (state(&lang.text("gallery-disabled"), &file(off, FileStage::Nothing)))
        }
    }
}

/// A whole form as it comes back with errors, and its bar.
fn saved(lang: Lang) -> Markup {
    let (name, ring, seconds) = (lang.text("gallery-queue-name"), lang.text("gallery-ring"), lang.text("gallery-seconds"));
    let (hears, record, kind) = (lang.text("gallery-hears"), lang.text("gallery-record"), lang.text("gallery-strategy"));
    let (music, tone, missing) = (lang.text("gallery-music"), lang.text("gallery-tone"), lang.text("gallery-queue-name-missing"));
    let (longest, fewest, nothing) = (lang.text("gallery-longest"), lang.text("gallery-fewest"), lang.text("gallery-nothing"));
    let (name_id, ring_id) = (FieldId("queue-name"), FieldId("queue-ring"));
    let mut errors = Errors::default();
    errors.add(name_id, missing);
    errors.add(ring_id, lang.text("gallery-ring-wrong"));
    let label = |id, text| Label { error: errors.of(id), ..Label::new(id, text, lang) };
    let ring_label = Label { kept: Some("20"), ..label(ring_id, &ring) };
    let sales = lang.text("gallery-sales");
    let name_label = Label { kept: Some(&sales), ..label(name_id, &name) };
    let strategies = [Choice::new("longest", &longest), Choice::new("fewest", &fewest)];
    let sounds = [Choice::new("music", &music), Choice::new("tone", &tone)];
    html! {
        form.form method="get" action=(HERE) data-dirty novalidate {
            (ErrorSummary { errors: &errors, focus: Focus::Elsewhere, lang })
            (Field { label: name_label, input: Input::Text("", 80) })
            (Field { label: ring_label, input: Input::Number("900", &seconds) })
            (Select { label: label(FieldId("queue-strategy"), &kind), choices: &strategies, chosen: Some("longest"), nothing: &nothing })
            (Choices { label: label(FieldId("queue-hears"), &hears), choices: &sounds, picked: Picked::One(Some("music")) })
            (Switch { label: label(FieldId("queue-record"), &record), position: Position::On })
            (SaveBar { id: "queue", lang })
        }
    }
}
