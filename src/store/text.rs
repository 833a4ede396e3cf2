//! Texts at the door. PostgreSQL takes no NUL character in a text, and an index of its takes no text of thousands of
//! bytes; SQLite takes both. What comes from the wire is made fit for both, what people enter is refused when too long.

use serde_json::Value;

use crate::error::Error;

/// What stands where a NUL character was: the sign for a character that could not be kept.
const NO_NUL: &str = "\u{fffd}";

/// The text without NUL characters.
pub(crate) fn clean(text: &str) -> String {
    text.replace('\0', NO_NUL)
}

/// The text without NUL characters, and no longer than `limit` characters: for the books, which refuse nothing.
pub(crate) fn clip(text: &str, limit: usize) -> String {
    text.chars().take(limit).map(|c| if c == '\0' { '\u{fffd}' } else { c }).collect()
}

/// Takes NUL characters out of every text within a JSON value, keys included.
pub(crate) fn clean_json(value: &mut Value) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(text) => {
            if text.contains('\0') {
                *text = clean(text);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(clean_json),
        Value::Object(fields) => {
            if fields.keys().any(|key| key.contains('\0')) {
                *fields = std::mem::take(fields).into_iter().map(|(key, value)| (clean(&key), value)).collect();
            }
            fields.values_mut().for_each(clean_json);
        }
    }
}

/// The text as people entered it, without NUL characters and without blanks around it.
///
/// # Errors
/// [`Error::Refused`] when it is empty or has more than `limit` characters. The text itself is not in the error.
pub(crate) fn entered(what: &str, text: &str, limit: usize) -> Result<String, Error> {
    let text = clean(text.trim());
    if text.is_empty() {
        return Err(Error::refused(what, "must not be empty"));
    }
    if text.chars().count() > limit {
        return Err(Error::refused(what, format!("is longer than {limit} characters")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{clean_json, clip, entered};

    #[test]
    fn no_nul_character_gets_past_the_door() {
        let mut value = json!({ "a\0": ["x\0y", { "b": "\0" }], "c": "plain" });
        clean_json(&mut value);
        assert_eq!(value, json!({ "a\u{fffd}": ["x\u{fffd}y", { "b": "\u{fffd}" }], "c": "plain" }));
        assert_eq!(entered("a name", " a\0 ", 5).unwrap(), "a\u{fffd}");
    }

    #[test]
    fn a_clipped_text_keeps_whole_characters() {
        assert_eq!(clip("дом😀дом", 4), "дом😀");
        assert!(entered("a name", "дом😀дом", 4).is_err());
        assert!(entered("a name", " \t", 4).is_err());
    }
}
