//! Decodes a pool's logs into rows.

use alloy_primitives::{Address, B256};
use plimsoll_lake::tables::PoolLiquidity;
use plimsoll_lake::{DecodedRows, format_address};
use plimsoll_rpc::{Header, Log};

use super::events::Pool::PoolEvents;
use super::pool_state::{PoolChange, PoolState, apply};
use crate::chain::adapter::events::decode_event;
use crate::chain::decode::decoder::Decoder;
use crate::chain::decode::error::DecodeError;
use crate::chain::decode::exact_amount::exact_amount;
use crate::chain::decode::log_position::block_time;
use crate::chain::decode::state::DecoderState;

/// Decodes one pool's logs.
pub(super) struct PoolDecoder {
    pub(super) chain: String,
    pub(super) pool: Address,
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
