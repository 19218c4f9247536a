//! Uniswap v3 pools: price, liquidity in range, and every change of liquidity between ticks.
//!
//! Source: `@uniswap/v3-core` 1.0.1, `IUniswapV3PoolEvents` and `UniswapV3Pool`.

mod decoder;
mod events;
mod pool_state;

use arrow::array::RecordBatch;
use plimsoll_lake::tables::{Pool as PoolRow, PoolLiquidity, QuarantinedLog, Row};
use plimsoll_lake::{Partition, format_address, short_address};
use plimsoll_rpc::LogFilter;

use super::events::event_topics;
use super::stream_root::{Adapter, Discovery, StreamRoot};
use super::token::fetch_tokens;
use crate::chain::decode::token::Token;
use crate::chain::error::ChainError;
use crate::chain::market_file::PoolEntry;
use crate::chain::stream::{DiscoveryEvidence, Stream};
use crate::chain::view_calls::call_view;
use decoder::PoolDecoder;
use events::Pool::{self, PoolEvents};

/// The unit of fees.
const FEE_UNIT: f64 = 1e6;
pub(super) const ADAPTER: Adapter = Adapter {
    protocol: "uniswap-v3",
    tables: &[&PoolLiquidity::TABLE, &QuarantinedLog::TABLE],
    root: |market| {
        Err(market.error("`uniswap-v3` is not lent on: list pools as uniswap_v3_pools".into()))
    },
    discovery_topics: Vec::new,
    discover: |discovery| Box::pin(discover(discovery)),
};

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
        symbol0: pool_symbol(&named[0]),
        symbol1: pool_symbol(&named[1]),
        decimals0: named[0].unit_decimals(),
        decimals1: named[1].unit_decimals(),
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

/// A token's label in `pools`, where its address is the id.
fn pool_symbol(token: &Token) -> String {
    token.symbol.clone().unwrap_or_else(|| short_address(&token.id))
}

fn pool_table(row: &PoolRow) -> Result<(Partition, RecordBatch), ChainError> {
    let partition = Partition::new(const { &PoolRow::TABLE }, &[&row.chain, &row.pool])?;
    Ok((partition, PoolRow::to_batch(std::slice::from_ref(row))?))
}

#[cfg(test)]
pub(super) mod tests {
    use alloy_primitives::aliases::I24;
    use alloy_primitives::{B256, I256, U160};

    use super::*;
    use crate::chain::adapter::test_addresses::KNOWN_ADDRESSES;
    use crate::chain::decode::decoder::Decoder;

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
}
