//! `plimsoll serve`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::{Args, value_parser};
use plimsoll_features::{Snapshot, list_markets};
use plimsoll_lake::tables::{Forecast, Observation, Row, TABLES};
use plimsoll_lake::{Store, Table};
use plimsoll_model::Model;
use plimsoll_report::BacktestExcerpt;
use plimsoll_serve::{
    AlertHistory, AlertOptions, AlertService, AppState, PageData, RetrySchedule, ServerSnapshot,
    read_proposals, refresh, serve,
};

use crate::alerts::EgressArgs;

/// Bears the token that the API of alerts asks for.
const TOKEN_VARIABLE: &str = "PLIMSOLL_ALERTS_TOKEN";

/// Answer over HTTP: a risk page for people, scores for programs; and send warnings.
///
/// A browser finds the page at /, and those of markets and accounts from there. Programs GET
/// /healthz, /v1/accounts/{id} and /v1/openapi.json, and POST /v1/score. Accounts stand as they
/// were at the end of what the lake knows; `as_of` in each answer tells when that is, and moves on
/// as the lake does.
///
/// With --alerts every subscription is evaluated at once and whenever the lake is looked at, and
/// what there is to say is delivered. /v1/alerts answers only those who send the token in the
/// variable PLIMSOLL_ALERTS_TOKEN, and nobody where it is not set.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Folder of the lake.
    #[arg(long, value_name = "DIR")]
    pub(crate) lake: PathBuf,
    /// Folder of the model.
    #[arg(long, value_name = "DIR")]
    pub(crate) model: PathBuf,
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Folder of a backtest's report; the page shows how its forecasts fared.
    #[arg(long, value_name = "DIR")]
    pub(crate) report: Option<PathBuf>,
    /// Folder of a proposal, or of folders of proposals, for the page; may be given again.
    #[arg(long, value_name = "DIR")]
    pub(crate) proposals: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

/// How the server follows its lake, and whom it warns of what it sees.
#[derive(Debug, Args)]
pub(crate) struct FollowArgs {
    /// Seconds between looks at the lake.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = value_parser!(u64).range(1..))]
    refresh: u64,
    /// File of subscriptions and messages; made if absent. Without it nothing is sent.
    #[arg(long, value_name = "FILE")]
    alerts: Option<PathBuf>,
    /// How long to wait before each attempt of a delivery, the first included [default: that of
    /// Standard Webhooks 1.0, 0s,5s,5m,30m,2h,5h,10h,14h,20h,24h]
    #[arg(long, value_name = "DELAY,..")]
    retries: Option<RetrySchedule>,
    #[command(flatten)]
    egress: EgressArgs,
}

impl FollowArgs {
    /// Warns with these alerts, where they want it without https to this host too.
    pub(crate) fn with_alerts(alerts: PathBuf, host: &str) -> Self {
        let egress = EgressArgs::with_plain_host(host);
        Self { refresh: 60, alerts: Some(alerts), retries: None, egress }
    }
}

impl Serve {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let every = Duration::from_secs(self.follow.refresh);
        let alerts = self.follow.open_alerts()?;
        let exhibits = read_page_data(self.report.as_deref(), &self.proposals, alerts.clone())?;
        let store = Store::open(self.lake)?;
        let model = Model::load(&self.model)?;
        // Looked at before it is read: what changes in between is read once more.
        let stamp = store.change_token(&source_tables())?;
        let state = ServerSnapshot::new(read_snapshots(&store)?, model)?.with_page_data(exhibits);
        let served = AppState::new(state, alerts);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let bound = tokio::net::TcpListener::bind(self.listen).await;
            let listener = bound.with_context(|| format!("cannot listen on {}", self.listen))?;
            println!("listening on http://{}", listener.local_addr()?);
            let following = refresh(served.clone(), every, reload_if_changed(store, stamp));
            let following = tokio::spawn(following);
            let ended = serve(listener, served, shutdown_signal()).await;
            following.abort();
            Ok(ended?)
        })
    }
}

impl FollowArgs {
    fn open_alerts(self) -> anyhow::Result<Option<AlertService>> {
        let Some(file) = self.alerts else { return Ok(None) };
        let options = AlertOptions {
            file,
            egress: self.egress.into_egress(),
            schedule: self.retries.unwrap_or_default(),
            token: std::env::var(TOKEN_VARIABLE).ok().filter(|token| !token.is_empty()),
        };
        Ok(Some(AlertService::open(options)?))
    }
}

/// What stands on the page beside the model's own figures.
fn read_page_data(
    report: Option<&Path>,
    folders: &[PathBuf],
    alerts: Option<AlertService>,
) -> anyhow::Result<PageData> {
    let report = report.map(BacktestExcerpt::read).transpose()?;
    let found: Vec<_> =
        folders.iter().map(|folder| read_proposals(folder)).collect::<Result<_, _>>()?;
    let proposals = (!found.is_empty()).then(|| found.concat());
    Ok(PageData {
        report,
        proposals,
        alerts: alerts.map(|alerts| AlertHistory::Live(alerts.store().clone())),
    })
}

/// What is served once the lake has changed.
fn reload_if_changed(
    store: Store,
    mut stamp: u64,
) -> impl FnMut(&ServerSnapshot) -> anyhow::Result<Option<ServerSnapshot>> {
    move |served| {
        let now = store.change_token(&source_tables())?;
        if now == stamp {
            return Ok(None);
        }
        let renewed = served.with_snapshots(read_snapshots(&store)?)?;
        stamp = now;
        Ok(Some(renewed))
    }
}

/// Every market of a lake as it stands at the end.
pub(crate) fn read_snapshots(store: &Store) -> anyhow::Result<Vec<Snapshot>> {
    let snapshot = |id| Snapshot::read(store, &id, None);
    Ok(list_markets(store)?.into_iter().map(snapshot).collect::<Result<Vec<_>, _>>()?)
}

/// The tables that a snapshot is read from: all that are not made of others.
fn source_tables() -> Vec<&'static Table> {
    let made = [Observation::TABLE.name, Forecast::TABLE.name];
    TABLES.iter().copied().filter(|table| !made.contains(&table.name)).collect()
}

async fn shutdown_signal() {
    // Without a signal handler the server still stops, only not gracefully.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
