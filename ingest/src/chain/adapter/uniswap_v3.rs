//! Uniswap v3 pools: price, liquidity in range, and every change of liquidity between ticks.
//!
//! Source: `@uniswap/v3-core` 1.0.1, `IUniswapV3PoolEvents` and `UniswapV3Pool`.

use alloy_primitives::{Address, B256, U160, U256};
use alloy_sol_types::sol;
use arrow::array::RecordBatch;
use plimsoll_lake::tables::{Pool as PoolRow, PoolLiquidity, QuarantinedLog, Row};

use plimsoll_lake::{DecodedRows, Partition, format_address};
use plimsoll_rpc::{Header, Log, LogFilter};

use super::events::{decode_event, event_topics, impl_contract_events};
use super::stream_root::{Adapter, Discovery, StreamRoot};
use super::token::fetch_tokens;
use crate::chain::decode::decoder::Decoder;
use crate::chain::decode::error::DecodeError;
use crate::chain::decode::exact_amount::{exact_amount, exact_signed_amount};
use crate::chain::decode::log_position::block_time;
use crate::chain::decode::state::DecoderState;
use crate::chain::error::ChainError;
use crate::chain::market_file::PoolEntry;
use crate::chain::stream::{DiscoveryEvidence, Stream};
use crate::chain::view_calls::call_view;
use Pool::PoolEvents;

/// The unit of fees.
const FEE_UNIT: f64 = 1e6;
/// Ticks are within 2^23 of zero, so a tick plus this shift is never negative.
const TICK_SHIFT: i32 = 1 << 23;

pub(super) const ADAPTER: Adapter = Adapter {
    protocol: "uniswap-v3",
    tables: &[&PoolLiquidity::TABLE, &QuarantinedLog::TABLE],
    root: |market| {
        Err(market.error("`uniswap-v3` is not lent on: list pools as uniswap_v3_pools".into()))
    },
    discovery_topics: Vec::new,
    discover: |discovery| Box::pin(discover(discovery)),
};

impl_contract_events!(PoolEvents);

sol! {
    /// `IUniswapV3Pool`.
    #[derive(Debug)]
    #[allow(clippy::too_many_arguments)]
    contract Pool {
        event Initialize(uint160 sqrtPriceX96, int24 tick);
        event Mint(address sender, address indexed owner, int24 indexed tickLower, int24 indexed tickUpper, uint128 amount, uint256 amount0, uint256 amount1);
        event Burn(address indexed owner, int24 indexed tickLower, int24 indexed tickUpper, uint128 amount, uint256 amount0, uint256 amount1);
        event Swap(address indexed sender, address indexed recipient, int256 amount0, int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick);

        function token0() external view returns (address);
        function token1() external view returns (address);
        function fee() external view returns (uint24);
    }
}

/// The stream of one pool.
pub(super) fn pool_root(entry: &PoolEntry) -> StreamRoot {
    let (address, from_block) = match *entry {
        PoolEntry::Address(address) => (address, None),
        PoolEntry::From { address, from_block } => (address, Some(from_block)),
    };
    StreamRoot::new(const { &ADAPTER }, &format_address(address), address, from_block)
}

async fn discover(discovery: Discovery<'_>) -> Result<Stream, ChainError> {
    let Discovery { client, root, last, .. } = discovery;
    let pool = root.address;
    let missing = |call| ChainError::MissingContract {
        address: pool,
        kind: "Uniswap v3 pool",
        call,
        block: last,
    };
    let (token0, token1, fee) = tokio::try_join!(
        call_view(client, pool, Pool::token0Call {}, last),
        call_view(client, pool, Pool::token1Call {}, last),
        call_view(client, pool, Pool::feeCall {}, last),
    )?;
    let tokens = [token0.ok_or(missing("token0"))?, token1.ok_or(missing("token1"))?];
    let fee = fee.ok_or(missing("fee"))?;
    let named = fetch_tokens(client, &tokens, last).await?;
    let chain = discovery.market.chain().to_owned();
    let row = PoolRow {
        chain: chain.clone(),
        pool: format_address(pool),
        token0: format_address(tokens[0]),
        token1: format_address(tokens[1]),
        symbol0: named[0].symbol.clone(),
        symbol1: named[1].symbol.clone(),
        decimals0: named[0].decimals,
        decimals1: named[1].decimals,
        fee: fee.to::<u32>() as f64 / FEE_UNIT,
    };
    Ok(Stream {
        name: root.stream.clone(),
        filter: LogFilter { addresses: vec![pool], topics: event_topics::<PoolEvents>().collect() },
        evidence: DiscoveryEvidence::default(),
        static_tables: vec![pool_table(&row)?],
        partitions: vec![
            Partition::new(const { &PoolLiquidity::TABLE }, &[&chain, &format_address(pool)])?,
            Partition::new(const { &QuarantinedLog::TABLE }, &[&chain, &root.stream])?,
        ],
        probes: Vec::new(),
        decoder: Box::new(PoolDecoder { chain, pool }),
    })
}

