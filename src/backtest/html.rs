//! Pieces of a page: escaped text, tables that scroll on their own, figures with legends.

use super::chart::Chart;

/// Text that may stand in an element or an attribute.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A table: what it shows, its head, and rows whose first cell is their name.
pub(super) fn table(caption: &str, head: &[&str], rows: &[Vec<String>]) -> String {
    let head: String =
        head.iter().map(|name| format!("<th scope=\"col\">{}</th>", escaped(name))).collect();
    let row = |cells: &Vec<String>| {
        let name = cells.first().map_or("", String::as_str);
        let rest: String =
            cells.iter().skip(1).map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
        format!("<tr><th scope=\"row\">{}</th>{rest}</tr>\n", escaped(name))
    };
    let body: String = rows.iter().map(row).collect();
    let caption = escaped(caption);
    format!(
        "<p class=\"caption\">{caption}</p><div class=\"scroll\" role=\"region\" \
         aria-label=\"{caption}\" tabindex=\"0\"><table aria-label=\"{caption}\"><thead>\
         <tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>\n"
    )
}

/// A chart with its title and a legend, and its numbers folded away beneath.
///
/// # Errors
/// The drawing library's own.
pub(super) fn figure(chart: &Chart, numbers: &str) -> anyhow::Result<String> {
    let mut named: Vec<(&str, String)> = Vec::new();
    for series in &chart.series {
        if !named.iter().any(|(name, _)| *name == series.name) {
            let (r, g, b) = (series.colour.0, series.colour.1, series.colour.2);
            named.push((series.name, format!("rgb({r},{g},{b})")));
        }
    }
    let legend: String = named
        .iter()
        .map(|(name, colour)| {
            format!("<span><i style=\"background:{colour}\"></i>{}</span> ", escaped(name))
        })
        .collect();
    let title = escaped(&chart.title);
    let svg = chart.svg()?;
    let numbers = match numbers {
        "" => String::new(),
        numbers => format!("<details><summary>Numbers</summary>{numbers}</details>"),
    };
    Ok(format!(
        "<figure><figcaption><b>{title}</b><span class=\"legend\">{legend}</span></figcaption>\
         {svg}{numbers}</figure>\n"
    ))
}

/// A section with its heading and a lead.
pub(super) fn section(heading: &str, lead: &str, content: &str) -> String {
    let (heading, lead) = (escaped(heading), escaped(lead));
    format!("<section><h2>{heading}</h2>\n<p>{lead}</p>\n{content}</section>\n")
}
