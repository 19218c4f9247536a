//! `position_events`: actions of owners on their positions.

use std::sync::Arc;

use plimsoll_lake::tables::{PositionEvent, kind};

use super::TableDecoder;
use super::event::{EventFields, EventMeta, bind_asset, decode_asset};
use crate::csv::decode::field_binder::{BindError, BoundField, FieldBinder};
use crate::csv::decode::row_cells::RowCells;
use crate::csv::mapping::Market;
use crate::csv::row_fault::RowFault;

/// The fields of a position event in one file.
pub(crate) struct PositionEventDecoder {
    market: Arc<Market>,
    event: EventFields,
    account: BoundField,
    kind: BoundField,
    /// Asset and amount; `None` where every row opens an account.
    asset_and_amount: Option<(BoundField, BoundField)>,
}

impl TableDecoder for PositionEventDecoder {
    type Row = PositionEvent;

    fn bind(fields: &mut FieldBinder<'_>) -> Result<Self, BindError> {
        let kind = fields.bind_text(PositionEvent::KIND)?;
        let opens = match &kind {
            BoundField::Constant(word) if !kind::ALL.contains(&word.as_str()) => {
                let problem = format!("{word:?} is none of {}", kind::ALL.join(", "));
                return Err(BindError::mapping(PositionEvent::KIND, problem));
            }
            BoundField::Constant(word) => word == kind::OPEN,
            _ => false,
        };
        let asset_and_amount = if opens {
            None
        } else {
            Some((
                bind_asset(fields, PositionEvent::ASSET)?,
                fields.bind_amount(PositionEvent::AMOUNT)?,
            ))
        };
        let (market, event) = (fields.market()?, EventFields::bind(fields)?);
        Ok(Self {
            market,
            event,
            account: fields.bind_text(PositionEvent::ACCOUNT)?,
            kind,
            asset_and_amount,
        })
    }

    fn decode(&self, cells: RowCells<'_>) -> Result<PositionEvent, RowFault> {
        let EventMeta { block, log_index, tx, time } = self.event.decode(cells)?;
        let kind = cells.one_of(&self.kind, &kind::ALL)?;
        let asset_and_amount = match &self.asset_and_amount {
            Some((asset_field, amount)) if kind != kind::OPEN => {
                let asset = decode_asset(cells, asset_field, &self.market)?;
                Some((asset.asset.clone(), cells.amount(amount, asset)?))
            }
            _ => None,
        };
        let (asset, amounts) = asset_and_amount.unzip();
        let (amount_exact, amount) = amounts.unzip();
        Ok(PositionEvent {
            chain: self.market.chain.clone(),
            protocol: self.market.protocol.clone(),
            market: self.market.market.clone(),
            block,
            log_index,
            tx,
            time,
            account: self.market.account_id(cells.text(&self.account)?),
            kind: kind.to_owned(),
            asset,
            amount_exact,
            amount,
        })
    }
}
