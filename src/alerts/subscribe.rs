//! `plimsoll alerts subscribe`.

use anyhow::ensure;
use chrono::Utc;
use clap::Args;
use plimsoll_serve::{AlertError, NewRule, NewSubscription};

use crate::args::alert_rule::{parse_health_factor_rule, parse_probability_rule};
use crate::args::{AlertDatabaseArgs, EgressArgs, JsonArgs, WebhookSecretArgs};

/// Subscribe to warnings about an account, or about every account of an address.
///
/// Messages are Standard Webhooks 1.0, signed with the secret that is printed once.
#[derive(Debug, Args)]
pub(crate) struct Subscribe {
    #[command(flatten)]
    database: AlertDatabaseArgs,
    /// Account id, CHAIN/PROTOCOL/MARKET/ADDRESS (or a vault's number), or an address. Without the
    /// chain, the accounts of every chain.
    #[arg(long, value_name = "ID")]
    watch: String,
    /// Endpoint that messages go to.
    #[arg(long, value_name = "URL")]
    url: String,
    /// Warn at this probability of liquidation within a horizon, until it is below another: half of
    /// the first if absent. May be given several times.
    #[arg(long, value_name = "24h=5%/1%", value_parser = parse_probability_rule)]
    probability: Vec<NewRule>,
    /// Warn at this health factor, until it is above another: 0.1 more if absent. May be given
    /// several times.
    #[arg(long, value_name = "1.1/1.2", value_parser = parse_health_factor_rule)]
    health_factor: Vec<NewRule>,
    /// Minimum number of hours between two warnings of one account by one rule [default: 6]
    #[arg(long, value_name = "HOURS")]
    cool_down_hours: Option<f64>,
    /// Warn again after this number of hours while the level is still reached.
    #[arg(long, value_name = "HOURS")]
    remind_hours: Option<f64>,
    #[command(flatten)]
    secret: WebhookSecretArgs,
    #[command(flatten)]
    egress: EgressArgs,
    #[command(flatten)]
    output: JsonArgs,
}

impl Subscribe {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let rules: Vec<NewRule> = self
            .probability
            .iter()
            .chain(&self.health_factor)
            .map(|rule| NewRule {
                cool_down_hours: self.cool_down_hours,
                remind_hours: self.remind_hours,
                ..*rule
            })
            .collect();
        ensure!(!rules.is_empty(), "there is no rule: use --probability or --health-factor");
        let secret = self.secret.read()?;
        let request = NewSubscription { watch: self.watch, url: self.url, rules, secret };
        let validated =
            request.validate(&self.egress.into_policy()).map_err(AlertError::InvalidRequest)?;
        let created = self.database.open_or_create()?.subscribe(&validated, Utc::now())?;
        let subscription = &created.subscription;
        let text = format!(
            "{}: {} to {}\nsecret, shown once: {}\n",
            subscription.id, subscription.watch, subscription.url, created.secret
        );
        self.output.print(&created, text)
    }
}
