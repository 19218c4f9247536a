//! What every on-chain event carries: its place on the chain and its time.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::PositionEvent;

use crate::cells::Cells;
use crate::fault::{Fault, Reason};
use crate::fields::{BindError, Fields, Slot};
use crate::mapping::Market;

/// Where an event's place and time lie in a file.
pub(super) struct EventSlots {
    block: Slot,
    log_index: Slot,
    tx: Option<Slot>,
    time: Slot,
}

/// An event's place and time.
pub(super) struct Event {
    pub(super) block: u64,
    pub(super) log_index: u32,
    pub(super) tx: Option<String>,
    pub(super) time: DateTime<Utc>,
}

impl EventSlots {
    pub(super) fn bind(fields: &mut Fields<'_>) -> Result<Self, BindError> {
        Ok(Self {
            block: fields.text(PositionEvent::BLOCK)?,
            log_index: fields.text(PositionEvent::LOG_INDEX)?,
            tx: fields.optional(PositionEvent::TX, Fields::text)?,
            time: fields.time(PositionEvent::TIME)?,
        })
    }

    pub(super) fn decode(&self, cells: Cells<'_>) -> Result<Event, Fault> {
        let tx = self.tx.as_ref().map(|slot| cells.hex(slot)).transpose()?.flatten();
        let (block, time) = (cells.block(&self.block)?, cells.time(&self.time)?);
        Ok(Event { block, log_index: cells.log_index(&self.log_index)?, tx, time })
    }
}

/// A field that holds one of the market's assets.
pub(super) fn bind_asset(fields: &mut Fields<'_>, field: &'static str) -> Result<Slot, BindError> {
    let slot = fields.text(field)?;
    if let Slot::Constant(asset) = &slot {
        known_asset(&*fields.market()?, field, asset)?;
    }
    Ok(slot)
}

/// Checks that a mapping's asset is one of its market.
pub(super) fn known_asset(market: &Market, key: &str, asset: &str) -> Result<(), BindError> {
    let known = market.decimals(asset).is_some();
    let problem = || format!("{asset:?} is none of the market's assets: {}", market.symbols());
    if known { Ok(()) } else { Err(BindError::mapping(key, problem())) }
}

/// An asset of the market with its decimals.
pub(super) fn asset(
    cells: Cells<'_>,
    slot: &Slot,
    market: &Arc<Market>,
) -> Result<(String, u32), Fault> {
    let asset = cells.text(slot)?;
    let decimals = market.decimals(asset);
    let decimals = decimals.ok_or_else(|| {
        Fault::new(
            Reason::Value,
            format!("{asset:?} is none of the market's assets: {}", market.symbols()),
        )
    })?;
    Ok((asset.to_owned(), decimals))
}
