//! Building blocks of pages: sections, scrollable tables, figures with legends.
//!
//! All of them are built with `maud`, which escapes whatever is not already [`Markup`].

use maud::{Markup, PreEscaped, html};

use crate::chart::{Chart, Series};
use crate::error::ChartError;

/// The stylesheet of all pages, including reports.
pub const STYLE: &str = include_str!("style.css");

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub enum Column<'a> {
    /// Numbers, right-aligned.
    Numeric(&'a str),
    /// Text, left-aligned.
    Text(&'a str),
}

impl<'a> Column<'a> {
    const fn heading(self) -> &'a str {
        match self {
            Self::Numeric(name) | Self::Text(name) => name,
        }
    }

    const fn css_class(self) -> Option<&'static str> {
        match self {
            Self::Numeric(_) => None,
            Self::Text(_) => Some("words"),
        }
    }
}

/// A table of numbers: caption, column names, and rows whose first cell is the row's heading.
#[must_use]
pub fn table(caption: &str, head: &[&str], rows: &[Vec<String>]) -> Markup {
    let head: Vec<_> = head.iter().map(|name| Column::Numeric(name)).collect();
    let cells = |row: &Vec<String>| row.iter().map(|cell| html! { (cell) }).collect();
    let rows: Vec<Vec<Markup>> = rows.iter().map(cells).collect();
    table_with_columns(caption, &head, &rows)
}

/// A table whose cells may contain markup.
#[must_use]
pub fn table_with_columns(caption: &str, head: &[Column<'_>], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.scroll role="region" aria-label=(caption) tabindex="0" {
            table {
                caption { (caption) }
                thead { tr { @for column in head {
                    th scope="col" class=[column.css_class()] { (column.heading()) }
                } } }
                tbody { @for row in rows { tr { @for (cell, column) in row.iter().zip(head).take(1) {
                    th scope="row" class=[column.css_class()] { (cell) }
                } @for (cell, column) in row.iter().zip(head).skip(1) {
                    td class=[column.css_class()] { (cell) }
                } } } }
            }
        }
    }
}

/// A chart with its title and legend; its numbers, if given, are in a collapsed block below.
///
/// # Errors
/// [`ChartError`] if the drawing library fails.
pub fn figure(chart: &Chart, numbers: Option<&Markup>) -> Result<Markup, ChartError> {
    let svg = PreEscaped(chart.svg()?);
    Ok(html! {
        figure {
            figcaption {
                b { (chart.title) }
                span.legend { @for series in legend(chart) {
                    span { i.key.(series.colour.css_name()).(series.shape.css_class()) {} (series.name) } " "
                } }
            }
            (svg)
            @if let Some(numbers) = numbers { details { summary { "Numbers" } (numbers) } }
        }
    })
}

/// One series per name, the last one drawn.
fn legend(chart: &Chart) -> Vec<&Series> {
    let mut named: Vec<&Series> = Vec::new();
    for series in &chart.series {
        match named.iter_mut().find(|other| other.name == series.name) {
            Some(other) => *other = series,
            None => named.push(series),
        }
    }
    named
}

/// Figures side by side.
#[must_use]
pub fn chart_grid(figures: &[Markup]) -> Markup {
    html! { div.charts { @for figure in figures { (figure) } } }
}

/// A section with a heading and an introduction.
#[must_use]
pub fn section(heading: &str, lead: &str, content: &Markup) -> Markup {
    html! { section { h2 { (heading) } p { (lead) } (content) } }
}

/// A section that can be linked to.
#[must_use]
pub fn linked_section(id: &str, heading: &str, lead: &str, content: &Markup) -> Markup {
    html! {
        section id=(id) aria-labelledby={ (id) "-heading" } {
            h2 id={ (id) "-heading" } { (heading) }
            p { (lead) }
            (content)
        }
    }
}

/// Headline figures, each with a note and a name.
#[must_use]
pub fn tile_list(tiles: &[[String; 3]]) -> Markup {
    html! {
        ul.tiles { @for [value, note, name] in tiles {
            li { b { (value) } small { (note) } small { (name) } }
        } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_text_is_escaped() {
        let hostile = r#"<img src=x onerror="alert('1')">&"#;
        let rows = [vec![hostile.to_owned(), hostile.to_owned()]];
        let page = section(hostile, hostile, &table(hostile, &[hostile, hostile], &rows));
        let page = page.into_string();
        assert_eq!(page.matches("<img").count(), 0);
        // Twice for the caption, which is also the region's label.
        assert_eq!(
            page.matches("&lt;img src=x onerror=&quot;alert('1')&quot;&gt;&amp;").count(),
            8
        );
    }
}
