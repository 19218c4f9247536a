//! `reserve_parameters`: changes of risk parameters.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_lake::tables::ReserveParameter;

use super::TableDecoder;
use super::event::{EventFields, EventMeta, bind_asset, check_asset, decode_asset};
use crate::csv::decode::field_binder::{BindError, BoundField, FieldBinder};
use crate::csv::decode::row_cells::RowCells;
use crate::csv::mapping::{Market, ParameterSpec, Transform};
use crate::csv::row_fault::RowFault;

/// The key of an entry that translates a protocol's parameter names.
const PARAMETERS: &str = "parameters";

/// The fields of a parameter change in one file.
pub(crate) struct ReserveParameterDecoder {
    market: Arc<Market>,
    event: EventFields,
    asset: BoundField,
    parameter: BoundField,
    value: BoundField,
    translations: Arc<BTreeMap<String, ParameterSpec>>,
}

impl TableDecoder for ReserveParameterDecoder {
    type Row = ReserveParameter;

    fn bind(fields: &mut FieldBinder<'_>) -> Result<Self, BindError> {
        fields.mark_consumed(PARAMETERS);
        let (market, translations) =
            (fields.market()?, Arc::clone(&fields.file_mapping().parameters));
        for asset in translations.values().filter_map(|translation| translation.asset.as_ref()) {
            check_asset(&market, PARAMETERS, asset)?;
        }
        Ok(Self {
            market,
            event: EventFields::bind(fields)?,
            asset: bind_asset(fields, ReserveParameter::ASSET)?,
            parameter: fields.bind_text(ReserveParameter::PARAMETER)?,
            value: fields.bind_number(ReserveParameter::VALUE)?,
            translations,
        })
    }

    fn decode(&self, cells: RowCells<'_>) -> Result<ReserveParameter, RowFault> {
        let EventMeta { block, log_index, tx, time } = self.event.decode(cells)?;
        let name = cells.text(&self.parameter)?;
        let translation = self.translations.get(name);
        let asset = match translation.and_then(|translation| translation.asset.clone()) {
            Some(asset) => asset,
            None => decode_asset(cells, &self.asset, &self.market)?.0,
        };
        let value = match translation.map(|translation| translation.transform) {
            Some(Transform::Reciprocal) => cells.positive(&self.value)?.recip(),
            Some(Transform::Identity) | None => cells.non_negative(&self.value)?,
        };
        Ok(ReserveParameter {
            chain: self.market.chain.clone(),
            protocol: self.market.protocol.clone(),
            market: self.market.market.clone(),
            block,
            log_index,
            tx,
            time,
            asset,
            parameter: translation.map_or(name, |translation| &translation.parameter).to_owned(),
            value,
        })
    }
}
