//! How the server follows its lake, and the alerts that it sends.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, value_parser};
use plimsoll_serve::{AlertOptions, AlertService, RetrySchedule};

use super::egress::EgressArgs;

/// The variable that contains the bearer token of the alerts API.
const TOKEN_VARIABLE: &str = "PLIMSOLL_ALERTS_TOKEN";

/// Refresh and alerts of the server.
#[derive(Debug, Args)]
pub(crate) struct FollowArgs {
    /// Seconds between two checks of the lake for changes.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = value_parser!(u64).range(1..))]
    refresh: u64,
    /// File of subscriptions and messages; created if absent. Without it nothing is sent.
    #[arg(long, value_name = "FILE")]
    alerts: Option<PathBuf>,
    /// Delay before each attempt of a delivery, the first included [default: that of Standard
    /// Webhooks 1.0, 0s,5s,5m,30m,2h,5h,10h,14h,20h,24h]
    #[arg(long, value_name = "DELAY,..")]
    retries: Option<RetrySchedule>,
    #[command(flatten)]
    egress: EgressArgs,
}

impl FollowArgs {
    /// Sends the alerts in a file, also without https to one host.
    pub(crate) fn with_alerts(alerts: PathBuf, plain_http_host: &str) -> Self {
        let egress = EgressArgs::with_plain_host(plain_http_host);
        Self { refresh: 60, alerts: Some(alerts), retries: None, egress }
    }

    /// Time between two checks of the lake.
    pub(crate) const fn refresh_interval(&self) -> Duration {
        Duration::from_secs(self.refresh)
    }

    /// Opens the alerts, if there are any.
    pub(crate) fn open_alerts(self) -> anyhow::Result<Option<AlertService>> {
        let Some(file) = self.alerts else { return Ok(None) };
        let options = AlertOptions {
            file,
            egress: self.egress.into_policy(),
            schedule: self.retries.unwrap_or_default(),
            token: std::env::var(TOKEN_VARIABLE).ok().filter(|token| !token.is_empty()),
        };
        Ok(Some(AlertService::open(options)?))
    }
}
