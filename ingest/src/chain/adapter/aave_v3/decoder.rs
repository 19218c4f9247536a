//! From an Aave v3 market's logs to rows.

mod balances;
mod parameters;
mod positions;

use alloy_primitives::{Address, B256, I256, U256};

use balances::Ledger;

use super::book::Book;
use super::events::{Configurator, Oracle, Pool, Provider, ScaledToken};
use super::rounding::Rounding;
use crate::chain::adapter::chainlink::PriceBook;
use crate::chain::adapter::read;
use crate::chain::context::Context;
use plimsoll_rpc::Header;
use plimsoll_rpc::Log;
use plimsoll_lake::{MarketName}; use crate::chain::place::{Place};
use plimsoll_lake::{Rows};
use crate::chain::stream::{Decoder, Fault, Registers, Sample};

/// Everything that an Aave v3 market's logs are read with.
#[derive(Debug)]
pub(crate) struct AaveDecoder {
    pub(crate) name: MarketName,
    pub(crate) pool: Address,
    pub(crate) configurator: Address,
    /// The market's oracles, by the block from which it looked to them.
    pub(crate) oracles: Vec<(u64, Address)>,
    pub(crate) book: Book,
    /// How balances are rounded from which block on; the first holds from the beginning.
    pub(crate) roundings: Vec<(u64, Rounding)>,
    pub(crate) prices: PriceBook,
    /// The feed that each probe asks.
    pub(crate) probed: Vec<usize>,
}

impl AaveDecoder {
    fn rounding(&self, block: u64) -> Rounding {
        let known = self.roundings.partition_point(|(from, _)| *from <= block);
        self.roundings[known.max(1) - 1].1
    }
}

impl Decoder for AaveDecoder {
    /// Oracles and aggregators are the market's only while it looks to them.
    fn wants(&self, log: &Log) -> bool {
        if self.prices.knows(log.address) {
            return self.prices.counts(log.address, log.block);
        }
        let at = self.oracles.partition_point(|(from, _)| *from <= log.block);
        let in_force = at.checked_sub(1).is_some_and(|at| self.oracles[at].1 == log.address);
        in_force || self.oracles.iter().all(|(_, oracle)| *oracle != log.address)
    }

    fn decode(
        &mut self,
        log: &Log,
        header: &Header,
        registers: &mut Registers,
        rows: &mut Rows,
    ) -> Result<(), Fault> {
        if self.prices.knows(log.address) {
            return self.prices.decode(log);
        }
        let rounding = self.rounding(log.block);
        let (book, token) = (&self.book, log.address);
        let mut context = Context { name: &self.name, place: Place::of(log, header), rows };
        if token == self.pool {
            let event = read(log)?;
            return event.map_or(Ok(()), |event| positions::add(&mut context, book, event));
        }
        if token == self.configurator {
            let event = read(log)?;
            return event.map_or(Ok(()), |event| parameters::add(&mut context, book, event));
        }
        let ledger = Ledger { book, token, rounding, registers };
        let event = read(log)?;
        event.map_or(Ok(()), |event| balances::add(&mut context, ledger, event))
    }

    fn sample(&mut self, sample: &Sample, _header: &Header, _rows: &mut Rows) {
        let answer = sample.returned.as_ref().filter(|returned| returned.len() == 32);
        if let (Some(answer), Some(feed)) = (answer, self.probed.get(sample.probe)) {
            let word = U256::from_be_slice(answer);
            self.prices.tell(*feed, I256::from_raw(word));
        }
    }

    fn end_block(&mut self, header: &Header, rows: &mut Rows) {
        self.prices.end_block(header, rows);
    }
}

/// The first topics of all events that a market is read from.
pub(super) fn topics() -> Vec<B256> {
    use crate::chain::adapter::{chainlink, topics};
    let contracts = topics::<Provider::ProviderEvents>()
        .chain(topics::<Pool::PoolEvents>())
        .chain(topics::<Configurator::ConfiguratorEvents>())
        .chain(topics::<Oracle::OracleEvents>())
        .chain(topics::<ScaledToken::ScaledTokenEvents>());
    contracts.chain(chainlink::topics()).collect()
}
