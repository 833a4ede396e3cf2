//! The words of the pages, in Russian and English, by Fluent.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};

static_loader! {
    static WORDS = {
        locales: "./locales",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static RUSSIAN: LanguageIdentifier = langid!("ru");
static ENGLISH: LanguageIdentifier = langid!("en");

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Russian, which the pages are designed for first.
    #[default]
    Ru,
    /// English.
    En,
}

/// Values to set into a text, by name.
pub type Values = HashMap<Cow<'static, str>, FluentValue<'static>>;

impl Lang {
    /// All of them, the first first.
    pub const ALL: [Self; 2] = [Self::Ru, Self::En];

    /// The language's code, as in `<html lang>`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// The language's name in itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ru => "Русский",
            Self::En => "English",
        }
    }

    /// The language of that code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(code))
    }

    /// The best language for an `Accept-Language` header; Russian when it names none of ours.
    #[must_use]
    pub fn of_header(header: &str) -> Self {
        let mut best = (0.0, Self::default());
        for part in header.split(',') {
            let (range, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let primary = range.trim().split('-').next().unwrap_or_default();
            let weight: f32 = weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(1.0);
            if let Some(lang) = Self::of_code(primary)
                && weight > best.0
            {
                best = (weight, lang);
            }
        }
        best.1
    }

    /// The text of that key.
    #[must_use]
    pub fn text(self, key: &str) -> String {
        WORDS.lookup(self.identifier(), key)
    }

    /// The text of that key with values set in.
    #[must_use]
    pub fn text_with<const N: usize>(self, key: &str, values: [(&'static str, FluentValue<'static>); N]) -> String {
        let values: Values = values.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect();
        WORDS.lookup_with_args(self.identifier(), key, &values)
    }

    fn identifier(self) -> &'static LanguageIdentifier {
        match self {
            Self::Ru => &RUSSIAN,
            Self::En => &ENGLISH,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::Path;

    use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
    use fluent_syntax::parser;

    use super::Lang;

    type Messages = BTreeMap<String, BTreeSet<String>>;

    #[test]
    fn both_languages_have_the_same_keys_with_the_same_values() {
        let (russian, english) = (messages(Lang::Ru), messages(Lang::En));
        assert!(!russian.is_empty());
        assert_eq!(russian, english);
    }

    #[test]
    fn every_key_is_written_in_the_code_and_every_key_in_the_code_is_there() {
        let known = messages(Lang::Ru);
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut code = String::new();
        let mut folders = vec![root.to_owned(), root.join("../src/web")];
        while let Some(folder) = folders.pop() {
            for file in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = file.path();
                if path.is_dir() && !path.ends_with("node_modules") {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    code += &fs::read_to_string(path).unwrap();
                }
            }
        }
        for key in known.keys() {
            assert!(code.contains(&format!("\"{key}\"")), "{key} is used nowhere");
        }
        for used in code.split(".text(\"").skip(1).chain(code.split(".text_with(\"").skip(1)) {
            let key = used.split('"').next().unwrap();
            assert!(known.contains_key(key), "{key} is in no language");
        }
    }

    #[test]
    fn russian_counts_by_its_three_plurals() {
        let people = |count: u32| Lang::Ru.text_with("error-minutes", [("minutes", count.into())]);
        assert!(people(1).contains("1 минуту"));
        assert!(people(3).contains("3 минуты"));
        assert!(people(15).contains("15 минут"));
    }

    #[test]
    fn the_header_decides_by_weight_and_russian_is_the_default() {
        assert_eq!(Lang::of_header("en-GB,en;q=0.9"), Lang::En);
        assert_eq!(Lang::of_header("de, en;q=0.4, ru;q=0.7"), Lang::Ru);
        assert_eq!(Lang::of_header("fr"), Lang::Ru);
        assert_eq!(Lang::of_header("en;q=oops"), Lang::En);
    }

    fn messages(lang: Lang) -> Messages {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(lang.code());
        let mut messages = Messages::new();
        for file in fs::read_dir(folder).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            for entry in parser::parse(text).expect("the file is Fluent").body {
                if let Entry::Message(message) = entry {
                    let mut values = BTreeSet::new();
                    collect(message.value.as_ref().expect("a message has a text"), &mut values);
                    assert!(messages.insert(message.id.name.clone(), values).is_none(), "{} is there twice", message.id.name);
                }
            }
        }
        messages
    }

    fn collect(pattern: &Pattern<String>, values: &mut BTreeSet<String>) {
        for element in &pattern.elements {
            let PatternElement::Placeable { expression } = element else { continue };
            let inline = match expression {
                Expression::Inline(inline) => inline,
                Expression::Select { selector, variants } => {
                    variants.iter().for_each(|variant| collect(&variant.value, values));
                    selector
                }
            };
            if let InlineExpression::VariableReference { id } = inline {
                values.insert(id.name.clone());
            }
        }
    }
}
