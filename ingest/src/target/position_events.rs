//! `position_events`: what owners did with their positions.

use std::sync::Arc;

use plimsoll_lake::tables::{PositionEvent, kind};

use super::Target;
use super::event::{Event, EventSlots, asset, bind_asset};
use crate::cells::Cells;
use crate::fault::Fault;
use crate::fields::{BindError, Fields, Slot};
use crate::mapping::Market;

/// The fields of a position event in one file.
pub(crate) struct PositionEvents {
    market: Arc<Market>,
    event: EventSlots,
    account: Slot,
    kind: Slot,
    /// Asset and amount, but where every row opens an account.
    moved: Option<(Slot, Slot)>,
}

impl Target for PositionEvents {
    type Row = PositionEvent;

    fn bind(fields: &mut Fields<'_>) -> Result<Self, BindError> {
        let kind = fields.text(PositionEvent::KIND)?;
        let opens = match &kind {
            Slot::Constant(word) if !kind::ALL.contains(&word.as_str()) => {
                let problem = format!("{word:?} is none of {}", kind::ALL.join(", "));
                return Err(BindError::mapping(PositionEvent::KIND, problem));
            }
            Slot::Constant(word) => word == kind::OPEN,
            _ => false,
        };
        let moved = if opens {
            None
        } else {
            Some((bind_asset(fields, PositionEvent::ASSET)?, fields.number(PositionEvent::AMOUNT)?))
        };
        let (market, event) = (fields.market()?, EventSlots::bind(fields)?);
        Ok(Self { market, event, account: fields.text(PositionEvent::ACCOUNT)?, kind, moved })
    }

    fn decode(&self, cells: Cells<'_>) -> Result<PositionEvent, Fault> {
        let Event { block, log_index, tx, time } = self.event.decode(cells)?;
        let kind = cells.word(&self.kind, &kind::ALL)?;
        let moved = match &self.moved {
            Some((asset_slot, amount)) if kind != kind::OPEN => {
                let (asset, decimals) = asset(cells, asset_slot, &self.market)?;
                Some((asset, cells.amount(amount, decimals)?))
            }
            _ => None,
        };
        let (asset, amounts) = moved.unzip();
        let (amount_exact, amount) = amounts.unzip();
        Ok(PositionEvent {
            chain: self.market.chain.clone(),
            protocol: self.market.protocol.clone(),
            market: self.market.market.clone(),
            block,
            log_index,
            tx,
            time,
            account: self.market.account(cells.text(&self.account)?),
            kind: kind.to_owned(),
            asset,
            amount_exact,
            amount,
        })
    }
}
