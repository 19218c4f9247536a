//! Mean forecast incidence compared with observed incidence.

use maud::Markup;
use plimsoll_model::{IncidenceCurve, IncidenceCurves, edges_days};

use crate::backtest::report::BacktestReport;
use crate::chart::{Axis, Chart, Colour, Scale, Series, Shape};
use crate::error::ChartError;
use crate::format::{
    format_days_or_hours, format_estimate, format_figure, format_percent_hundredths,
};
use crate::html::{chart_grid, figure, section, table};

impl BacktestReport {
    pub(super) fn incidence_section(&self) -> Result<Markup, ChartError> {
        let Some((all, strata)) = self.backtest.incidence.split_first() else {
            return Ok(Markup::default());
        };
        let mut figures = vec![
            figure(
                &incidence_chart("liquidated", "Liquidated, all landmarks", &all.liquidated),
                Some(&numbers_table(&all.liquidated)),
            )?,
            figure(
                &incidence_chart("closed", "Closed by the owner, all landmarks", &all.closed),
                Some(&numbers_table(&all.closed)),
            )?,
        ];
        for (index, stratum) in strata.iter().enumerate() {
            let title =
                format!("Liquidated, {} ({} landmarks)", health_range(stratum), stratum.rows);
            let chart = incidence_chart(&format!("stratum-{index}"), &title, &stratum.liquidated);
            figures.push(figure(&chart, Some(&numbers_table(&stratum.liquidated)))?);
        }
        let lead = "Mean forecast by time after the landmark, and observed incidence (Aalen and \
                    Johansen) with its interval by blocks of time; then by health factor at the \
                    landmark. Each chart has its own scale.";
        Ok(section("Incidence", lead, &chart_grid(&figures)))
    }
}

fn health_range(stratum: &IncidenceCurves) -> String {
    match (stratum.health_from, stratum.health_to) {
        (Some(from), Some(to)) => format!("health factor {from} to {to}"),
        (Some(from), None) => format!("health factor from {from}"),
        (None, Some(to)) => format!("health factor below {to}"),
        (None, None) => "all".to_owned(),
    }
}

fn incidence_chart(id: &str, title: &str, curve: &IncidenceCurve) -> Chart {
    let days = &edges_days()[1..];
    let line = |values: &[f64]| days.iter().copied().zip(values.iter().copied()).collect();
    let band: Vec<_> = days
        .iter()
        .zip(&curve.intervals)
        .filter_map(|(day, interval)| interval.map(|i| (*day, i.lower, i.upper)))
        .collect();
    let ends = curve.forecast.iter().chain(&curve.observed).copied();
    let highest = ends.chain(band.iter().map(|(_, _, upper)| *upper)).fold(0.0, f64::max);
    Chart {
        id: format!("chart-incidence-{id}"),
        title: title.to_owned(),
        x: Axis {
            name: "days after the landmark".to_owned(),
            scale: Scale::LogAt(vec![1.0 / 24.0, 0.25, 1.0, 3.0, 7.0, 30.0]),
            from: 1.0 / 24.0,
            to: 30.0,
            label: format_days_or_hours,
        },
        y: Axis {
            name: "incidence".to_owned(),
            scale: Scale::Linear,
            from: 0.0,
            to: if highest > 0.0 { highest * 1.05 } else { 1.0 },
            label: format_percent_hundredths,
        },
        series: vec![
            Series { name: "observed", colour: Colour::Observed, shape: Shape::Band(band) },
            Series {
                name: "observed",
                colour: Colour::Observed,
                shape: Shape::Line(line(&curve.observed)),
            },
            Series {
                name: "model",
                colour: Colour::Model,
                shape: Shape::DottedLine(line(&curve.forecast)),
            },
        ],
    }
}

fn numbers_table(curve: &IncidenceCurve) -> Markup {
    let rows: Vec<_> = edges_days()[1..]
        .iter()
        .enumerate()
        .map(|(edge, days)| {
            let interval = curve.intervals.get(edge).copied().flatten();
            vec![
                format!("{days:.3}"),
                format_figure(curve.forecast.get(edge).copied(), 5),
                format_estimate(curve.observed.get(edge).copied(), interval, 5),
            ]
        })
        .collect();
    table("Incidence by days after the landmark", &["days", "mean forecast", "observed"], &rows)
}
