//! Search, and the bar of filters above a list: what is filtered is shown as chips, each of which can be taken away.

use maud::{Markup, Render, html};

use super::address::Address;
use super::icon;
use super::label::FieldId;
use super::select::Choice;
use crate::words::Lang;

/// A field that finds by words.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// Its id, and its name in the address.
    pub id: FieldId<'a>,
    /// What is found by it.
    pub label: &'a str,
    /// What was typed.
    pub typed: &'a str,
}

/// A filter of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Filter<'a> {
    /// Its id, and its name in the address.
    pub id: FieldId<'a>,
    /// What it filters by.
    pub label: &'a str,
    /// What it lets pass, while nothing is chosen.
    pub all: &'a str,
    /// What can be chosen.
    pub choices: &'a [Choice<'a>],
    /// What is.
    pub chosen: Option<&'a str>,
}

/// The bar. It is a form for the page itself: it works without script, and its answer can be kept as a link.
#[derive(Clone, Copy, Debug)]
pub struct Filters<'a> {
    /// What is filtered.
    pub label: &'a str,
    /// The page as it is filtered and sorted, without the place in it: who filters begins at the first page.
    pub page: &'a Address,
    /// The search.
    pub search: Search<'a>,
    /// The filters.
    pub filters: &'a [Filter<'a>],
    /// The reader's language.
    pub lang: Lang,
}

/// Something that is filtered by.
struct Chip<'a> {
    name: &'a str,
    label: &'a str,
    said: &'a str,
}

impl Search<'_> {
    fn render_in(&self) -> Markup {
        html! {
            label.finder {
                (icon("search"))
                span.visually-hidden { (self.label) }
                input id=(self.id.0) name=(self.id.0) type="search" value=(self.typed) placeholder=(self.label) maxlength="200" autocomplete="off";
            }
        }
    }
}

impl Render for Filters<'_> {
    fn render(&self) -> Markup {
        let names: Vec<&str> = self.filters.iter().map(|filter| filter.id.0).chain([self.search.id.0]).collect();
        let rest = self.page.without(&names);
        html! {
            div.filters {
                form.filter-bar method="get" action=(rest.path()) role="search" aria-label=(self.label) {
                    (rest.hidden())
                    (self.search.render_in())
                    @for filter in self.filters { (self.select(filter)) }
                    button.button type="submit" { (self.lang.text("filter-show")) }
                }
                (self.chips(&rest))
            }
        }
    }
}

impl<'a> Filters<'a> {
    fn select(&self, filter: &Filter<'_>) -> Markup {
        html! {
            span.opens {
                select id=(filter.id.0) name=(filter.id.0) aria-label=(filter.label) {
                    option value="" { (filter.all) }
                    @for choice in filter.choices {
                        option value=(choice.value) selected[filter.chosen == Some(choice.value)] { (choice.text) }
                    }
                }
                (icon("chevron-down"))
            }
        }
    }

    fn picked(&self) -> Vec<Chip<'a>> {
        let search = Chip { name: self.search.id.0, label: self.search.label, said: self.search.typed };
        let chip = |filter: &'a Filter<'a>| {
            let choice = filter.choices.iter().find(|choice| filter.chosen == Some(choice.value))?;
            Some(Chip { name: filter.id.0, label: filter.label, said: choice.text })
        };
        let searched = Some(search).filter(|search| !search.said.is_empty());
        searched.into_iter().chain(self.filters.iter().filter_map(chip)).collect()
    }

    fn chips(&self, reset: &Address) -> Markup {
        let picked = self.picked();
        html! {
            @if !picked.is_empty() {
                ul.chips aria-label=(self.lang.text("filter-chosen")) {
                    @for chip in &picked {
                        li {
                            a.chip href=(self.page.without(&[chip.name]).href()) {
                                span.visually-hidden { (self.lang.text("filter-remove")) " " }
                                span.by { (chip.label) ":" } span.said { (chip.said) } (icon("x"))
                            }
                        }
                    }
                    li { a.reset href=(reset.href()) { (self.lang.text("filter-reset")) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use maud::Render;

    use super::{Filter, Filters, Search};
    use crate::parts::{Address, Choice, FieldId};
    use crate::words::Lang;

    #[test]
    fn each_chip_takes_away_its_own_filter_and_reset_all_of_them_but_not_the_order() {
        let page = Address::of("/agents").with("sort", "name").with("find", "anna").with("group", "2");
        let choices = [Choice::new("1", "Sales"), Choice::new("2", "Support")];
        let group = Filter { id: FieldId("group"), label: "Group", all: "All groups", choices: &choices, chosen: Some("2") };
        let search = Search { id: FieldId("find"), label: "Name", typed: "anna" };
        let drawn = Filters { label: "Agents", page: &page, search, filters: &[group], lang: Lang::En }.render().into_string();
        for href in ["/agents?sort=name&amp;group=2", "/agents?sort=name&amp;find=anna", "/agents?sort=name"] {
            assert!(drawn.contains(&format!("href=\"{href}\"")), "{href} is not in {drawn}");
        }
        assert_eq!(drawn.matches("type=\"hidden\"").count(), 1, "the form keeps the order, and sends each filter once");
    }
}
