//! Did as many come true as were expected?

use maud::Markup;
use plimsoll_serve::{CALIBRATION_LEAD, calibration_figure, chart_grid, section};

use crate::backtest::report::BacktestReport;

impl BacktestReport {
    pub(super) fn calibration_section(&self) -> anyhow::Result<Markup> {
        let [model, passage] = &self.backtest.calibration[..] else { return Ok(Markup::default()) };
        let figures =
            model.curves.iter().zip(&passage.curves).map(|(model, passage)| {
                calibration_figure(model.horizon, &model.bins, &passage.bins)
            });
        let figures: Vec<_> = figures.collect::<Result<_, _>>()?;
        let heading = "Did as many come true as were expected?";
        Ok(section(heading, CALIBRATION_LEAD, &chart_grid(&figures)))
    }
}
