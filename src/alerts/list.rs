//! `plimsoll alerts list`.

use clap::Args;
use plimsoll_serve::{Measure, Rule};

use crate::args::{AlertDatabaseArgs, JsonArgs};

/// List subscriptions, without their secrets.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    database: AlertDatabaseArgs,
    #[command(flatten)]
    output: JsonArgs,
}

impl List {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let subscriptions = self.database.open_existing()?.subscriptions()?;
        if self.output.enabled() {
            return self.output.print(&subscriptions, "");
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
    match measure.horizon() {
        Some(horizon) => format!("P({horizon}) {}%/{}%", to_percent(*fire), to_percent(*clear)),
        None => {
            debug_assert_eq!(*measure, Measure::HealthFactor);
            format!("HF {fire}/{clear}")
        }
    }
}

/// Rounded to four decimals, as 0.07 times 100 is not exactly 7.
fn to_percent(fraction: f64) -> f64 {
    (fraction * 1e6).round() / 1e4
}
