//! All style sheets become one: two that style the same name without knowing of each other change each other's pages.

use std::collections::{BTreeMap, BTreeSet};

use super::{files, text};

/// The classes that a sheet styles wherever they stand.
fn styled_everywhere(sheet: &str) -> BTreeSet<String> {
    let bare: String =
        sheet.split("/*").flat_map(|part| part.split_once("*/").map_or(Some(part), |(_, rest)| Some(rest))).collect();
    let heads = bare.split('{').filter_map(|part| part.rsplit(['}', ';']).next());
    let selectors = heads.flat_map(|head| head.split(',').map(str::trim).map(str::to_owned).collect::<Vec<_>>());
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    selectors.filter(|selector| selector.strip_prefix('.').is_some_and(is_name)).collect()
}

#[test]
fn each_class_is_styled_by_one_sheet() {
    let mut at_home: BTreeMap<String, String> = BTreeMap::new();
    let sheets = files().into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "css"));
    // A page full of faults has a sheet of its own, and no other.
    for path in sheets.filter(|path| path.starts_with("views")) {
        let (sheet, name) = (text(&path).unwrap(), path.display().to_string());
        for class in styled_everywhere(&sheet) {
            let home = at_home.entry(class.clone()).or_insert_with(|| name.clone());
            assert_eq!(*home, name, "{class} is styled by two sheets");
        }
    }
    assert!(at_home.len() > 50, "only {} classes were found", at_home.len());
}

#[test]
fn a_class_within_another_is_at_home_there() {
    let sheet = "/* .not { } */ .a { color: red; } .b .c, .d:hover { }\n@media (x) { .e, .f { } } .g.h { }";
    assert_eq!(styled_everywhere(sheet).into_iter().collect::<Vec<_>>(), [".a", ".e", ".f"]);
}
