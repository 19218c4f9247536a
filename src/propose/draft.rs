//! Drafts a proposal.

use std::path::PathBuf;

use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::Args;
use plimsoll_features::FEATURES;
use plimsoll_govern::{
    AffectedAccounts, MarketFacts, Policy, Proposal, ProposalContext, ProposalInputs, ReserveState,
    compile_proposal,
};
use plimsoll_ingest::chain::MarketHealthFactors;
use plimsoll_lake::tables::{Forecast, Observation, Row, TABLES};
use plimsoll_lake::{Store, Table, sha256_hex};
use plimsoll_model::Model;
use plimsoll_rpc::Client;

use super::market_source::{MarketSource, ReserveSnapshot};
use super::policy;
use super::setting::Setting;
use super::summary::Summary;
use super::targets::{from_recommendations, from_settings, recommend_parameters};
use crate::args::{RpcArgs, parse_time};

/// Inputs of a proposal.
#[derive(Debug, Args)]
pub(crate) struct DraftArgs {
    /// Folder of the lake.
    // Required, but not for a subcommand, which clap supports only for an option.
    #[arg(long, value_name = "DIR", required = true)]
    lake: Option<PathBuf>,
    /// Folder of the model; without one there is no forecast of the next day.
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,
    /// The market file, or the market's name in the lake, CHAIN/PROTOCOL/MARKET; the chain is optional
    /// if only one market has the name.
    #[arg(long, value_name = "MARKET", required = true)]
    market: Option<String>,
    /// Use no data after this time [default: all data of the lake].
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Option<DateTime<Utc>>,
    #[command(flatten)]
    nodes: RpcArgs,
    /// The policy file; keys left out are as in govern/policies/aave-v3.toml.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Folder of the proposal; an earlier proposal there is replaced.
    #[arg(long, value_name = "DIR", required = true)]
    out: Option<PathBuf>,
    /// Set a parameter instead of using recommendations, such as WETH:liquidation_threshold=8200, or
    /// the asset's address if several assets have the symbol; in basis points, fields are max_ltv, liquidation_threshold and liquidation_bonus; may be
    /// repeated.
    #[arg(long, value_name = "ASSET:FIELD=BPS")]
    set: Vec<Setting>,
}

impl DraftArgs {
    /// Recommendations for a market of a lake, by its name, without a chain.
    pub(crate) fn for_lake_market(
        lake: PathBuf,
        model: PathBuf,
        market: String,
        out: PathBuf,
    ) -> Self {
        Self {
            lake: Some(lake),
            model: Some(model),
            market: Some(market),
            at: None,
            nodes: RpcArgs::default(),
            policy: None,
            out: Some(out),
            set: Vec::new(),
        }
    }

    pub(super) fn run(self) -> anyhow::Result<()> {
        let proposal = self.draft()?;
        let folder = self.out.as_deref().context("--out is required")?;
        print!("{}", Summary { proposal: &proposal, folder });
        Ok(())
    }

    /// Compiles the proposal and writes its folder.
    pub(crate) fn draft(&self) -> anyhow::Result<Proposal> {
        let policy = policy::read(self.policy.as_deref())?;
        let (Some(lake), Some(market), Some(out)) = (&self.lake, &self.market, &self.out) else {
            anyhow::bail!("--lake, --market and --out are required");
        };
        let store = Store::open(lake)?;
        let source = MarketSource::resolve(market, &store)?;
        let model = self.model.as_deref().map(Model::load).transpose()?;
        let client = self.nodes.is_given().then(|| self.nodes.client()).transpose()?;
        let runtime = tokio::runtime::Runtime::new()?;
        let chain_state = |client: &Client| {
            runtime.block_on(source.read_chain(client, &store, &policy, self.at)).map(Some)
        };
        let chain_state = client.as_ref().map_or(Ok(None), chain_state)?;
        let until = chain_state.as_ref().map(|snapshot| snapshot.as_of.time).or(self.at);
        let (snapshot, recommendations) = if self.set.is_empty() {
            let recommendations =
                recommend_parameters(&store, &source, (model.as_ref(), until), &policy.threshold)?;
            let at = recommendations.first().map(|recommendation| recommendation.as_of);
            (
                self.reserve_snapshot(chain_state, &source, (&store, &policy), at)?,
                Some(recommendations),
            )
        } else {
            (self.reserve_snapshot(chain_state, &source, (&store, &policy), None)?, None)
        };
        let inputs = input_hashes(&store, model.as_ref(), &policy, &snapshot.sha256)?;
        let (context, reserves) = proposal_context(&source, snapshot, &policy, inputs);
        let targets = match recommendations {
            Some(recommendations) => from_recommendations(reserves, &recommendations)?,
            None => from_settings(reserves, &self.set)?,
        };
        let affected = |changed: &[ReserveState]| {
            let Some(client) = &client else { return Ok(None) };
            runtime
                .block_on(affected_accounts(client, &source, &store, (&context, changed)))
                .map(Some)
        };
        let proposal = compile_proposal(context.clone(), targets, affected)?;
        proposal.write(out, &policy.aip)?;
        Ok(proposal)
    }

