//! Resolves a market and reads the state of its reserves.

use std::path::Path;

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use plimsoll_features::{MarketId, list_markets};
use plimsoll_govern::{AsOf, ChainState, Contracts, Policy, ReserveState, StewardFacts};
use plimsoll_ingest::chain::{MarketFile, last_covered_block};
use plimsoll_lake::tables::MarketAsset;
use plimsoll_lake::{Store, asset_labels, sha256_hex};
use plimsoll_rpc::Client;

/// A market, by its file or by its name in the lake.
pub(super) struct MarketSource {
    pub(super) id: MarketId,
    pub(super) file: Option<MarketFile>,
}

/// State of a market's reserves at a time.
pub(super) struct ReserveSnapshot {
    pub(super) as_of: AsOf,
    pub(super) contracts: Option<Contracts>,
    pub(super) steward: StewardFacts,
    pub(super) reserves: Vec<ReserveState>,
    pub(super) sha256: String,
}

impl MarketSource {
    pub(super) fn resolve(market: &str, store: &Store) -> anyhow::Result<Self> {
        let path = Path::new(market);
        if path.is_file() {
            let file = MarketFile::read(path)?;
            let [chain, protocol, name] = [file.chain(), file.protocol(), file.name()];
            let [chain, protocol, market] = [chain, protocol, name].map(str::to_owned);
            return Ok(Self { id: MarketId { chain, protocol, market }, file: Some(file) });
        }
        let id = MarketId::find(&list_markets(store)?, market)
            .map_err(|error| anyhow!("no market file is there, and {error}"))?
            .clone();
        Ok(Self { id, file: None })
    }

    /// Reads the contracts at the last block that the lake covers until then.
    pub(super) async fn read_chain(
        &self,
        client: &Client,
        store: &Store,
        policy: &Policy,
        until: Option<DateTime<Utc>>,
    ) -> anyhow::Result<ReserveSnapshot> {
        let file = self.file.as_ref().context("with --rpc, --market must be a market file")?;
        let block = last_covered_block(store, file, until)?;
        let block = block.context("the lake covers no block of this market by then")?;
        client.connect(file.chain_id()).await?;
        let filter = self.id.filter(plimsoll_lake::Filter::default());
        let mut assets = Vec::new();
        let rows = store.rows_where::<MarketAsset>(&filter)?;
        for (row, label) in rows.iter().zip(asset_labels(&rows)) {
            let address =
                row.address.as_ref().with_context(|| format!("{label} has no address"))?;
            assets.push((label, address.parse()?));
        }
        let provider = file.addresses_provider()?;
        let state =
            ChainState::read(client, provider, &assets, &policy.steward, block.block).await?;
        Ok(ReserveSnapshot {
            as_of: AsOf { time: block.time, block: Some(block.block) },
            sha256: state.sha256(),
            contracts: Some(state.contracts),
            steward: state.steward,
            reserves: state.reserves,
        })
    }

    /// Reads the lake's state, with the policy's limits for the steward.
    pub(super) fn read_lake(
        &self,
        store: &Store,
        policy: &Policy,
        at: DateTime<Utc>,
    ) -> anyhow::Result<ReserveSnapshot> {
        let mut reserves = ReserveState::from_lake(store, &self.id, at)?;
        for reserve in &mut reserves {
            reserve.is_restricted = policy.steward.restricts(&reserve.asset, reserve.address);
        }
        Ok(ReserveSnapshot {
            as_of: AsOf { time: at, block: None },
            contracts: None,
            steward: StewardFacts::from_policy(&policy.steward),
            sha256: sha256_hex(format!("{reserves:?}")),
            reserves,
        })
    }
}
