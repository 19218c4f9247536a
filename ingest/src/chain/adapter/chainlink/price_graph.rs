//! The contracts that a price source depends on: found by following its getters.
//!
//! Sources of the getters: `bgd-labs/aave-capo` and `bgd-labs/cl-synchronicity-price-adapter` (Aave's
//! adapters), `morpho-org/morpho-blue-oracles` (`MorphoChainlinkOracleV2`), Chainlink's
//! `EACAggregatorProxy`.

use std::collections::{BTreeSet, HashMap};

use alloy_primitives::{Address, B256, Bytes, keccak256};
use alloy_sol_types::{SolCall, SolEvent};
use futures_util::{StreamExt, stream};
use plimsoll_rpc::{BlockTag, CallOutcome, Client, RpcError};

use super::{PriceTriggers, Proxy};
use crate::chain::error::ChainError;
use crate::chain::view_calls::call_views;

/// Getters of addresses that a price may depend on.
const GETTERS: [&str; 18] = [
    "aggregator()",
    "ASSET_TO_USD_AGGREGATOR()",
    "BASE_TO_USD_AGGREGATOR()",
    "RATIO_PROVIDER()",
    "PEG_TO_BASE()",
    "ASSET_TO_PEG()",
    "BASE_TO_PEG()",
    "ETH_TO_BASE()",
    "BASE_FEED_1()",
    "BASE_FEED_2()",
    "QUOTE_FEED_1()",
    "QUOTE_FEED_2()",
    "BASE_VAULT()",
    "QUOTE_VAULT()",
    "priceFeed()",
    "feed()",
    "source()",
    "oracle()",
];
/// Steps from a source to the contract that logs: adapter, adapter, proxy, aggregator.
const MAX_DEPTH: usize = 4;
/// Contracts whose codes are read at once.
const CODES_IN_FLIGHT: usize = 16;
/// The most getters of a contract that are followed: anybody may deploy an oracle.
const MAX_FOLLOWED: usize = 6;
/// The most phases of a proxy that are followed.
const MAX_PHASES: u16 = 64;

/// Which contracts a price depends on, as of a block.
#[derive(Debug, Default)]
pub(crate) struct PriceGraph {
    dependencies: HashMap<Address, Vec<Address>>,
    /// Contracts whose code has the topic of a dual aggregator's secondary rounds.
    has_secondary_rounds: HashMap<Address, bool>,
    read_at: Option<u64>,
}

impl PriceGraph {
    /// Follows the getters of some sources at block `at`; what was read up to `max_age` blocks before
    /// is kept.
    pub(crate) async fn refresh(
        &mut self,
        client: &Client,
        sources: &[Address],
        at: u64,
        max_age: u64,
    ) -> Result<(), ChainError> {
        if self.read_at.is_none_or(|read| at < read || at - read > max_age) {
            self.dependencies.clear();
            self.read_at = Some(at);
        }
        let mut frontier: BTreeSet<Address> = sources.iter().copied().collect();
        for _ in 0..MAX_DEPTH {
            frontier.retain(|contract| !self.dependencies.contains_key(contract));
            frontier.remove(&Address::ZERO);
            if frontier.is_empty() {
                break;
            }
            let contracts: Vec<Address> = frontier.into_iter().collect();
            let found = followed(client, &contracts, at).await?;
            frontier = found.iter().flat_map(|found| &found.getters).copied().collect();
            let all = found.into_iter().map(|found| [found.getters, found.past].concat());
            self.dependencies.extend(contracts.into_iter().zip(all));
        }
        self.read_codes(client, at).await;
        Ok(())
    }

    async fn read_codes(&mut self, client: &Client, at: u64) {
        let has_none =
            |contract: &&Address| self.dependencies.get(*contract).is_none_or(Vec::is_empty);
        // An aggregator depends on no other contract.
        let all = self.dependencies.values().flatten().chain(self.dependencies.keys());
        let leaves: BTreeSet<Address> = all.filter(has_none).copied().collect();
        let new: Vec<Address> = leaves
            .into_iter()
            .filter(|contract| !self.has_secondary_rounds.contains_key(contract))
            .collect();
        let codes =
            stream::iter(new.iter().map(|contract| client.code(*contract, BlockTag::Number(at))));
        let codes: Vec<Result<Bytes, RpcError>> = codes.buffered(CODES_IN_FLIGHT).collect().await;
        let topic = PriceTriggers::SecondaryRoundIdUpdated::SIGNATURE_HASH;
        for (contract, code) in new.into_iter().zip(codes) {
            match code {
                Ok(code) => {
                    self.has_secondary_rounds.insert(contract, contains(&code, topic));
                }
                // The next discovery reads it again.
                Err(error) => tracing::warn!("the code of {contract} is not known: {error}"),
            }
        }
    }

