//! Calibration curves: observed frequency by mean forecast, in bins of similar forecasts.

use maud::Markup;
use plimsoll_lake::Horizon;
use plimsoll_model::CalibrationBinEstimate;

use crate::chart::{Axis, Chart, Colour, Scale, Series, Shape};
use crate::error::ChartError;
use crate::format::format_axis_percent;
use crate::html::{figure, table};

/// The explanation above calibration charts.
pub const CALIBRATION_LEAD: &str = "Landmarks are binned by forecast: the lower half of all is one \
    dot, the lower half of the rest the next, and so on. On the diagonal, as many were liquidated as \
    expected; above it, more. Whiskers are 95 % intervals by blocks of time; a bin without \
    liquidations lies on the bottom edge of the chart.";

/// The model's calibration curve at one horizon beside that of first passage, with the model's numbers.
///
/// # Errors
/// [`ChartError`] if the drawing library fails.
pub fn calibration_figure(
    horizon: Horizon,
    model: &[CalibrationBinEstimate],
    first_passage: &[CalibrationBinEstimate],
) -> Result<Markup, ChartError> {
    figure(&chart(horizon, model, first_passage), Some(&numbers_table(horizon, model)))
}

fn chart(
    horizon: Horizon,
    model: &[CalibrationBinEstimate],
    first_passage: &[CalibrationBinEstimate],
) -> Chart {
    let values = model.iter().chain(first_passage).flat_map(|b| [b.forecast, b.observed]);
    let least = values.filter(|value| *value > 0.0).fold(1.0, f64::min);
    let floor = 10.0_f64.powf(least.log10().floor()).clamp(1e-6, 0.1);
    let points = |bins: &[CalibrationBinEstimate]| {
        Shape::DottedLine(bins.iter().map(|bin| (bin.forecast, bin.observed)).collect())
    };
    let whisker = |bin: &CalibrationBinEstimate| {
        bin.interval.map(|interval| (bin.forecast, interval.lower, interval.upper))
    };
    let whiskers = Shape::Whiskers(model.iter().filter_map(whisker).collect());
    let axis = |name: &str| Axis {
        name: name.to_owned(),
        scale: Scale::Log,
        from: floor,
        to: 1.0,
        label: format_axis_percent,
    };
    let diagonal = Shape::Line(vec![(floor, floor), (1.0, 1.0)]);
    Chart {
        id: format!("chart-calibration-{horizon}"),
        title: format!("Liquidated within {horizon}"),
        x: axis("mean forecast"),
        y: axis("observed"),
        series: vec![
            Series { name: "as expected", colour: Colour::Observed, shape: diagonal },
            Series {
                name: "first passage",
                colour: Colour::FirstPassage,
                shape: points(first_passage),
            },
            Series { name: "model", colour: Colour::Model, shape: whiskers },
            Series { name: "model", colour: Colour::Model, shape: points(model) },
        ],
    }
}

fn numbers_table(horizon: Horizon, bins: &[CalibrationBinEstimate]) -> Markup {
    let row = |bin: &CalibrationBinEstimate| {
        let interval = bin.interval.map(|i| format!(" [{:.5}, {:.5}]", i.lower, i.upper));
        vec![
            format!("{:.5}", bin.forecast),
            format!("{:.5}{}", bin.observed, interval.unwrap_or_default()),
            bin.positives.to_string(),
            bin.rows.to_string(),
        ]
    };
    let rows: Vec<_> = bins.iter().map(row).collect();
    let caption = format!("The model within {horizon}");
    table(&caption, &["mean forecast", "observed", "liquidated", "landmarks"], &rows)
}
