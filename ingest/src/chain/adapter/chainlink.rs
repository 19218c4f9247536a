//! Chainlink feeds: the answers of a proxy's aggregators, while each was the current one.
//!
//! An aggregator logs `AnswerUpdated` (or `NewTransmission` alone). Its proxy logs nothing, not
//! even a change of aggregator; the blocks of changes are found by calls of `phaseId()` at past
//! blocks, see [`feed`]. An answer counts if its aggregator was the proxy's at the end of the block.
//!
//! Other sources (adapters with caps or ratios, dual aggregators, oracles of two feeds) are called
//! themselves: at regular blocks, and where a contract that they depend on has a log, see
//! [`price_graph`].

mod feed;
pub(crate) mod price_graph;

use std::collections::{BTreeMap, HashMap, HashSet};

use alloy_primitives::{Address, B256, I256, Signed};
use alloy_sol_types::sol;
use plimsoll_lake::DecodedRows;
use plimsoll_lake::tables::OraclePrice;
use plimsoll_rpc::{Header, Log};

pub(crate) use feed::{Feed, FeedRange, PriceSource, resolve_feed};

use super::events::{decode_event, event_topics, impl_contract_events};
use crate::chain::decode::error::DecodeError;
use crate::chain::decode::log_position::block_time;
use crate::chain::lake_state::BlockRange;

sol! {
    /// `AggregatorInterface` and, from `OffchainAggregator` and `OCR2Aggregator`, `NewTransmission`.
    #[derive(Debug)]
    #[allow(clippy::too_many_arguments)]
    contract Aggregator {
        event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);
        event NewTransmission(uint32 indexed aggregatorRoundId, int192 answer, address transmitter, int192[] observations, bytes observers, bytes32 rawReportContext);
    }

    /// `OCR2Aggregator`'s event of the same name, with other parameters.
    #[derive(Debug)]
    #[allow(clippy::too_many_arguments)]
    contract Ocr2Aggregator {
        event NewTransmission(uint32 indexed aggregatorRoundId, int192 answer, address transmitter, int192[] observations, bytes observers, int192 juelsPerFeeCoin, bytes32 configDigest, uint40 epochAndRound);
    }

    /// Events that change a source's answer without one of an aggregator's: secondary rounds of
    /// Chainlink's `DualAggregator`, and caps of Aave's `PriceCapAdapterBase` and
    /// `PriceCapAdapterStable`.
    #[derive(Debug)]
    contract PriceTriggers {
        event SecondaryRoundIdUpdated(uint32 indexed secondaryRoundId);
        event PrimaryFeedUnlocked(uint32 indexed primaryRoundId);
        event CutoffTimeSet(uint32 cutoffTime);
        event CapParametersUpdated(uint256 indexed snapshotRatio, uint256 indexed snapshotTimestamp, uint256 indexed maxRatioGrowthPerSecond, uint32 maxYearlyRatioGrowthPercent);
        event PriceCapUpdated(int256 priceCap);
    }

    /// `EACAggregatorProxy`.
    contract Proxy {
        function aggregator() external view returns (address);
        function phaseId() external view returns (uint16);
        function phaseAggregators(uint16 phaseId) external view returns (address);
        function latestAnswer() external view returns (int256);
    }
}

impl_contract_events!(
    Aggregator::AggregatorEvents,
    Ocr2Aggregator::Ocr2AggregatorEvents,
    PriceTriggers::PriceTriggersEvents,
);

/// The first topics of a feed's events.
pub(crate) fn topics() -> impl Iterator<Item = B256> {
    let first = event_topics::<Aggregator::AggregatorEvents>();
    let second = event_topics::<Ocr2Aggregator::Ocr2AggregatorEvents>();
    first.chain(second).chain(event_topics::<PriceTriggers::PriceTriggersEvents>())
}

/// The blocks in which one aggregator's answers are an asset's price.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AggregatorPhase {
    feed: usize,
    /// The block in which it became the current one; that block's price is read by a call.
    after: u64,
    /// The first block in which it is no longer the current one.
    until: u64,
}

impl AggregatorPhase {
    const fn is_active(&self, block: u64) -> bool {
        self.after < block && block < self.until
    }
}

/// Converts answers to prices, for all feeds of one market.
#[derive(Debug, Default)]
pub(crate) struct FeedPrices {
    source: String,
    assets: Vec<String>,
    unit: f64,
    phases: HashMap<Address, Vec<AggregatorPhase>>,
    /// Contracts whose logs trigger calls of sources.
    triggers: HashSet<Address>,
    /// Answers read by calls, by block.
    polled_answers: BTreeMap<u64, Vec<(usize, I256)>>,
    /// Prices of the current block.
    pending: BTreeMap<usize, f64>,
}

