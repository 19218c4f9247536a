//! The choice between text, Markdown and JSON.

use clap::{Args, ValueEnum};

use crate::table::TableStyle;

/// How a command prints its figures.
#[derive(Debug, Args)]
pub(crate) struct FormatArgs {
    /// Print JSON; the same as --format json.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Print tables for the terminal, tables in Markdown, or JSON.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// A format of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
}

impl FormatArgs {
    /// The style of tables; `None` for JSON.
    pub(crate) fn table_style(&self) -> Option<TableStyle> {
        match self.format {
            _ if self.json => None,
            Format::Json => None,
            Format::Text => Some(TableStyle::Text),
            Format::Markdown => Some(TableStyle::Markdown),
        }
    }
}