fn pool_table(row: &PoolRow) -> Result<(Partition, RecordBatch), ChainError> {
    let partition = Partition::new(const { &PoolRow::TABLE }, &[&row.chain, &row.pool])?;
    Ok((partition, PoolRow::to_batch(std::slice::from_ref(row))?))
}

/// Decodes one pool's logs.
struct PoolDecoder {
    chain: String,
    pool: Address,
}

/// A pool's state: the values of `slot0` and `liquidity`.
#[derive(Debug, Clone, Copy)]
struct PoolState {
    sqrt_price: U256,
    tick: i32,
    liquidity: U256,
}

/// The change that an event makes.
struct PoolChange {
    kind: &'static str,
    range: Option<(i32, i32, i128)>,
    amounts: (i128, i128),
}

impl Decoder for PoolDecoder {
    fn decode(
        &mut self,
        log: &Log,
        header: &Header,
        state: &mut DecoderState,
        rows: &mut DecodedRows,
    ) -> Result<(), DecodeError> {
        let Some(event) = decode_event::<PoolEvents>(log)? else { return Ok(()) };
        let before = PoolState::from_words(state.get(self.pool, B256::ZERO));
        let (after, moved) = apply(before, event)?;
        rows.pool_liquidity.push(self.row(log, header, after, &moved)?);
        state.set(self.pool, B256::ZERO, after.to_words());
        Ok(())
    }
}

impl PoolDecoder {
    fn row(
        &self,
        log: &Log,
        header: &Header,
        standing: PoolState,
        moved: &PoolChange,
    ) -> Result<PoolLiquidity, DecodeError> {
        Ok(PoolLiquidity {
            chain: self.chain.clone(),
            pool: format_address(self.pool),
            block: log.block,
            log_index: log.log_index,
            time: block_time(header),
            kind: moved.kind.to_owned(),
            tick: standing.exact_tick(),
            liquidity: exact_amount(standing.liquidity)?,
            tick_lower: moved.range.map(|(lower, _, _)| f64::from(lower)),
            tick_upper: moved.range.map(|(_, upper, _)| f64::from(upper)),
            liquidity_delta: moved.range.map(|(_, _, delta)| delta),
            amount0: moved.amounts.0,
            amount1: moved.amounts.1,
        })
    }
}

impl PoolState {
    fn from_words([sqrt_price, tick, liquidity]: [U256; 3]) -> Self {
        let tick = if tick.is_zero() { 0 } else { tick.to::<i32>() - TICK_SHIFT };
        Self { sqrt_price, tick, liquidity }
    }

    fn to_words(self) -> [U256; 3] {
        [self.sqrt_price, U256::from(self.tick + TICK_SHIFT), self.liquidity]
    }

    /// The price as a tick with its fraction.
    fn exact_tick(self) -> f64 {
        let sqrt_price = f64::from(self.sqrt_price) / 2_f64.powi(96);
        2.0 * sqrt_price.ln() / 1.0001_f64.ln()
    }

    fn with_price(self, sqrt_price: U160, tick: i32) -> Self {
        Self { sqrt_price: sqrt_price.to(), tick, ..self }
    }

    /// `UniswapV3Pool._modifyPosition`: liquidity counts where the tick is in its range.
    fn with_liquidity(self, lower: i32, upper: i32, delta: i128) -> Result<Self, DecodeError> {
        if self.tick < lower || upper <= self.tick {
            return Ok(self);
        }
        let amount = U256::from(delta.unsigned_abs());
        let liquidity = if delta < 0 {
            self.liquidity.checked_sub(amount)
        } else {
            self.liquidity.checked_add(amount)
        };
        let error =
            || DecodeError::value(format!("{delta} cannot move {} in range", self.liquidity));
        Ok(Self { liquidity: liquidity.ok_or_else(error)?, ..self })
    }
}

