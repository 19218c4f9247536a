//! `plimsoll alerts list`.

use clap::Args;
use plimsoll_serve::{Measure, Rule};

use super::file::AlertDatabaseArgs;

/// List subscriptions, without their secrets.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    file: AlertDatabaseArgs,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl List {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let subscriptions = self.file.open_existing()?.subscriptions()?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&subscriptions)?);
            return Ok(());
        }
        for subscription in &subscriptions {
            let rules: Vec<String> = subscription.rules.iter().map(format_rule).collect();
            let rules = rules.join(", ");
            println!(
                "{}: {} to {}: {rules}",
                subscription.id, subscription.watch, subscription.url
            );
            if let Some(reason) = &subscription.disabled {
                println!("  disabled: {reason}");
            }
        }
        println!("{} subscriptions", subscriptions.len());
        Ok(())
    }
}

fn format_rule(rule: &Rule) -> String {
    let Rule { measure, fire, clear, .. } = rule;
    match measure.horizon_name() {
        Some(horizon) => format!("P({horizon}) {}%/{}%", to_percent(*fire), to_percent(*clear)),
        None => {
            debug_assert_eq!(*measure, Measure::HealthFactor);
            format!("HF {fire}/{clear}")
        }
    }
}

/// To four places, as 0.07 times 100 is not quite 7.
fn to_percent(fraction: f64) -> f64 {
    (fraction * 1e6).round() / 1e4
}
