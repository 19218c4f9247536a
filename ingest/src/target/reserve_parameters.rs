//! `reserve_parameters`: every change of a risk parameter.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_lake::tables::ReserveParameter;

use super::Target;
use super::event::{Event, EventSlots, asset, bind_asset, known_asset};
use crate::cells::Cells;
use crate::fault::Fault;
use crate::fields::{BindError, Fields, Slot};
use crate::mapping::{Market, ParameterSpec, Transform};

/// The key of an entry that translates a protocol's names of parameters.
const PARAMETERS: &str = "parameters";

/// The fields of a parameter change in one file.
pub(crate) struct ReserveParameters {
    market: Arc<Market>,
    event: EventSlots,
    asset: Slot,
    parameter: Slot,
    value: Slot,
    translations: Arc<BTreeMap<String, ParameterSpec>>,
}

impl Target for ReserveParameters {
    type Row = ReserveParameter;

    fn bind(fields: &mut Fields<'_>) -> Result<Self, BindError> {
        fields.understand(PARAMETERS);
        let (market, translations) = (fields.market()?, Arc::clone(&fields.entry().parameters));
        for asset in translations.values().filter_map(|translation| translation.asset.as_ref()) {
            known_asset(&market, PARAMETERS, asset)?;
        }
        Ok(Self {
            market,
            event: EventSlots::bind(fields)?,
            asset: bind_asset(fields, ReserveParameter::ASSET)?,
            parameter: fields.text(ReserveParameter::PARAMETER)?,
            value: fields.number(ReserveParameter::VALUE)?,
            translations,
        })
    }

    fn decode(&self, cells: Cells<'_>) -> Result<ReserveParameter, Fault> {
        let Event { block, log_index, tx, time } = self.event.decode(cells)?;
        let name = cells.text(&self.parameter)?;
        let translation = self.translations.get(name);
        let asset = match translation.and_then(|translation| translation.asset.clone()) {
            Some(asset) => asset,
            None => asset(cells, &self.asset, &self.market)?.0,
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
