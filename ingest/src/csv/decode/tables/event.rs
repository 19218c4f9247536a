//! The fields that all on-chain events share: position on the chain and time.

use chrono::{DateTime, Utc};
use plimsoll_lake::tables::{MarketAsset, PositionEvent};

use crate::csv::decode::field_binder::{BindError, BoundField, FieldBinder};
use crate::csv::decode::row_cells::RowCells;
use crate::csv::mapping::Market;
use crate::csv::row_fault::{QuarantineReason, RowFault};

/// The fields of an event's position and time in a file.
pub(crate) struct EventFields {
    block: BoundField,
    log_index: BoundField,
    tx: Option<BoundField>,
    time: BoundField,
}

/// An event's position and time.
pub(crate) struct EventMeta {
    pub(crate) block: u64,
    pub(crate) log_index: u32,
    pub(crate) tx: Option<String>,
    pub(crate) time: DateTime<Utc>,
}

impl EventFields {
    pub(crate) fn bind(fields: &mut FieldBinder<'_>) -> Result<Self, BindError> {
        Ok(Self {
            block: fields.bind_text(PositionEvent::BLOCK)?,
            log_index: fields.bind_text(PositionEvent::LOG_INDEX)?,
            tx: fields.bind_optional(PositionEvent::TX, FieldBinder::bind_text)?,
            time: fields.bind_time(PositionEvent::TIME)?,
        })
    }

    pub(crate) fn decode(&self, cells: RowCells<'_>) -> Result<EventMeta, RowFault> {
        let tx = self.tx.as_ref().map(|field| cells.hex(field)).transpose()?.flatten();
        let (block, time) = (cells.block(&self.block)?, cells.time(&self.time)?);
        Ok(EventMeta { block, log_index: cells.log_index(&self.log_index)?, tx, time })
    }
}

/// Binds a field whose values are assets of the market.
pub(crate) fn bind_asset(
    fields: &mut FieldBinder<'_>,
    field: &'static str,
) -> Result<BoundField, BindError> {
    let bound = fields.bind_text(field)?;
    if let BoundField::Constant(asset) = &bound {
        check_asset(&*fields.market()?, field, asset)?;
    }
    Ok(bound)
}

/// Checks that an asset named in a mapping belongs to its market.
pub(crate) fn check_asset(market: &Market, key: &str, asset: &str) -> Result<(), BindError> {
    let known = market.asset(asset).is_some();
    let problem = || format!("{asset:?} is none of the market's assets: {}", market.symbols());
    if known { Ok(()) } else { Err(BindError::mapping(key, problem())) }
}

/// Decodes an asset of the market, which a cell names by its name or its address.
pub(crate) fn decode_asset<'m>(
    cells: RowCells<'_>,
    field: &BoundField,
    market: &'m Market,
) -> Result<&'m MarketAsset, RowFault> {
    let asset = cells.text(field)?;
    market.asset(asset).ok_or_else(|| {
        RowFault::new(
            QuarantineReason::Value,
            format!("{asset:?} is none of the market's assets: {}", market.symbols()),
        )
        .with_hint("add it under [[market.assets]], with its `address` if the column has addresses")
    })
}