impl FeedPrices {
    /// Prices of `source` in units of `unit`, from the feeds of some assets.
    pub(crate) fn new(source: String, unit: f64, feeds: &[Feed]) -> Self {
        let mut book = Self { source, unit, ..Self::default() };
        for (feed, Feed { asset, phases, polled_answers }) in feeds.iter().enumerate() {
            book.assets.push(asset.clone());
            for (i, (after, aggregator)) in phases.iter().enumerate() {
                let until = phases.get(i + 1).map_or(u64::MAX, |(next, _)| *next);
                let phase = AggregatorPhase { feed, after: *after, until };
                book.phases.entry(*aggregator).or_default().push(phase);
            }
            for (block, answer) in polled_answers {
                book.polled_answers.entry(*block).or_default().push((feed, *answer));
            }
        }
        book
    }

    /// The same, with contracts whose logs trigger calls of sources.
    pub(crate) fn with_triggers(self, triggers: impl IntoIterator<Item = Address>) -> Self {
        Self { triggers: triggers.into_iter().collect(), ..self }
    }

    /// Whether a contract is one of the aggregators or triggers.
    pub(crate) fn is_feed(&self, address: Address) -> bool {
        self.phases.contains_key(&address) || self.triggers.contains(&address)
    }

    /// Whether an aggregator is a current one at a block, or a trigger.
    pub(crate) fn is_active(&self, aggregator: Address, block: u64) -> bool {
        if self.triggers.contains(&aggregator) {
            return true;
        }
        let phases = self.phases.get(&aggregator).into_iter().flatten();
        phases.into_iter().any(|phase| phase.is_active(block))
    }

    /// Records an aggregator's log.
    pub(crate) fn decode(&mut self, log: &Log) -> Result<(), DecodeError> {
        let Some(answer) = decode_answer(log)? else { return Ok(()) };
        for phase in self.phases.get(&log.address).into_iter().flatten() {
            if phase.is_active(log.block) {
                self.pending.insert(phase.feed, to_price(answer, self.unit)?);
            }
        }
        Ok(())
    }

    /// Records an answer read by a call.
    pub(crate) fn record_answer(&mut self, feed: usize, answer: I256) {
        if let Ok(price) = to_price(answer, self.unit) {
            self.pending.insert(feed, price);
        }
    }

    /// The blocks of a range at which answers were read by calls.
    pub(crate) fn polled_blocks(&self, (from, to): BlockRange) -> Vec<u64> {
        self.polled_answers.range(from..=to).map(|(block, _)| *block).collect()
    }

    /// Adds a row for every price of the block.
    pub(crate) fn end_block(&mut self, header: &Header, rows: &mut DecodedRows) {
        for (feed, answer) in self.polled_answers.remove(&header.number).unwrap_or_default() {
            self.record_answer(feed, answer);
        }
        for (feed, price) in std::mem::take(&mut self.pending) {
            let row =
                OraclePrice::spot(&self.source, &self.assets[feed], block_time(header), price);
            rows.oracle_prices.push(OraclePrice { block: Some(header.number), ..row });
        }
    }
}

/// The answer in a log; `None` if it is another event.
pub(crate) fn decode_answer(log: &Log) -> Result<Option<I256>, DecodeError> {
    use Aggregator::AggregatorEvents as First;
    use Ocr2Aggregator::Ocr2AggregatorEvents as Second;
    let first = decode_event::<First>(log)?.map(|event| match event {
        First::AnswerUpdated(event) => event.current,
        First::NewTransmission(event) => widen(event.answer),
    });
    let second =
        decode_event::<Second>(log)?.map(|Second::NewTransmission(event)| widen(event.answer));
    Ok(first.or(second))
}

/// An answer of 192 bits; every negative one is invalid, so all become -1.
fn widen(answer: Signed<192, 3>) -> I256 {
    if answer.is_negative() {
        return I256::MINUS_ONE;
    }
    I256::from_raw(answer.into_raw().to())
}

/// An answer as a price; protocols accept only positive ones.
fn to_price(answer: I256, unit: f64) -> Result<f64, DecodeError> {
    if answer <= I256::ZERO {
        return Err(DecodeError::value(format!(
            "the answer {answer} is no price: it must be above 0"
        )));
    }
    Ok(f64::from(answer.into_raw()) / unit)
}
