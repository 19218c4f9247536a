//! `plimsoll alerts subscribe`.

use anyhow::ensure;
use chrono::Utc;
use clap::Args;
use plimsoll_serve::{AlertError, NewRule, NewSubscription};

use super::egress::EgressArgs;
use super::file::AlertDatabaseArgs;
use super::levels;

/// Warn of an account, or of every account of an address.
///
/// Messages are Standard Webhooks 1.0, signed with the secret that is printed here once.
#[derive(Debug, Args)]
pub(crate) struct Subscribe {
    #[command(flatten)]
    file: AlertDatabaseArgs,
    /// Account id, PROTOCOL/MARKET/ADDRESS (or a vault's number), or an address.
    #[arg(long, value_name = "ID")]
    watch: String,
    /// Endpoint that messages go to.
    #[arg(long, value_name = "URL")]
    url: String,
    /// Warn at this probability of liquidation within a horizon, until it is below another: half of
    /// the first if absent. May be given again.
    #[arg(long, value_name = "24h=5%/1%", value_parser = levels::parse_probability_rule)]
    probability: Vec<NewRule>,
    /// Warn at this health factor, until it is above another: 0.1 more if absent. May be given again.
    #[arg(long, value_name = "1.1/1.2", value_parser = levels::parse_health_factor_rule)]
    health_factor: Vec<NewRule>,
    /// Least hours between two warnings of one account by one rule [default: 6]
    #[arg(long, value_name = "HOURS")]
    cool_down_hours: Option<f64>,
    /// Warn again after so many hours while it is still as bad.
    #[arg(long, value_name = "HOURS")]
    remind_hours: Option<f64>,
    /// Sign with the secret in the variable PLIMSOLL_WEBHOOK_SECRET rather than with a new one.
    #[arg(long)]
    own_secret: bool,
    #[command(flatten)]
    egress: EgressArgs,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Subscribe {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let written = self.probability.iter().chain(&self.health_factor);
        let rules: Vec<NewRule> = written
            .map(|rule| NewRule {
                cool_down_hours: self.cool_down_hours,
                remind_hours: self.remind_hours,
                ..*rule
            })
            .collect();
        ensure!(!rules.is_empty(), "there is no rule: use --probability or --health-factor");
        let secret = super::rotate::read_own_secret(self.own_secret)?;
        let asked = NewSubscription { watch: self.watch, url: self.url, rules, secret };
        let checked =
            asked.validate(&self.egress.into_egress()).map_err(AlertError::InvalidRequest)?;
        let made = self.file.open_or_create()?.subscribe(&checked, Utc::now())?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&made)?);
        } else {
            println!(
                "{}: {} to {}",
                made.subscription.id, made.subscription.watch, made.subscription.url
            );
            println!("secret, told this once: {}", made.secret);
        }
        Ok(())
    }
}
