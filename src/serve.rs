//! `plimsoll serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use plimsoll_features::{Snapshot, markets};
use plimsoll_lake::Store;
use plimsoll_model::Model;
use plimsoll_serve::{Exhibits, Report, ServeError, ServeState, proposals, serve};

/// Answer over HTTP: a risk page for people; accounts, scores and an OpenAPI document for programs.
///
/// A browser finds the page at /, and those of markets and accounts from there. Programs GET
/// /healthz, /v1/accounts/{id} and /v1/openapi.json, and POST /v1/score. Accounts stand as they
/// were at the end of what the lake knows; `as_of` in each answer tells when that is.
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
}

impl Serve {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let exhibits = self.exhibits()?;
        let store = Store::open(self.lake)?;
        let model = Model::load(&self.model)?;
        let snapshot = |id| Snapshot::read(&store, &id, None);
        let snapshots =
            markets(&store)?.into_iter().map(snapshot).collect::<Result<Vec<_>, _>>()?;
        let state = ServeState::new(snapshots, model)?.with_exhibits(exhibits);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let bound = tokio::net::TcpListener::bind(self.listen).await;
            let listener = bound.with_context(|| format!("cannot listen on {}", self.listen))?;
            println!("listening on http://{}", listener.local_addr()?);
            Ok(serve(listener, state, stopped()).await?)
        })
    }

    fn exhibits(&self) -> Result<Exhibits, ServeError> {
        let report = self.report.as_deref().map(Report::read).transpose()?;
        let folders = self.proposals.iter().map(|folder| proposals(folder));
        let found: Vec<_> = folders.collect::<Result<_, _>>()?;
        let proposals = (!found.is_empty()).then(|| found.concat());
        Ok(Exhibits { report, proposals, alerts: None })
    }
}

async fn stopped() {
    // Without a signal handler the server still stops, only not gracefully.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
