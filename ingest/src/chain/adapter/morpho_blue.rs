//! Morpho Blue: one contract with many markets, each of one collateral and one loan asset.
//!
//! Source: `@morpho-org/morpho-blue` 1.0.0, `EventsLib`, `Morpho` and `SharesMathLib`.
//!
//! Each of them is a market in the lake, named by the market file's name and the market's id. A
//! debt is stored in shares; `reserve_indexes` has the value of a share. The protocol values
//! collateral in its loan asset, so the loan asset's price is at par, and the collateral's price,
//! which is in no log, is read from the market's oracle.

mod decoder;
mod events;
mod totals;

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes};
use alloy_sol_types::{SolCall, SolEvent};
use arrow::array::RecordBatch;
use plimsoll_lake::tables::{
    BalanceChange, Liquidation, MarketAsset, OraclePrice, PAR_PRICE_SOURCE, PositionEvent,
    QuarantinedLog, ReserveIndex, ReserveParameter, Row,
};
use plimsoll_lake::{MarketKey, Partition};
use plimsoll_rpc::{BlockTag, Log, LogFilter, fetch_unverified_logs};

use super::chainlink;
use super::events::{decode_event, event_topics};
use super::stream_root::{Adapter, Discovery};
use super::token::fetch_tokens;
use crate::chain::decode::probe::Probe;
use crate::chain::decode::token::Token;
use crate::chain::error::ChainError;
use crate::chain::market_file::keys::{MORPHO_BLUE, MorphoBlueKeys};
use crate::chain::stream::{DiscoveryEvidence, Stream};
use decoder::{IsolatedMarket, MorphoDecoder};
use events::Morpho::{self, MorphoEvents};
use events::Oracle;

pub(super) const ADAPTER: Adapter = Adapter {
    protocol: MORPHO_BLUE,
    tables: &[&QuarantinedLog::TABLE],
    root: |market| Ok(market.protocol_keys::<MorphoBlueKeys>()?.morpho),
    discovery_topics: || vec![Morpho::CreateMarket::SIGNATURE_HASH],
    discover: |discovery| Box::pin(discover(discovery)),
};

async fn discover(discovery: Discovery<'_>) -> Result<Stream, ChainError> {
    let Discovery { client, market, root, first, last, .. } = discovery;
    if client.code(root.address, BlockTag::Number(last)).await?.is_empty() {
        let (address, kind, call) = (root.address, "Morpho Blue contract", "eth_getCode");
        return Err(ChainError::MissingContract { address, kind, call, block: last });
    }
    let created = LogFilter { addresses: vec![root.address], topics: (ADAPTER.discovery_topics)() };
    let unverified = fetch_unverified_logs(client, &created, first..=last).await?;
    // Markets created before the first block are read too.
    let creation_blocks = root.from_block.unwrap_or(0)..=discovery.origin.saturating_sub(1);
    let mut logs = fetch_unverified_logs(client, &created, creation_blocks).await?.logs;
    logs.extend_from_slice(discovery.stored_logs);
    logs.extend_from_slice(&unverified.logs);
    let keys: MorphoBlueKeys = market.protocol_keys()?;
    let markets = markets(discovery, &logs, keys.markets.as_deref()).await?;
    let every_blocks = market.common.sample_every_blocks;
    let oracles: Vec<Address> = markets.iter().map(|(_, market)| market.oracle).collect();
    let mut graph = root.price_graph.lock().await;
    graph.refresh(client, &oracles, last, every_blocks).await?;
    let probe = |(_, market): &(B256, IsolatedMarket)| Probe {
        target: market.oracle,
        input: Bytes::from(Oracle::priceCall {}.abi_encode()),
        every_blocks,
        from_block: market.from_block,
        until_block: u64::MAX,
        triggers: graph.triggers(market.oracle).into(),
        is_searched: graph.has_secondary_rounds(market.oracle),
    };
    let probes: Vec<Probe> = markets.iter().map(probe).collect();
    let mut addresses = vec![root.address];
    addresses.extend(probes.iter().flat_map(|probe| probe.triggers.iter().copied()));
    addresses.sort_unstable();
    addresses.dedup();
    let mut facts = Vec::new();
    let mut partitions =
        vec![Partition::new(const { &QuarantinedLog::TABLE }, &[market.chain(), &root.stream])?];
    for (_, market) in &markets {
        facts.push(asset_table(market)?);
        partitions.extend(market_partitions(&market.key)?);
    }
    Ok(Stream {
        name: root.stream.clone(),
        filter: LogFilter {
            addresses,
            topics: event_topics::<MorphoEvents>().chain(chainlink::topics()).collect(),
        },
        evidence: DiscoveryEvidence { filter: created, unverified },
        static_tables: facts,
        partitions,
        probes,
        decoder: Box::new(MorphoDecoder::new(root.address, markets)),
    })
}

