//! `liquidations`: collateral seized for repaid debt.

use std::sync::Arc;

use plimsoll_lake::tables::Liquidation;

use super::TableDecoder;
use super::event::{EventFields, EventMeta, bind_asset, decode_asset};
use crate::csv::decode::field_binder::{BindError, BoundField, FieldBinder};
use crate::csv::decode::row_cells::RowCells;
use crate::csv::mapping::Market;
use crate::csv::row_fault::RowFault;

/// The fields of a liquidation in one file.
pub(crate) struct LiquidationDecoder {
    market: Arc<Market>,
    event: EventFields,
    account: BoundField,
    liquidator: Option<BoundField>,
    collateral_asset: BoundField,
    collateral_amount: BoundField,
    debt_asset: BoundField,
    debt_amount: BoundField,
    debt_scaled: Option<BoundField>,
}

impl TableDecoder for LiquidationDecoder {
    type Row = Liquidation;

    fn bind(fields: &mut FieldBinder<'_>) -> Result<Self, BindError> {
        Ok(Self {
            market: fields.market()?,
            event: EventFields::bind(fields)?,
            account: fields.bind_text(Liquidation::ACCOUNT)?,
            liquidator: fields.bind_optional(Liquidation::LIQUIDATOR, FieldBinder::bind_text)?,
            collateral_asset: bind_asset(fields, Liquidation::COLLATERAL_ASSET)?,
            collateral_amount: fields.bind_amount(Liquidation::COLLATERAL_AMOUNT)?,
            debt_asset: bind_asset(fields, Liquidation::DEBT_ASSET)?,
            debt_amount: fields.bind_amount(Liquidation::DEBT_AMOUNT)?,
            debt_scaled: fields
                .bind_optional(Liquidation::DEBT_SCALED, FieldBinder::bind_amount)?,
        })
    }

    fn decode(&self, cells: RowCells<'_>) -> Result<Liquidation, RowFault> {
        let EventMeta { block, log_index, tx, time } = self.event.decode(cells)?;
        let collateral = decode_asset(cells, &self.collateral_asset, &self.market)?;
        let (collateral_exact, collateral_amount) =
            cells.amount(&self.collateral_amount, collateral)?;
        let debt = decode_asset(cells, &self.debt_asset, &self.market)?;
        let (debt_exact, debt_amount) = cells.amount(&self.debt_amount, debt)?;
        Ok(Liquidation {
            chain: self.market.chain.clone(),
            protocol: self.market.protocol.clone(),
            market: self.market.market.clone(),
            block,
            log_index,
            tx,
            time,
            account: self.market.account_id(cells.text(&self.account)?),
            liquidator: self
                .liquidator
                .as_ref()
                .map(|field| cells.hex(field))
                .transpose()?
                .flatten(),
            collateral_asset: collateral.asset.clone(),
            collateral_exact,
            collateral_amount,
            debt_asset: debt.asset.clone(),
            debt_exact,
            debt_amount,
            debt_scaled: self
                .debt_scaled
                .as_ref()
                .map(|field| cells.float_amount(field, debt))
                .transpose()?,
        })
    }
}