    /// A source and all contracts that it depends on, in order of address.
    pub(crate) fn triggers(&self, source: Address) -> Vec<Address> {
        let mut found = BTreeSet::from([source]);
        let mut open = vec![source];
        while let Some(contract) = open.pop() {
            let next = self.dependencies.get(&contract).into_iter().flatten().copied();
            open.extend(next.filter(|contract| found.insert(*contract)));
        }
        found.into_iter().collect()
    }

    /// Whether a source depends on an aggregator with secondary rounds (Chainlink SVR).
    pub(crate) fn has_secondary_rounds(&self, source: Address) -> bool {
        let has = |contract: &Address| self.has_secondary_rounds.get(contract) == Some(&true);
        self.triggers(source).iter().any(has)
    }
}

/// The contracts that one depends on.
#[derive(Debug, Default)]
struct Followed {
    /// What its getters return.
    getters: Vec<Address>,
    /// All aggregators that a proxy has had, which depend on nothing.
    past: Vec<Address>,
}

/// Calls the getters of some contracts.
async fn followed(
    client: &Client,
    contracts: &[Address],
    at: u64,
) -> Result<Vec<Followed>, RpcError> {
    let inputs = GETTERS.map(|getter| Bytes::copy_from_slice(&keccak256(getter)[..4]));
    let calls: Vec<(Address, Bytes)> = contracts
        .iter()
        .flat_map(|contract| inputs.iter().map(move |input| (*contract, input.clone())))
        .collect();
    let phases = contracts.iter().map(|contract| (*contract, Proxy::phaseIdCall {}));
    let (outcomes, phases) = tokio::try_join!(
        client.call(&calls, BlockTag::Number(at)),
        call_views(client, phases, at)
    )?;
    let getters = |own: &[CallOutcome]| Followed {
        getters: own.iter().filter_map(address).take(MAX_FOLLOWED).collect(),
        past: Vec::new(),
    };
    let mut found: Vec<Followed> = outcomes.chunks(GETTERS.len()).map(getters).collect();
    let mut past = Vec::new();
    for (index, phase) in phases.into_iter().enumerate() {
        let phases = 1..=phase.unwrap_or_default().min(MAX_PHASES);
        past.extend(phases.map(|phase| (index, phase)));
    }
    let call = |&(index, phase): &(usize, u16)| {
        (contracts[index], Proxy::phaseAggregatorsCall { phaseId: phase })
    };
    let aggregators = call_views(client, past.iter().map(call), at).await?;
    for ((index, _), aggregator) in past.into_iter().zip(aggregators) {
        found[index].past.extend(aggregator.filter(|aggregator| *aggregator != Address::ZERO));
    }
    Ok(found)
}

/// A returned address; `None` if it is zero, or the call failed or returned another type.
fn address(outcome: &CallOutcome) -> Option<Address> {
    let CallOutcome::Returned(returned) = outcome else { return None };
    let word = B256::try_from(returned.as_ref()).ok()?;
    let is_address = word[..12].iter().all(|byte| *byte == 0);
    let address = Address::from_word(word);
    // A small integer is no address.
    (is_address && address[..8].iter().any(|byte| *byte != 0)).then_some(address)
}

fn contains(code: &Bytes, topic: B256) -> bool {
    code.windows(32).any(|word| word == topic.as_slice())
}

/// The call data of a source's `latestAnswer`.
pub(crate) fn latest_answer_input() -> Bytes {
    Bytes::from(Proxy::latestAnswerCall {}.abi_encode())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triggers_are_all_that_a_source_depends_on() {
        let [source, adapter, proxy, aggregator, other] = [5, 4, 3, 2, 1].map(Address::repeat_byte);
        let dependencies = HashMap::from([
            (source, vec![adapter, proxy]),
            (adapter, vec![proxy, source]),
            (proxy, vec![aggregator]),
            (other, vec![source]),
        ]);
        let secondary = HashMap::from([(aggregator, true), (other, false)]);
        let graph = PriceGraph { dependencies, has_secondary_rounds: secondary, read_at: None };
        assert_eq!(graph.triggers(source), [aggregator, proxy, adapter, source]);
        assert!(graph.has_secondary_rounds(source) && graph.has_secondary_rounds(other));
        assert_eq!(graph.triggers(aggregator), [aggregator]);
    }

    #[test]
    fn a_number_is_no_address() {
        let returned = |word: B256| CallOutcome::Returned(word.to_vec().into());
        assert_eq!(address(&returned(B256::with_last_byte(7))), None);
        assert_eq!(address(&returned(B256::repeat_byte(7))), None);
        let some = Address::repeat_byte(7);
        assert_eq!(address(&returned(some.into_word())), Some(some));
        assert_eq!(address(&CallOutcome::Reverted(String::new())), None);
    }
}
