//! `plimsoll serve`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use plimsoll_features::{LeftOutMarket, MarketId, Snapshot, list_markets, read_each_market};
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
/// lake. A market that cannot be read or valued is left out, and named in /healthz and the log.
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
    /// Serve only this market: its name, CHAIN/PROTOCOL/MARKET, the chain being optional if only one
    /// market has the name; may be given several times [default: every market that can be read].
    #[arg(long, value_name = "MARKET")]
    pub(crate) market: Vec<String>,
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
        let (snapshots, left_out) = read_snapshots(&store, &self.market)?;
        let state = ServerSnapshot::new(snapshots, model)?.with_left_out(left_out);
        log_left_out(&state);
        let state = AppState::new(state.with_page_data(page_data), alerts);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let outcome = runtime.block_on(async {
            let bound = tokio::net::TcpListener::bind(self.listen).await;
            let listener = bound.with_context(|| format!("cannot listen on {}", self.listen))?;
            println!("listening on http://{}", listener.local_addr()?);
            let refresh =
                refresh(state.clone(), interval, reload_if_changed(store, self.market, token));
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

/// Names the markets that are left out.
fn log_left_out(state: &ServerSnapshot) {
    for market in state.left_out() {
        tracing::warn!("left out, {market}");
    }
}

/// Returns a new snapshot whenever the lake has changed.
fn reload_if_changed(
    store: Store,
    markets: Vec<String>,
    mut token: u64,
) -> impl FnMut(&ServerSnapshot) -> anyhow::Result<Option<ServerSnapshot>> {
    move |current| {
        let newest = store.change_token(&source_tables())?;
        if newest == token {
            return Ok(None);
        }
        let (snapshots, left_out) = read_snapshots(&store, &markets)?;
        let updated = current.with_snapshots(snapshots)?.with_left_out(left_out);
        token = newest;
        if updated.left_out() != current.left_out() {
            log_left_out(&updated);
        }
        Ok(Some(updated.keeping_markets_of(current)))
    }
}

/// The state of the named markets of a lake at its end, or of every market if none is named; and the
/// markets that cannot be read.
pub(crate) fn read_snapshots(
    store: &Store,
    named: &[String],
) -> anyhow::Result<(Vec<Snapshot>, Vec<LeftOutMarket>)> {
    let all = list_markets(store)?;
    let mut chosen = Vec::new();
    for name in named {
        let market = MarketId::find(&all, name)?;
        if !chosen.contains(market) {
            chosen.push(market.clone());
        }
    }
    let markets = if named.is_empty() { all } else { chosen };
    Ok(read_each_market(markets, |id| Snapshot::read(store, id, None))?)
}

/// The tables that a snapshot is read from: all that are not derived from others.
fn source_tables() -> Vec<&'static Table> {
    let derived = [Observation::TABLE.name, Forecast::TABLE.name];
    TABLES.iter().copied().filter(|table| !derived.contains(&table.name)).collect()
}
