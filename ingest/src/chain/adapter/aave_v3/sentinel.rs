//! The sentinel of an L2's sequencer, which may bar liquidations.
//!
//! Source: `aave/aave-v3-core` 1.19.3, `PriceOracleSentinel` and `IPoolAddressesProvider`. Release 3.7
//! ignores it.

use std::collections::{HashMap, HashSet};

use alloy_primitives::{Address, I256, U256};
use plimsoll_lake::tables::parameter;
use plimsoll_lending::aave_v3::Release;
use plimsoll_rpc::Log;

use super::events::{Provider, Sentinel};
use crate::chain::adapter::chainlink::decode_answer;
use crate::chain::adapter::events::decode_event;
use crate::chain::adapter::stream_root::Discovery;
use crate::chain::decode::error::DecodeError;
use crate::chain::decode::exact_amount::exact_amount;
use crate::chain::decode::row_builder::RowBuilder;
use crate::chain::error::ChainError;
use crate::chain::view_calls::call_views;

/// A market's sentinels, and the feeds of their sequencers.
#[derive(Debug, Default)]
pub(crate) struct Sentinels {
    /// The grace period of each sentinel that the market had, seconds.
    pub(crate) grace_s: HashMap<Address, U256>,
    /// Contracts that log the sequencer's state: 0 if it is up, 1 if it is down.
    pub(crate) feeds: HashSet<Address>,
}

impl Sentinels {
    /// Reads the grace periods and sequencer feeds of some sentinels.
    pub(super) async fn read(
        discovery: Discovery<'_>,
        sentinels: &[(u64, Address)],
    ) -> Result<Self, ChainError> {
        let Discovery { client, root, last, market, .. } = discovery;
        let mut known: Vec<Address> = sentinels.iter().map(|(_, sentinel)| *sentinel).collect();
        known.retain(|sentinel| *sentinel != Address::ZERO);
        known.sort_unstable();
        known.dedup();
        let calls = |sentinel: &Address| (*sentinel, Sentinel::getGracePeriodCall {});
        let periods = call_views(client, known.iter().map(calls), last).await?;
        let calls = |sentinel: &Address| (*sentinel, Sentinel::getSequencerOracleCall {});
        let oracles = call_views(client, known.iter().map(calls), last).await?;
        let oracles: Vec<Address> = oracles.into_iter().flatten().collect();
        let mut graph = root.price_graph.lock().await;
        graph.refresh(client, &oracles, last, market.common.sample_every_blocks).await?;
        let feeds = oracles.iter().flat_map(|oracle| graph.triggers(*oracle)).collect();
        let grace_s = known.into_iter().zip(periods);
        let grace_s = grace_s.filter_map(|(sentinel, period)| Some((sentinel, period?))).collect();
        Ok(Self { grace_s, feeds })
    }

    /// The contracts whose logs are read.
    pub(super) fn addresses(&self) -> impl Iterator<Item = Address> {
        self.grace_s.keys().chain(&self.feeds).copied()
    }

    /// Decodes a log of the provider, a sentinel or a sequencer's feed; false if it is of another
    /// contract.
    pub(super) fn push_log(
        &self,
        context: &mut RowBuilder<'_>,
        (log, provider): (&Log, Address),
        pool: Release,
    ) -> Result<bool, DecodeError> {
        let is_sentinel = self.grace_s.contains_key(&log.address);
        if log.address == provider {
            if let Some(event) = decode_event::<Provider::ProviderEvents>(log)? {
                self.push_provider_event(context, event, pool)?;
            }
        } else if let (true, Some(event)) = (is_sentinel, decode_event(log)?) {
            let Sentinel::SentinelEvents::GracePeriodUpdated(event) = event;
            push(context, parameter::SENTINEL_GRACE_S, seconds(event.newGracePeriod)?);
        } else if self.feeds.contains(&log.address) {
            if let Some(answer) = decode_answer(log)? {
                let is_down = f64::from(answer != I256::ZERO);
                push(context, parameter::SEQUENCER_DOWN, is_down);
            }
        } else {
            return Ok(is_sentinel);
        }
        Ok(true)
    }

    fn push_provider_event(
        &self,
        context: &mut RowBuilder<'_>,
        event: Provider::ProviderEvents,
        pool: Release,
    ) -> Result<(), DecodeError> {
        match event {
            Provider::ProviderEvents::PriceOracleSentinelUpdated(event) => {
                let grace_s = self.grace_s.get(&event.newAddress);
                if let Some(grace_s) = grace_s {
                    push(context, parameter::SENTINEL_GRACE_S, seconds(*grace_s)?);
                }
                let in_force = grace_s.is_some() && pool.has_sequencer_sentinel();
                push(context, parameter::SENTINEL_IN_FORCE, f64::from(in_force));
            }
            Provider::ProviderEvents::PoolUpdated(_) if !pool.has_sequencer_sentinel() => {
                push(context, parameter::SENTINEL_IN_FORCE, 0.0);
            }
            _ => {}
        }
        Ok(())
    }
}

fn seconds(value: U256) -> Result<f64, DecodeError> {
    Ok(exact_amount(value)? as f64)
}

fn push(context: &mut RowBuilder<'_>, parameter: &str, value: f64) {
    context.push_parameter(parameter::SENTINEL_ASSET, parameter.to_owned(), value);
}
