//! `plimsoll serve`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use plimsoll_features::{Snapshot, list_markets};
use plimsoll_govern::Proposal;
use plimsoll_lake::tables::{Forecast, Observation, Row, TABLES};
use plimsoll_lake::{Store, Table};
use plimsoll_model::Model;
use plimsoll_report::BacktestExcerpt;
use plimsoll_serve::{
    AlertHistory, AlertService, AppState, PageData, ServerSnapshot, refresh, serve,
};

use crate::args::{FollowArgs, LakeArgs};
use crate::shutdown;

/// How long requests in progress may take after a signal.
const DRAIN_TIME: Duration = Duration::from_secs(20);

/// Answer over HTTP: a risk page for browsers, scores for programs; and send warnings.
///
/// A browser finds the page at /, and links to those of markets and accounts. Programs GET
/// /healthz, /v1/accounts/{id} and /v1/openapi.json, and POST /v1/score. Accounts are in the state
/// at the end of what the lake contains; `as_of` in each answer is that time, and advances with the
/// lake.
///
/// With --alerts every subscription is evaluated at start and whenever the lake is checked, and
/// its messages are delivered. /v1/alerts requires the token in the variable
/// PLIMSOLL_ALERTS_TOKEN, and is closed where it is not set.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) lake: LakeArgs,
    /// Folder of the model.
    #[arg(long, value_name = "DIR")]
    pub(crate) model: PathBuf,
    /// Address and port to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Folder of a backtest's report; the page shows the scores of its forecasts.
    #[arg(long, value_name = "DIR")]
    pub(crate) report: Option<PathBuf>,
    /// Folder of a proposal, or of folders of proposals, for the page; may be given
    /// several times.
    #[arg(long, value_name = "DIR")]
    pub(crate) proposals: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) follow: FollowArgs,
}

impl Serve {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        shutdown::expect_signal();
        let interval = self.follow.refresh_interval();
        let alerts = self.follow.open_alerts()?;
        let page_data = read_page_data(self.report.as_deref(), &self.proposals, alerts.clone())?;
        let store = self.lake.open()?;
        let model = Model::load(&self.model)?;
        // Taken before the lake is read: what changes in between is read once more.
        let token = store.change_token(&source_tables())?;
        let state = ServerSnapshot::new(read_snapshots(&store)?, model)?.with_page_data(page_data);
        let state = AppState::new(state, alerts);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let outcome = runtime.block_on(async {
            let bound = tokio::net::TcpListener::bind(self.listen).await;
            let listener = bound.with_context(|| format!("cannot listen on {}", self.listen))?;
            println!("listening on http://{}", listener.local_addr()?);
            let refresh = refresh(state.clone(), interval, reload_if_changed(store, token));
            let refresh = tokio::spawn(refresh);
            let result = tokio::select! {
                result = serve(listener, state, shutdown::requested()) => result,
                () = drain_limit() => Ok(()),
            };
            refresh.abort();
            anyhow::Ok(result?)
        });
        // The lake may be read at this moment, which takes long and changes nothing.
        runtime.shutdown_timeout(Duration::from_secs(1));
        outcome
    }
}

/// Ends when requests in progress had their time to finish after a signal.
async fn drain_limit() {
    shutdown::requested().await;
    tokio::time::sleep(DRAIN_TIME).await;
    tracing::warn!("requests still in progress after {} s are ended", DRAIN_TIME.as_secs());
}

/// Reads what the page shows beside the model's own figures.
fn read_page_data(
    report: Option<&Path>,
    folders: &[PathBuf],
    alerts: Option<AlertService>,
) -> anyhow::Result<PageData> {
    let report = report.map(BacktestExcerpt::read).transpose()?;
    let found: Vec<_> =
        folders.iter().map(|folder| Proposal::read_all(folder)).collect::<Result<_, _>>()?;
    let proposals = (!found.is_empty()).then(|| found.concat());
    Ok(PageData {
        report,
        proposals,
        alerts: alerts.map(|alerts| AlertHistory::Live(alerts.store().clone())),
    })
}

/// Returns a new snapshot whenever the lake has changed.
fn reload_if_changed(
    store: Store,
    mut token: u64,
) -> impl FnMut(&ServerSnapshot) -> anyhow::Result<Option<ServerSnapshot>> {
    move |current| {
        let newest = store.change_token(&source_tables())?;
        if newest == token {
            return Ok(None);
        }
        let updated = current.with_snapshots(read_snapshots(&store)?)?;
        token = newest;
        Ok(Some(updated))
    }
}

/// The state of every market of a lake at its end.
pub(crate) fn read_snapshots(store: &Store) -> anyhow::Result<Vec<Snapshot>> {
    let snapshot = |id| Snapshot::read(store, &id, None);
    Ok(list_markets(store)?.into_iter().map(snapshot).collect::<Result<Vec<_>, _>>()?)
}

/// The tables that a snapshot is read from: all that are not derived from others.
fn source_tables() -> Vec<&'static Table> {
    let derived = [Observation::TABLE.name, Forecast::TABLE.name];
    TABLES.iter().copied().filter(|table| !derived.contains(&table.name)).collect()
}
