//! Did as many come true as were expected?

use plimsoll_model::{Bin, CalibrationCurve};

use crate::backtest::chart::{Axis, Chart, MODEL, PASSAGE, SEEN, Scale, Series, Shape};
use crate::backtest::html::{figure as drawn, section, table};
use crate::backtest::run::{Run, in_words};
use crate::backtest::told::figure;

impl Run {
    pub(super) fn calibration(&self) -> anyhow::Result<String> {
        let [model, passage] = &self.backtest.calibration[..] else { return Ok(String::new()) };
        let charts = model
            .curves
            .iter()
            .zip(&passage.curves)
            .map(|(model, passage)| drawn(&chart(model, passage), &numbers(model)));
        let charts: Vec<String> = charts.collect::<anyhow::Result<_>>()?;
        let lead = "Landmarks by forecast: the safer half of all is one dot, the safer half of the \
                    rest the next, and so on. On the line, as many were liquidated as expected; \
                    above it, more. Whiskers are intervals by blocks of time; a bin in which nobody \
                    was liquidated lies on the floor of the chart.";
        let content = format!("<div class=\"charts\">{}</div>", charts.concat());
        Ok(section("Did as many come true as were expected?", lead, &content))
    }
}

fn chart(model: &CalibrationCurve, passage: &CalibrationCurve) -> Chart {
    let seen = model.bins.iter().chain(&passage.bins).flat_map(|b| [b.forecast, b.observed]);
    let least = seen.filter(|value| *value > 0.0).fold(1.0, f64::min);
    let floor = 10.0_f64.powf(least.log10().floor()).clamp(1e-6, 0.1);
    let points = |curve: &CalibrationCurve| {
        Shape::Dotted(curve.bins.iter().map(|bin| (bin.forecast, bin.observed)).collect())
    };
    let whisker =
        |bin: &Bin| bin.interval.map(|interval| (bin.forecast, interval.lower, interval.upper));
    let whiskers = Shape::Whiskers(model.bins.iter().filter_map(whisker).collect());
    let (own, theirs) = (in_words("model"), in_words("first_passage"));
    let axis = |name: &str| Axis {
        name: name.to_owned(),
        scale: Scale::Log,
        from: floor,
        to: 1.0,
        label: percent,
    };
    Chart {
        id: format!("chart-calibration-{}", model.horizon),
        title: format!("Liquidated within {}", model.horizon),
        x: axis("mean forecast"),
        y: axis("observed"),
        series: vec![
            Series {
                name: "as expected",
                colour: SEEN,
                shape: Shape::Line(vec![(floor, floor), (1.0, 1.0)]),
            },
            Series { name: theirs, colour: PASSAGE, shape: points(passage) },
            Series { name: own, colour: MODEL, shape: whiskers },
            Series { name: own, colour: MODEL, shape: points(model) },
        ],
    }
}

fn numbers(curve: &CalibrationCurve) -> String {
    let row = |bin: &Bin| {
        vec![
            format!("{:.5}", bin.forecast),
            figure(Some(bin.observed), bin.interval, 5),
            bin.positives.to_string(),
            bin.rows.to_string(),
        ]
    };
    let rows: Vec<_> = curve.bins.iter().map(row).collect();
    let caption = format!("The model within {}", curve.horizon);
    table(&caption, &["mean forecast", "observed", "liquidated", "landmarks"], &rows)
}

/// A probability in per cent, as short as it may be.
pub(super) fn percent(probability: f64) -> String {
    let percent = 100.0 * probability;
    if percent < 1e-5 {
        return if percent > 0.0 { format!("{percent:.0e} %") } else { "0 %".to_owned() };
    }
    let decimals = (-percent.log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{percent:.decimals$} %")
}
