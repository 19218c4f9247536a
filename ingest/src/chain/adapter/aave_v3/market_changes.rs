//! The logs that change a market's contracts.

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEvent;
use plimsoll_rpc::Log;

use super::events::{Configurator, Oracle, Provider};
use crate::chain::adapter::events::decode_event;
use crate::chain::decode::error::DecodeError;

/// Changes of a market's contracts, with their blocks.
#[derive(Debug, Default)]
pub(super) struct MarketChanges {
    /// Listed assets, with their aToken and debt token.
    pub(super) reserves: Vec<(u64, ReserveTokens)>,
    /// New oracles.
    pub(super) oracles: Vec<(u64, Address)>,
    /// New pool implementations.
    pub(super) pool_implementations: Vec<(u64, Address)>,
    /// New implementations of aTokens and debt tokens: block, token, implementation.
    pub(super) token_implementations: Vec<(u64, Address, Address)>,
    /// New sequencer sentinels.
    pub(super) sentinels: Vec<(u64, Address)>,
    /// New price sources: block, oracle, asset, source.
    pub(super) sources: Vec<(u64, Address, Address, Address)>,
}

/// An asset with its aToken and debt token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReserveTokens {
    pub(super) underlying: Address,
    pub(super) a_token: Address,
    pub(super) debt_token: Address,
}

/// The first topics of these logs.
pub(super) fn change_topics() -> Vec<B256> {
    vec![
        Provider::PoolUpdated::SIGNATURE_HASH,
        Provider::PriceOracleUpdated::SIGNATURE_HASH,
        Provider::PriceOracleSentinelUpdated::SIGNATURE_HASH,
        Configurator::ReserveInitialized::SIGNATURE_HASH,
        Configurator::ATokenUpgraded::SIGNATURE_HASH,
        Configurator::VariableDebtTokenUpgraded::SIGNATURE_HASH,
        Oracle::AssetSourceUpdated::SIGNATURE_HASH,
    ]
}

impl MarketChanges {
    pub(super) fn read(logs: &[Log]) -> Result<Self, DecodeError> {
        let mut changes = Self::default();
        logs.iter().try_for_each(|log| changes.add(log))?;
        Ok(changes)
    }

    fn add(&mut self, log: &Log) -> Result<(), DecodeError> {
        use super::events::Configurator::ConfiguratorEvents;
        use super::events::Oracle::OracleEvents;
        use super::events::Provider::ProviderEvents;
        let block = log.block;
        match decode_event::<ProviderEvents>(log)? {
            Some(ProviderEvents::PriceOracleUpdated(e)) => self.oracles.push((block, e.newAddress)),
            Some(ProviderEvents::PoolUpdated(e)) => {
                self.pool_implementations.push((block, e.newAddress))
            }
            Some(ProviderEvents::PriceOracleSentinelUpdated(e)) => {
                self.sentinels.push((block, e.newAddress))
            }
            None => {}
        }
        if let Some(OracleEvents::AssetSourceUpdated(e)) = decode_event(log)? {
            self.sources.push((block, log.address, e.asset, e.source));
        }
        match decode_event::<ConfiguratorEvents>(log)? {
            Some(ConfiguratorEvents::ReserveInitialized(e)) => {
                let tokens = ReserveTokens {
                    underlying: e.asset,
                    a_token: e.aToken,
                    debt_token: e.variableDebtToken,
                };
                self.reserves.push((block, tokens));
            }
            Some(ConfiguratorEvents::ATokenUpgraded(e)) => {
                self.token_implementations.push((block, e.proxy, e.implementation));
            }
            Some(ConfiguratorEvents::VariableDebtTokenUpgraded(e)) => {
                self.token_implementations.push((block, e.proxy, e.implementation));
            }
            _ => {}
        }
        Ok(())
    }
}