/// The markets of the given ids, or all markets, in order of creation.
async fn markets(
    discovery: Discovery<'_>,
    logs: &[Log],
    market_ids: Option<&[B256]>,
) -> Result<Vec<(B256, IsolatedMarket)>, ChainError> {
    let mut created = Vec::new();
    for log in logs {
        let event = decode_event::<MorphoEvents>(log);
        let event = event.map_err(|error| discovery.market.error(error.detail))?;
        if let Some(MorphoEvents::CreateMarket(event)) = event
            && market_ids.is_none_or(|ids| ids.contains(&event.id))
        {
            created.push((log.block, event));
        }
    }
    let tokens = created
        .iter()
        .flat_map(|(_, event)| [event.marketParams.loanToken, event.marketParams.collateralToken]);
    let mut tokens: Vec<Address> = tokens.collect();
    tokens.sort_unstable();
    tokens.dedup();
    let named = fetch_tokens(discovery.client, &tokens, discovery.last).await?;
    let tokens: BTreeMap<Address, Token> = tokens.into_iter().zip(named).collect();
    let market = |(from_block, event): (u64, Morpho::CreateMarket)| {
        let name = MarketKey {
            chain: discovery.market.chain().to_owned(),
            protocol: MORPHO_BLUE.to_owned(),
            market: format!("{}-{:#x}", discovery.market.name(), event.id),
        };
        let [loan, collateral] = [event.marketParams.loanToken, event.marketParams.collateralToken]
            .map(|address| tokens[&address].clone());
        let oracle = event.marketParams.oracle;
        (event.id, IsolatedMarket { key: name, loan, collateral, oracle, from_block })
    };
    Ok(created.into_iter().map(market).collect())
}

/// The two assets of a market; the protocol values the collateral in the loan asset.
fn asset_table(market: &IsolatedMarket) -> Result<(Partition, RecordBatch), ChainError> {
    let name = &market.key;
    let mut rows = vec![market.loan.asset_row(name, PAR_PRICE_SOURCE.to_owned())];
    // A market may lend the asset that it takes as collateral, and may have none.
    if market.collateral.id != market.loan.id {
        rows.push(market.collateral.asset_row(name, name.price_source()));
    }
    let partition = Partition::new(const { &MarketAsset::TABLE }, &name.partition())?;
    Ok((partition, MarketAsset::to_batch(&rows)?))
}

fn market_partitions(name: &MarketKey) -> Result<Vec<Partition>, ChainError> {
    let tables = [
        const { &PositionEvent::TABLE },
        const { &Liquidation::TABLE },
        const { &BalanceChange::TABLE },
        const { &ReserveIndex::TABLE },
        const { &ReserveParameter::TABLE },
    ];
    let mut partitions = Vec::new();
    for table in tables {
        partitions.push(Partition::new(table, &name.partition())?);
    }
    partitions.push(Partition::new(const { &OraclePrice::TABLE }, &[name.price_source()])?);
    Ok(partitions)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::chain::adapter::test_addresses::KNOWN_ADDRESSES;
    use crate::chain::decode::decoder::Decoder;

    pub(crate) fn topics() -> Vec<B256> {
        super::event_topics::<MorphoEvents>().collect()
    }

    pub(crate) fn decoder() -> Box<dyn Decoder> {
        let token = |index: usize| Token::new(KNOWN_ADDRESSES[index], None, Some(18));
        let market = IsolatedMarket {
            key: MarketKey {
                chain: "test".to_owned(),
                protocol: MORPHO_BLUE.to_owned(),
                market: "test".to_owned(),
            },
            loan: token(1),
            collateral: token(2),
            oracle: KNOWN_ADDRESSES[3],
            from_block: 0,
        };
        let markets = vec![(KNOWN_ADDRESSES[3].into_word(), market)];
        Box::new(MorphoDecoder::new(KNOWN_ADDRESSES[0], markets))
    }
}
