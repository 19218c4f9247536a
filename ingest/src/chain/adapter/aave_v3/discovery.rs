//! Discovers the contracts of an Aave v3 market over a range of blocks.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};
use futures_util::future::try_join_all;
use plimsoll_lake::MarketKey;
use plimsoll_lending::aave_v3::Release;
use plimsoll_rpc::{LogFilter, fetch_unverified_logs};

use super::decoder::{AaveDecoder, topics};
use super::events::{Oracle, Pool, Provider, Reserves};
use super::market_changes::{self, MarketChanges, ReserveTokens};
use super::reserve_registry::{Reserve, ReserveRegistry};
use super::sentinel::Sentinels;
use super::tables::{asset_table, partitions};
use super::token_versions::token_versions;
use crate::chain::adapter::chainlink::{Feed, FeedPrices, FeedRange, PriceSource, resolve_feed};
use crate::chain::adapter::stream_root::Discovery;
use crate::chain::adapter::token::fetch_tokens;
use crate::chain::decode::probe::Probe;
use crate::chain::decode::token::Token;
use crate::chain::error::ChainError;
use crate::chain::market_file::keys::AAVE_V3;
use crate::chain::stream::{DiscoveryEvidence, Stream};
use crate::chain::view_calls::{call_view, call_views, call_views_with_fallback};

/// The unit of prices of an oracle without `BASE_CURRENCY_UNIT`: eight decimals of a dollar.
const DOLLAR: u64 = 100_000_000;

/// The contracts of a market, from its addresses provider.
struct MarketContracts {
    provider: Address,
    pool: Address,
    configurator: Address,
    /// Oracles, with the block from which the market uses them.
    oracles: Vec<(u64, Address)>,
}

pub(super) async fn discover(discovery: Discovery<'_>) -> Result<Stream, ChainError> {
    let name = MarketKey {
        chain: discovery.market.chain().to_owned(),
        protocol: AAVE_V3.to_owned(),
        market: discovery.market.name().to_owned(),
    };
    let (contracts, changes, evidence) = contracts(discovery).await?;
    let reserves = reserves(discovery, &contracts, &changes).await?;
    let sources = sources(discovery, &contracts, &changes, &reserves).await?;
    let earlier = MarketChanges::read(discovery.stored_logs);
    let earlier = earlier.map_err(|error| discovery.market.error(error.detail))?;
    let upgrades = [earlier.token_implementations, changes.token_implementations.clone()].concat();
    let pools = [earlier.pool_implementations, changes.pool_implementations.clone()].concat();
    let sentinels = [earlier.sentinels, changes.sentinels.clone()].concat();
    let ((feeds, probes, probe_feeds), releases, token_versions, sentinels, unit) = tokio::try_join!(
        feeds(discovery, &sources),
        releases(discovery, &contracts, &pools),
        token_versions(discovery.client, &reserves, &upgrades, discovery.last),
        Sentinels::read(discovery, &sentinels),
        price_unit(discovery, &contracts),
    )?;
    let mut addresses = vec![contracts.provider, contracts.pool, contracts.configurator];
    addresses.extend(contracts.oracles.iter().map(|(_, oracle)| *oracle));
    addresses.extend(reserves.iter().flat_map(|r| [r.a_token, r.debt_token]));
    addresses.extend(feeds.iter().flat_map(|feed| feed.phases.iter().map(|(_, a)| *a)));
    let triggers: Vec<Address> =
        probes.iter().flat_map(|probe| probe.triggers.iter().copied()).collect();
    addresses.extend(&triggers);
    addresses.extend(sentinels.addresses());
    addresses.sort_unstable();
    addresses.dedup();
    let decoder = AaveDecoder {
        key: name.clone(),
        provider: contracts.provider,
        pool: contracts.pool,
        configurator: contracts.configurator,
        oracles: contracts.oracles.clone(),
        releases,
        token_versions,
        sentinels,
        prices: FeedPrices::new(name.price_source(), unit, &feeds).with_triggers(triggers),
        probe_feeds,
        reserves: ReserveRegistry::new(reserves),
    };
    Ok(Stream {
        name: discovery.root.stream.clone(),
        filter: LogFilter { addresses, topics: topics() },
        evidence,
        static_tables: vec![asset_table(&name, decoder.reserves.reserves())?],
        partitions: partitions(&name, &discovery.root.stream)?,
        probes,
        decoder: Box::new(decoder),
    })
}