    /// The state read from the chain, or else the lake's state at a time.
    fn reserve_snapshot(
        &self,
        chain_state: Option<ReserveSnapshot>,
        source: &MarketSource,
        (store, policy): (&Store, &Policy),
        at: Option<DateTime<Utc>>,
    ) -> anyhow::Result<ReserveSnapshot> {
        if let Some(snapshot) = chain_state {
            return Ok(snapshot);
        }
        let at = self
            .at
            .or(at)
            .context("without --rpc, --set needs --at: the time of the lake's state")?;
        source.read_lake(store, policy, at)
    }
}

fn proposal_context(
    source: &MarketSource,
    snapshot: ReserveSnapshot,
    policy: &Policy,
    inputs: ProposalInputs,
) -> (ProposalContext, Vec<ReserveState>) {
    let ReserveSnapshot { as_of, contracts, steward, mut reserves, .. } = snapshot;
    // Assets that are not collateral are not changed here.
    reserves.retain(|reserve| reserve.in_force().liquidation_threshold_bps > 0);
    let chain_id = source.file.as_ref().map(|file| file.chain_id());
    let market = MarketFacts { name: source.id.name(), chain_id, contracts };
    let oracle = policy.oracle.clone();
    (ProposalContext { market, as_of, steward, oracle, inputs }, reserves)
}

async fn affected_accounts(
    client: &Client,
    source: &MarketSource,
    store: &Store,
    (context, changed): (&ProposalContext, &[ReserveState]),
) -> anyhow::Result<AffectedAccounts> {
    let file = source.file.as_ref().context("the chain was read without a market file")?;
    let contracts = context.market.contracts.context("the chain was read without contracts")?;
    let block = context.as_of.block.context("the chain was read without a block")?;
    let health = MarketHealthFactors::read(client, file, store, (contracts.pool, block)).await?;
    Ok(AffectedAccounts::compute(client, &health, changed).await?)
}

/// Hashes of a proposal's inputs.
fn input_hashes(
    store: &Store,
    model: Option<&Model>,
    policy: &Policy,
    chain_sha256: &str,
) -> anyhow::Result<ProposalInputs> {
    let derived: [&str; 2] = [Observation::TABLE.name, Forecast::TABLE.name];
    let tables: Vec<&'static Table> =
        TABLES.iter().copied().filter(|table| !derived.contains(&table.name)).collect();
    let features: Vec<&str> =
        FEATURES.iter().flat_map(|group| group.iter()).map(|feature| feature.name).collect();
    let model = model.map(|model| serde_json::to_vec(model.manifest())).transpose()?;
    Ok(ProposalInputs {
        data_sha256: store.fingerprint(&tables)?,
        features_sha256: sha256_hex(features.join("\n")),
        model_sha256: model.map_or_else(|| "none".to_owned(), sha256_hex),
        policy_sha256: sha256_hex(serde_json::to_vec(policy)?),
        chain_sha256: chain_sha256.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        source_sha256: env!("PLIMSOLL_SOURCE_SHA256").to_owned(),
    })
}
