//! `reserve_parameters`: changes of risk parameters.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_lake::tables::{ReserveParameter, parameter};

use super::TableDecoder;
use super::event::{EventFields, EventMeta, bind_asset, check_asset, decode_asset};
use crate::csv::decode::field_binder::{BindError, BoundField, FieldBinder};
use crate::csv::decode::row_cells::RowCells;
use crate::csv::mapping::{Market, ParameterSpec, Transform};
use crate::csv::row_fault::{QuarantineReason, RowFault};

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
            value: fields.bind_fraction(ReserveParameter::VALUE)?,
            translations,
        })
    }

    fn decode(&self, cells: RowCells<'_>) -> Result<ReserveParameter, RowFault> {
        let EventMeta { block, log_index, tx, time } = self.event.decode(cells)?;
        let name = cells.text(&self.parameter)?;
        let translation = self.translations.get(name);
        let asset = match translation.and_then(|translation| translation.asset.clone()) {
            Some(asset) => asset,
            None => decode_asset(cells, &self.asset, &self.market)?.asset.clone(),
        };
        let parameter = translation.map_or(name, |translation| &translation.parameter).to_owned();
        let transform = translation.map(|translation| translation.transform).unwrap_or_default();
        let value = match transform {
            Transform::Reciprocal => cells.positive(&self.value)?.recip(),
            Transform::Identity => cells.non_negative(&self.value)?,
            Transform::Percent => cells.non_negative(&self.value)? / 100.0,
            Transform::Bps => cells.non_negative(&self.value)? / 10_000.0,
            Transform::MinusOne => less_one(cells.non_negative(&self.value)?)?,
        };
        check_fraction(&parameter, value)?;
        Ok(ReserveParameter {
            chain: self.market.chain.clone(),
            protocol: self.market.protocol.clone(),
            market: self.market.market.clone(),
            block,
            log_index,
            tx,
            time,
            asset,
            parameter,
            value,
        })
    }
}

/// The bonus from what a liquidator receives for one unit of debt; 0 where there is no bonus.
fn less_one(value: f64) -> Result<f64, RowFault> {
    if value == 0.0 {
        return Ok(0.0);
    }
    if value < 1.0 {
        let detail = format!("a value of {value} less one is below 0");
        return Err(RowFault::new(QuarantineReason::Value, detail)
            .with_hint("remove `transform = \"minus_one\"` if the value is the bonus itself"));
    }
    // The difference of decimals, free of the error of their binary fractions.
    Ok(((value - 1.0) * 1e12).round() / 1e12)
}

/// Shares of value are fractions: a threshold of 82.5 or 8250 is in another unit, one of 1.5 a
/// collateral ratio.
fn check_fraction(parameter: &str, value: f64) -> Result<(), RowFault> {
    let shares =
        [parameter::LIQUIDATION_THRESHOLD, parameter::MAX_LTV, parameter::LIQUIDATION_BONUS];
    if value <= 1.0 || !shares.contains(&parameter) {
        return Ok(());
    }
    let hint = match value {
        _ if parameter == parameter::LIQUIDATION_BONUS && value < 2.0 => {
            "`transform = \"minus_one\"`"
        }
        ..10.0 => "`unit = \"reciprocal\"`",
        ..=100.0 => "`unit = \"percent\"`",
        _ => "`unit = \"bps\"`",
    };
    let detail = format!("a {parameter} of {value}, which is a fraction of 1 at most: set {hint}");
    Err(RowFault::new(QuarantineReason::Value, detail))
}
