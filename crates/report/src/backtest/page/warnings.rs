//! Quality of warnings.

use maud::{Markup, html};
use plimsoll_model::{RecallCurve, WarningQuality};

use crate::backtest::labels::{
    display_name, format_interval_estimate, format_median_lead, format_threshold,
};
use crate::backtest::report::BacktestReport;
use crate::chart::{Axis, Chart, Colour, Scale, Series, Shape};
use crate::error::ChartError;
use crate::format::format_percent_whole;
use crate::html::{chart_grid, figure, section, table};

impl BacktestReport {
    pub(super) fn warnings_section(&self) -> Result<Markup, ChartError> {
        let warnings = &self.backtest.warnings;
        let mut figures = vec![figure(&recall_chart(&warnings.recall_curves), None)?];
        if let Some((quality, chart)) = self.lead_chart() {
            figures.push(figure(&chart, Some(&self.lead_table(quality)))?);
        }
        let lead = format!(
            "An alarm is raised at a landmark whose probability of liquidation within 24 h reaches \
             the threshold while no alarm of the account is active. It is active for {} hours or until \
             a liquidation, which makes it true; its lead time is the time between. Liquidations of \
             one account within a day are one episode. Below the model at each threshold are first \
             passage and the health factor alone, with thresholds that raise no more false alarms. \
             An owner who reacts to an alarm makes it false.",
            warnings.alarm_hours
        );
        let content = html! { (chart_grid(&figures)) (self.alarm_table()) };
        Ok(section("Warnings", &lead, &content))
    }

    fn alarm_table(&self) -> Markup {
        let row = |quality: &WarningQuality| {
            let ahead = quality.model_recall_difference.map_or("".to_owned(), |interval| {
                format!("[{:+.2}, {:+.2}]", interval.lower, interval.upper)
            });
            vec![
                display_name(quality.rule).to_owned(),
                format_threshold(quality),
                quality.true_alarms.to_string(),
                quality.false_alarms.to_string(),
                format_interval_estimate(&quality.precision, 3),
                format_interval_estimate(&quality.recall, 2),
                format_interval_estimate(&quality.false_alarms_per_account_month, 3),
                format_median_lead(quality),
                ahead,
            ]
        };
        let rows: Vec<_> = self.backtest.warnings.rules.iter().flatten().map(row).collect();
        let head = [
            "rule",
            "alarm",
            "true",
            "false",
            "precision",
            "recall",
            "false per account and month",
            "median lead time",
            "model's recall minus this",
        ];
        table("Alarms at each threshold", &head, &rows)
    }

    /// The alarms whose lead times are shown: those of the highest threshold that catches half of the
    /// episodes or, if there is none, of the lowest.
    fn lead_chart(&self) -> Option<(&WarningQuality, Chart)> {
        let models = self.backtest.warnings.rules.iter().map(|[model, ..]| model);
        let half = |quality: &&WarningQuality| 2 * quality.true_alarms >= quality.episodes;
        let quality = models.clone().rfind(half).or_else(|| models.clone().next())?;
        if quality.true_alarms == 0 {
            return None;
        }
        let edges = &self.backtest.warnings.lead_edges_hours;
        let from = std::iter::once(0.0).chain(edges.iter().copied());
        let bars = from.zip(edges).zip(&quality.lead_histogram);
        let bars = bars.map(|((from, to), count)| (from + 0.3, to - 0.3, *count as f64)).collect();
        let highest = quality.lead_histogram.iter().copied().max().unwrap_or(1).max(1) as f64;
        let chart = Chart {
            id: "chart-leads".to_owned(),
            title: format!(
                "Lead time: hours from alarm to liquidation, alarm {}",
                format_threshold(quality)
            ),
            x: Axis {
                name: "hours before the liquidation".to_owned(),
                scale: Scale::Linear,
                from: 0.0,
                to: 72.0,
                label: |hours| format!("{hours:.0}"),
            },
            y: Axis {
                name: "liquidations".to_owned(),
                scale: Scale::Linear,
                from: 0.0,
                to: highest * 1.1,
                label: |count| {
                    if count.fract() == 0.0 { format!("{count:.0}") } else { String::new() }
                },
            },
            series: vec![Series { name: "model", colour: Colour::Model, shape: Shape::Bars(bars) }],
        };
        Some((quality, chart))
    }

    fn lead_table(&self, quality: &WarningQuality) -> Markup {
        let edges = self.backtest.warnings.lead_edges_hours.iter();
        let row =
            |(edge, count): (&f64, &usize)| vec![format!("up to {edge} h"), count.to_string()];
        let rows: Vec<_> = edges.zip(&quality.lead_histogram).map(row).collect();
        table("Liquidations by lead time", &["lead time", "liquidations"], &rows)
    }
}

fn recall_chart(curves: &[RecallCurve]) -> Chart {
    let rates = curves.iter().flat_map(|curve| &curve.points).map(|(rate, _)| *rate);
    let highest = rates.clone().fold(0.1, f64::max);
    let least = rates.filter(|rate| *rate > 0.0).fold(0.1, f64::min);
    let series =
        curves.iter().zip([Colour::Model, Colour::FirstPassage, Colour::HealthFactor]).rev().map(
            |(curve, colour)| Series {
                name: display_name(curve.rule),
                colour,
                shape: Shape::DottedLine(curve.points.clone()),
            },
        );
    Chart {
        id: "chart-trade".to_owned(),
        title: "Liquidations preceded by an alarm, by false alarms".to_owned(),
        x: Axis {
            name: "false alarms per account and month".to_owned(),
            scale: Scale::Log,
            from: least.max(1e-4),
            to: highest * 1.1,
            label: |rate| format!("{}", (rate * 1e6).round() / 1e6),
        },
        y: Axis {
            name: "share with an alarm".to_owned(),
            scale: Scale::Linear,
            from: 0.0,
            to: 1.02,
            label: format_percent_whole,
        },
        series: series.collect(),
    }
}
