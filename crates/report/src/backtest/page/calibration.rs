//! Calibration of the forecasts.

use maud::Markup;

use crate::backtest::report::BacktestReport;
use crate::calibration::{CALIBRATION_LEAD, calibration_figure};
use crate::error::ChartError;
use crate::html::{chart_grid, section};

impl BacktestReport {
    pub(super) fn calibration_section(&self) -> Result<Markup, ChartError> {
        let [model, passage] = &self.backtest.calibration[..] else { return Ok(Markup::default()) };
        let figures =
            model.curves.iter().zip(&passage.curves).map(|(model, passage)| {
                calibration_figure(model.horizon, &model.bins, &passage.bins)
            });
        let figures: Vec<_> = figures.collect::<Result<_, _>>()?;
        let heading = "Calibration";
        Ok(section(heading, CALIBRATION_LEAD, &chart_grid(&figures)))
    }
}
