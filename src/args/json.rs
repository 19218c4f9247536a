//! The choice between text and JSON.

use std::fmt::Display;

use clap::Args;
use serde::Serialize;

/// How a command prints its result.
#[derive(Debug, Args)]
pub(crate) struct JsonArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl JsonArgs {
    /// Whether JSON was requested.
    pub(crate) const fn enabled(&self) -> bool {
        self.json
    }

    /// Prints a value as JSON, or its text.
    ///
    /// # Errors
    /// If the value cannot be serialised.
    pub(crate) fn print(&self, value: &impl Serialize, text: impl Display) -> anyhow::Result<()> {
        if self.json {
            println!("{}", serde_json::to_string_pretty(value)?);
        } else {
            print!("{text}");
        }
        Ok(())
    }
}