/// The market's contracts, and the logs of their changes.
async fn contracts(
    discovery: Discovery<'_>,
) -> Result<(MarketContracts, MarketChanges, DiscoveryEvidence), ChainError> {
    let Discovery { client, root, first, last, .. } = discovery;
    let provider = root.address;
    let before = [(provider, Provider::getPriceOracleCall {})];
    let (pool, configurator, oracle, before) = tokio::try_join!(
        call_view(client, provider, Provider::getPoolCall {}, last),
        call_view(client, provider, Provider::getPoolConfiguratorCall {}, last),
        call_view(client, provider, Provider::getPriceOracleCall {}, last),
        call_views_with_fallback(client, &before, first.saturating_sub(1), last),
    )?;
    let found = |address: Option<Address>, call| {
        let address = address.filter(|address| *address != Address::ZERO);
        let kind = "PoolAddressesProvider";
        address.ok_or(ChainError::MissingContract { address: provider, kind, call, block: last })
    };
    let pool = found(pool, "getPool")?;
    let configurator = found(configurator, "getPoolConfigurator")?;
    let oracle = found(oracle, "getPriceOracle")?;
    let mut addresses = vec![provider, configurator, oracle];
    addresses.extend(before.iter().flatten());
    let filter = LogFilter { addresses, topics: market_changes::change_topics() };
    let unverified = fetch_unverified_logs(client, &filter, first..=last).await?;
    let changes = MarketChanges::read(&unverified.logs)
        .map_err(|error| discovery.market.error(error.detail))?;
    let known = before.into_iter().flatten().filter(|oracle| *oracle != Address::ZERO);
    let mut oracles: Vec<_> = known.map(|oracle| (0, oracle)).collect();
    oracles.extend(&changes.oracles);
    if oracles.last().is_none_or(|(_, last)| *last != oracle) {
        oracles.push((first, oracle));
    }
    let contracts = MarketContracts { provider, pool, configurator, oracles };
    Ok((contracts, changes, DiscoveryEvidence { filter, unverified }))
}

/// Every reserve that the market had or added.
async fn reserves(
    discovery: Discovery<'_>,
    contracts: &MarketContracts,
    changes: &MarketChanges,
) -> Result<Vec<Reserve>, ChainError> {
    let Discovery { client, first, last, stored_logs, .. } = discovery;
    let before = first.saturating_sub(1);
    let list = [(contracts.pool, Pool::getReservesListCall {})];
    let listed = call_views_with_fallback(client, &list, before, last).await?;
    let listed: Vec<Address> = listed.into_iter().flatten().flatten().collect();
    let call = |asset: &Address| (contracts.pool, Reserves::getReserveDataCall { asset: *asset });
    let calls: Vec<_> = listed.iter().map(call).collect();
    let found = call_views_with_fallback(client, &calls, before, last).await?;
    let mut tokens: Vec<ReserveTokens> = listed
        .iter()
        .zip(found)
        .filter_map(|(underlying, reserve)| {
            let reserve = reserve?;
            let tokens = ReserveTokens {
                underlying: *underlying,
                a_token: reserve.aTokenAddress,
                debt_token: reserve.variableDebtTokenAddress,
            };
            // A dropped reserve leaves a zero where it was in the list.
            (tokens.a_token != Address::ZERO).then_some(tokens)
        })
        .collect();
    // A reserve that was dropped is in no list, but its logs may still be in the range.
    let earlier = MarketChanges::read(stored_logs);
    let earlier = earlier.map_err(|error| discovery.market.error(error.detail))?;
    for (_, listed) in earlier.reserves.iter().chain(&changes.reserves) {
        if !tokens.contains(listed) {
            tokens.push(*listed);
        }
    }
    let underlying: Vec<Address> = tokens.iter().map(|tokens| tokens.underlying).collect();
    let fetched = fetch_tokens(client, &underlying, last).await?;
    let reserve = |(tokens, token): (&ReserveTokens, Token)| Reserve {
        token,
        underlying: tokens.underlying,
        a_token: tokens.a_token,
        debt_token: tokens.debt_token,
    };
    Ok(tokens.iter().zip(fetched).map(reserve).collect())
}