fn apply(before: PoolState, event: PoolEvents) -> Result<(PoolState, PoolChange), DecodeError> {
    let entered =
        |amount0: U256, amount1: U256| Ok((exact_amount(amount0)?, exact_amount(amount1)?));
    let left =
        |amount0: U256, amount1: U256| Ok((-exact_amount(amount0)?, -exact_amount(amount1)?));
    Ok(match event {
        PoolEvents::Initialize(e) => {
            let after = before.with_price(e.sqrtPriceX96, e.tick.as_i32());
            (after, PoolChange { kind: "initialize", range: None, amounts: (0, 0) })
        }
        PoolEvents::Swap(e) => {
            let amounts = (exact_signed_amount(e.amount0)?, exact_signed_amount(e.amount1)?);
            let after = PoolState {
                liquidity: U256::from(e.liquidity),
                ..before.with_price(e.sqrtPriceX96, e.tick.as_i32())
            };
            (after, PoolChange { kind: "swap", range: None, amounts })
        }
        PoolEvents::Mint(e) => {
            let (lower, upper) = (e.tickLower.as_i32(), e.tickUpper.as_i32());
            let delta = exact_amount(U256::from(e.amount))?;
            let amounts = entered(e.amount0, e.amount1)?;
            let range = Some((lower, upper, delta));
            (
                before.with_liquidity(lower, upper, delta)?,
                PoolChange { kind: "mint", range, amounts },
            )
        }
        PoolEvents::Burn(e) => {
            let (lower, upper) = (e.tickLower.as_i32(), e.tickUpper.as_i32());
            let delta = -exact_amount(U256::from(e.amount))?;
            let amounts = left(e.amount0, e.amount1)?;
            let range = Some((lower, upper, delta));
            (
                before.with_liquidity(lower, upper, delta)?,
                PoolChange { kind: "burn", range, amounts },
            )
        }
    })
}

#[cfg(test)]
pub(super) mod tests {
    use alloy_primitives::{I256, aliases::I24};

    use super::*;
    use crate::chain::adapter::test_addresses::KNOWN_ADDRESSES;

    pub(crate) fn decoder() -> Box<dyn Decoder> {
        Box::new(PoolDecoder { chain: "test".to_owned(), pool: KNOWN_ADDRESSES[0] })
    }

    pub(crate) fn topics() -> Vec<B256> {
        super::event_topics::<PoolEvents>().collect()
    }

    pub(crate) fn swap() -> Pool::Swap {
        Pool::Swap {
            sender: KNOWN_ADDRESSES[1],
            recipient: KNOWN_ADDRESSES[1],
            amount0: I256::ONE,
            amount1: I256::MINUS_ONE,
            sqrtPriceX96: U160::from(1) << 96,
            liquidity: 5,
            tick: I24::ZERO,
        }
    }

    #[test]
    fn liquidity_counts_only_in_the_range_of_the_tick() {
        let at = PoolState { sqrt_price: U256::ZERO, tick: 10, liquidity: U256::from(100) };
        let after =
            |lower, upper, delta| at.with_liquidity(lower, upper, delta).map(|s| s.liquidity);
        assert_eq!(after(0, 20, 5), Ok(U256::from(105)));
        assert_eq!(after(10, 20, -5), Ok(U256::from(95)));
        assert_eq!(after(0, 10, 5), Ok(U256::from(100)));
        assert_eq!(after(11, 20, 5), Ok(U256::from(100)));
        assert!(after(0, 20, -101).is_err());
    }

    #[test]
    fn a_pool_state_survives_its_words() {
        for tick in [-887_272, -1, 0, 1, 887_271] {
            let at = PoolState { sqrt_price: U256::from(3), tick, liquidity: U256::from(9) };
            let again = PoolState::from_words(at.to_words());
            assert_eq!(
                (again.sqrt_price, again.tick, again.liquidity),
                (at.sqrt_price, tick, at.liquidity)
            );
        }
    }
}
