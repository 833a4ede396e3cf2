//! A list as a table: sorted by links, with rows that can be picked, and rows of two lines on a phone.

use maud::{Markup, Render, html};

use super::address::Address;
use super::bulk::{Bulk, pick_all, pick_one};
use super::icon;
use crate::words::Lang;

/// A table of `N` columns. A row that has more or fewer is no row of it.
#[derive(Clone, Debug)]
pub struct Table<'a, const N: usize> {
    /// What it lists.
    pub caption: &'a str,
    /// Its columns; the first names the row.
    pub columns: [Column<'a>; N],
    /// Its rows.
    pub rows: &'a [Row<'a, N>],
    /// What can be done with rows that are picked.
    pub bulk: Option<Bulk<'a>>,
    /// The reader's language.
    pub lang: Lang,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column<'a> {
    /// Its head.
    pub head: &'a str,
    /// What is counted or measured in it, if numbers stand in it.
    pub unit: Option<&'a str>,
    /// How the table is sorted by it.
    pub sort: Option<Sort>,
    /// How wide it is.
    pub width: Width,
    /// Where it stands on a phone.
    pub small: Small,
}

/// How a table is sorted by a column.
#[derive(Clone, Debug)]
pub struct Sort {
    /// Whether it is, and in which direction.
    pub order: Option<Direction>,
    /// The page when it is sorted the other way.
    pub other: Address,
}

/// A direction of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The smallest first.
    Rising,
    /// The largest first.
    Falling,
}

/// How wide a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// It shares what the others leave.
    Rest,
    /// Room for a date or a badge.
    Middle,
    /// Room for a number.
    Narrow,
}

/// Where a column stands on a phone, whose rows have two lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Small {
    /// The first line.
    First,
    /// The first line, at its end.
    FirstEnd,
    /// The second line.
    Second,
    /// The second line, at its end.
    SecondEnd,
    /// Nowhere: the row's own page tells.
    Nowhere,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Row<'a, const N: usize> {
    /// What is sent when it is picked.
    pub id: &'a str,
    /// What it is called, for those who listen.
    pub name: &'a str,
    /// The row's own page.
    pub href: Option<&'a str>,
    /// Its cells.
    pub cells: [Markup; N],
}

impl Sort {
    /// How a page is sorted by a column of that name, whose value of `sort` is the name, with a hyphen before it for the
    /// largest first.
    #[must_use]
    pub fn by(name: &str, sorted: &str, page: &Address) -> Self {
        let falling = format!("-{name}");
        let order = match sorted {
            rising if rising == name => Some(Direction::Rising),
            other if other == falling => Some(Direction::Falling),
            _ => None,
        };
        let next = if order == Some(Direction::Rising) { falling.as_str() } else { name };
        Self { order, other: page.with("sort", next) }
    }
}

impl Direction {
    const fn aria(self) -> &'static str {
        match self {
            Self::Rising => "ascending",
            Self::Falling => "descending",
        }
    }
}

impl Column<'_> {
    fn class(&self) -> String {
        let width = match self.width {
            Width::Rest => "rest",
            Width::Middle => "middle",
            Width::Narrow => "narrow",
        };
        let small = match self.small {
            Small::First => "at-first",
            Small::FirstEnd => "at-first-end",
            Small::Second => "at-second",
            Small::SecondEnd => "at-second-end",
            Small::Nowhere => "at-none",
        };
        let number = if self.unit.is_some() { " number" } else { "" };
        format!("{width} {small}{number}")
    }

    fn head(&self) -> Markup {
        let order = self.sort.as_ref().and_then(|sort| sort.order);
        html! {
            th class=(self.class()) scope="col" aria-sort=[order.map(Direction::aria)] {
                @if let Some(sort) = &self.sort {
                    a.sorts href=(sort.other.href()) { span { (self.words()) } (icon(if order == Some(Direction::Rising) { "arrow-up" } else { "arrow-down" })) }
                } @else { (self.words()) }
            }
        }
    }

    fn words(&self) -> Markup {
        html! { (self.head) @if let Some(unit) = self.unit { span.unit { ", " (unit) } } }
    }
}

impl<const N: usize> Render for Table<'_, N> {
    fn render(&self) -> Markup {
        match &self.bulk {
            None => self.table(),
            Some(bulk) => bulk.around(&self.table(), self.lang),
        }
    }
}

impl<const N: usize> Table<'_, N> {
    fn table(&self) -> Markup {
        html! {
            table.table.rows {
                caption.visually-hidden { (self.caption) }
                thead { tr {
                    @if self.bulk.is_some() { (pick_all(self.lang)) }
                    @for column in &self.columns { (column.head()) }
                } }
                tbody { @for row in self.rows { (self.row(row)) } }
            }
        }
    }

    fn row(&self, row: &Row<'_, N>) -> Markup {
        html! {
            tr {
                @if self.bulk.is_some() { (pick_one(row.id, row.name, self.lang)) }
                @for (place, (column, cell)) in self.columns.iter().zip(&row.cells).enumerate() {
                    @if place == 0 {
                        th class=(column.class()) scope="row" {
                            @if let Some(href) = row.href { a.row-link href=(href) { (cell) } } @else { (cell) }
                        }
                    } @else {
                        td class=(column.class()) data-unit=[column.unit] { (cell) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Direction, Sort};
    use crate::parts::Address;

    #[test]
    fn a_head_leads_to_the_other_order_and_says_the_one_that_holds() {
        let page = Address::of("/agents").with("sort", "name");
        let rising = Sort::by("name", "name", &page);
        assert_eq!((rising.order, rising.other.href().as_str()), (Some(Direction::Rising), "/agents?sort=-name"));
        let falling = Sort::by("name", "-name", &page);
        assert_eq!((falling.order, falling.other.href().as_str()), (Some(Direction::Falling), "/agents?sort=name"));
        let other = Sort::by("calls", "name", &page);
        assert_eq!((other.order, other.other.href().as_str()), (None, "/agents?sort=calls"));
    }
}
