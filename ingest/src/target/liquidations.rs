//! `liquidations`: collateral seized against debt.

use std::sync::Arc;

use plimsoll_lake::tables::Liquidation;

use super::Target;
use super::event::{Event, EventSlots, asset, bind_asset};
use crate::cells::Cells;
use crate::fault::Fault;
use crate::fields::{BindError, Fields, Slot};
use crate::mapping::Market;

/// The fields of a liquidation in one file.
pub(crate) struct Liquidations {
    market: Arc<Market>,
    event: EventSlots,
    account: Slot,
    liquidator: Option<Slot>,
    collateral_asset: Slot,
    collateral_amount: Slot,
    debt_asset: Slot,
    debt_amount: Slot,
    debt_scaled: Option<Slot>,
}

impl Target for Liquidations {
    type Row = Liquidation;

    fn bind(fields: &mut Fields<'_>) -> Result<Self, BindError> {
        Ok(Self {
            market: fields.market()?,
            event: EventSlots::bind(fields)?,
            account: fields.text(Liquidation::ACCOUNT)?,
            liquidator: fields.optional(Liquidation::LIQUIDATOR, Fields::text)?,
            collateral_asset: bind_asset(fields, Liquidation::COLLATERAL_ASSET)?,
            collateral_amount: fields.number(Liquidation::COLLATERAL_AMOUNT)?,
            debt_asset: bind_asset(fields, Liquidation::DEBT_ASSET)?,
            debt_amount: fields.number(Liquidation::DEBT_AMOUNT)?,
            debt_scaled: fields.optional(Liquidation::DEBT_SCALED, Fields::number)?,
        })
    }

    fn decode(&self, cells: Cells<'_>) -> Result<Liquidation, Fault> {
        let Event { block, log_index, tx, time } = self.event.decode(cells)?;
        let (collateral_asset, decimals) = asset(cells, &self.collateral_asset, &self.market)?;
        let (collateral_exact, collateral_amount) =
            cells.amount(&self.collateral_amount, decimals)?;
        let (debt_asset, decimals) = asset(cells, &self.debt_asset, &self.market)?;
        let (debt_exact, debt_amount) = cells.amount(&self.debt_amount, decimals)?;
        Ok(Liquidation {
            chain: self.market.chain.clone(),
            protocol: self.market.protocol.clone(),
            market: self.market.market.clone(),
            block,
            log_index,
            tx,
            time,
            account: self.market.account(cells.text(&self.account)?),
            liquidator: self.liquidator.as_ref().map(|slot| cells.hex(slot)).transpose()?.flatten(),
            collateral_asset,
            collateral_exact,
            collateral_amount,
            debt_asset,
            debt_exact,
            debt_amount,
            debt_scaled: self
                .debt_scaled
                .as_ref()
                .map(|slot| cells.non_negative(slot))
                .transpose()?,
        })
    }
}