/// Each reserve's price sources, by block.
async fn sources(
    discovery: Discovery<'_>,
    contracts: &MarketContracts,
    changes: &MarketChanges,
    reserves: &[Reserve],
) -> Result<Vec<PriceSource>, ChainError> {
    let Discovery { client, first, last, .. } = discovery;
    let mut by_asset: BTreeMap<Address, Vec<(u64, Address)>> = BTreeMap::new();
    for (i, (from, oracle)) in contracts.oracles.iter().enumerate() {
        let until = contracts.oracles.get(i + 1).map_or(u64::MAX, |(next, _)| *next);
        let call = |r: &Reserve| (*oracle, Oracle::getSourceOfAssetCall { asset: r.underlying });
        let calls: Vec<_> = reserves.iter().map(call).collect();
        let at = if *from == 0 { first.saturating_sub(1) } else { *from };
        let found = call_views_with_fallback(client, &calls, at, last).await?;
        for (reserve, source) in reserves.iter().zip(found) {
            if let Some(source) = source.filter(|source| *source != Address::ZERO) {
                by_asset.entry(reserve.underlying).or_default().push((*from, source));
            }
        }
        for (block, log_oracle, asset, source) in &changes.sources {
            if log_oracle == oracle && *from < *block && *block < until {
                by_asset.entry(*asset).or_default().push((*block, *source));
            }
        }
    }
    let source = |reserve: &Reserve| PriceSource {
        asset: reserve.token.id.clone(),
        contracts: by_asset.remove(&reserve.underlying).unwrap_or_default(),
    };
    Ok(reserves.iter().map(source).collect())
}

type ReserveFeeds = (Vec<Feed>, Vec<Probe>, Vec<usize>);

/// Every reserve's feed, the probes of sources without aggregator, and the feed of each probe.
async fn feeds(
    discovery: Discovery<'_>,
    sources: &[PriceSource],
) -> Result<ReserveFeeds, ChainError> {
    let range = FeedRange {
        origin: discovery.origin,
        first: discovery.first,
        last: discovery.last,
        every_blocks: discovery.market.common.sample_every_blocks,
    };
    let (mut feeds, mut probes, mut probe_feeds) = ReserveFeeds::default();
    let contracts = sources.iter().flat_map(|source| &source.contracts);
    let contracts: Vec<Address> = contracts.map(|(_, contract)| *contract).collect();
    let mut graph = discovery.root.price_graph.lock().await;
    graph.refresh(discovery.client, &contracts, discovery.last, range.every_blocks).await?;
    let graph = &*graph;
    let followed =
        sources.iter().map(|source| resolve_feed(discovery.client, source, range, graph));
    for (index, (feed, feed_probes)) in try_join_all(followed).await?.into_iter().enumerate() {
        probe_feeds.extend(feed_probes.iter().map(|_| index));
        probes.extend(feed_probes);
        feeds.push(feed);
    }
    Ok((feeds, probes, probe_feeds))
}

/// A dollar in the oracle's unit.
async fn price_unit(
    discovery: Discovery<'_>,
    contracts: &MarketContracts,
) -> Result<f64, ChainError> {
    let oracle = contracts.oracles.last().map_or(Address::ZERO, |(_, oracle)| *oracle);
    let call = Oracle::BASE_CURRENCY_UNITCall {};
    let unit = call_view(discovery.client, oracle, call, discovery.last).await?;
    Ok(f64::from(unit.filter(|unit| !unit.is_zero()).unwrap_or(U256::from(DOLLAR))))
}

/// The pool's releases since its beginning, with their first blocks.
async fn releases(
    discovery: Discovery<'_>,
    contracts: &MarketContracts,
    pools: &[(u64, Address)],
) -> Result<Vec<(u64, Release)>, ChainError> {
    let Discovery { client, origin, last, .. } = discovery;
    let revision = Pool::POOL_REVISIONCall {};
    let before = [(contracts.pool, revision.clone())];
    let before = call_views_with_fallback(client, &before, origin.saturating_sub(1), last).await?;
    let revisions = pools.iter().map(|(_, pool)| (*pool, revision.clone()));
    let revisions = call_views(client, revisions, last).await?;
    let release =
        |revision: Option<U256>| Release::from_pool_revision(revision.unwrap_or_default());
    let mut releases = vec![(0, release(before.into_iter().flatten().next()))];
    let phases = pools.iter().map(|(block, _)| *block);
    releases.extend(phases.zip(revisions.into_iter().map(release)));
    Ok(releases)
}
