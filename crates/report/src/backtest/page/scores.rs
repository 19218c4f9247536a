//! Scores by horizon.

use maud::{Markup, html};
use plimsoll_lake::Horizon;
use plimsoll_model::{ConfidenceInterval, ForecasterScores, HorizonScores, ScoreIntervals};

use crate::backtest::labels::display_name;
use crate::backtest::report::BacktestReport;
use crate::chart::{Axis, Chart, Colour, Scale, Series, Shape};
use crate::error::ChartError;
use crate::format::{format_estimate, format_figure, format_horizon_short};
use crate::html::{chart_grid, figure, section, table};

/// The scores that are drawn by horizon.
const PLOTTED_SCORES: [PlottedScore; 3] = [
    PlottedScore {
        id: "auc",
        name: "AUC",
        value: |at| at.auc,
        interval: |at| at.auc,
        starts_at_zero: false,
    },
    PlottedScore {
        id: "ap",
        name: "Average precision",
        value: |at| at.average_precision,
        interval: |at| at.average_precision,
        starts_at_zero: true,
    },
    PlottedScore {
        id: "oe",
        name: "Observed / expected",
        value: |at| at.observed_over_expected,
        interval: |at| at.observed_over_expected,
        starts_at_zero: true,
    },
];

/// A score that is drawn by horizon.
struct PlottedScore {
    id: &'static str,
    name: &'static str,
    value: fn(&HorizonScores) -> Option<f64>,
    interval: fn(&ScoreIntervals) -> Option<ConfidenceInterval>,
    /// Whether the axis starts at 0; otherwise it ends at 1.
    starts_at_zero: bool,
}

/// One forecaster's score by horizon, hours, with intervals.
struct ScoreCurve {
    name: &'static str,
    colour: Colour,
    points: Vec<(f64, f64)>,
    whiskers: Vec<(f64, f64, f64)>,
}

impl PlottedScore {
    fn curve(&self, forecaster: &ForecasterScores, colour: Colour) -> ScoreCurve {
        let scores = forecaster.scores.horizons.iter();
        let points =
            scores.filter_map(|(horizon, at)| Some((horizon.hours(), (self.value)(at)?))).collect();
        let intervals = forecaster.intervals.iter();
        let whiskers = intervals
            .filter_map(|at| {
                let ConfidenceInterval { lower, upper } = (self.interval)(&at.by_time)?;
                Some((at.horizon.hours(), lower, upper))
            })
            .collect();
        ScoreCurve { name: display_name(forecaster.name), colour, points, whiskers }
    }

    /// The range of the vertical axis.
    fn axis_range(&self, curves: &[ScoreCurve]) -> (f64, f64) {
        let ends = || curves.iter().flat_map(ScoreCurve::ends);
        if self.starts_at_zero {
            let highest = ends().fold(0.0, f64::max);
            return (0.0, if highest > 0.0 { highest * 1.05 } else { 1.0 });
        }
        let lowest = ends().fold(f64::INFINITY, f64::min);
        ((lowest * 20.0).floor().clamp(0.0, 19.0) / 20.0, 1.0)
    }
}

impl ScoreCurve {
    fn ends(&self) -> impl Iterator<Item = f64> {
        let values = self.points.iter().map(|(_, value)| *value);
        values.chain(self.whiskers.iter().flat_map(|(_, lower, upper)| [*lower, *upper]))
    }

    fn series(self) -> [Series; 2] {
        let Self { name, colour, points, whiskers } = self;
        let shapes = [Shape::Whiskers(whiskers), Shape::DottedLine(points)];
        shapes.map(|shape| Series { name, colour, shape })
    }
}

impl BacktestReport {
    pub(super) fn scores_section(&self) -> Result<Markup, ChartError> {
        let figures = PLOTTED_SCORES.iter().map(|score| figure(&self.horizon_chart(score), None));
        let figures: Vec<_> = figures.collect::<Result<_, _>>()?;
        let content = html! {
            (chart_grid(&figures))
            (self.horizon_table())
            (self.ahead_table())
            (self.account_table())
            (self.whole_table())
        };
        let lead = "Liquidated within the horizon or not, over landmarks followed up for the whole \
                    horizon. AUC: probability that the riskier of two ranks higher. Average precision: \
                    precision averaged over recall. Brier: mean squared error, to be compared with the \
                    best constant. Observed over expected: 1 is right, below 1 expects too many.";
        Ok(section("Scores by horizon", lead, &content))
    }

    /// One score of the model and of first passage by horizon.
    fn horizon_chart(&self, score: &PlottedScore) -> Chart {
        let colours = [Colour::Model, Colour::FirstPassage];
        let forecasters = self.backtest.forecasters.iter().zip(colours);
        let curves: Vec<ScoreCurve> =
            forecasters.map(|(forecaster, colour)| score.curve(forecaster, colour)).collect();
        let (from, to) = score.axis_range(&curves);
        Chart {
            id: format!("chart-{}", score.id),
            title: format!("{} by horizon", score.name),
            x: Axis {
                name: "horizon".to_owned(),
                scale: Scale::LogAt(Horizon::ALL.map(Horizon::hours).to_vec()),
                from: 0.8,
                to: 900.0,
                label: |hours| {
                    let is_near = |horizon: &Horizon| (horizon.hours() / hours).ln().abs() < 0.01;
                    Horizon::ALL
                        .into_iter()
                        .find(is_near)
                        .map_or(String::new(), format_horizon_short)
                },
            },
            y: Axis {
                name: score.name.to_owned(),
                scale: Scale::Linear,
                from,
                to,
                label: |value| format!("{}", (value * 1e4).round() / 1e4),
            },
            series: curves.into_iter().flat_map(ScoreCurve::series).collect(),
        }
    }

    fn horizon_table(&self) -> Markup {
        let head = [
            "forecast",
            "horizon",
            "positives",
            "AUC",
            "average precision",
            "Brier",
            "best constant",
            "observed / expected",
        ];
        let row = |forecaster: &ForecasterScores, index: usize| {
            let (horizon, at) = forecaster.scores.horizons[index];
            let intervals = forecaster.intervals.get(index).map(|intervals| intervals.by_time);
            vec![
                display_name(forecaster.name).to_owned(),
                horizon.to_string(),
                at.positives.to_string(),
                format_estimate(at.auc, intervals.and_then(|i| i.auc), 3),
                format_estimate(
                    at.average_precision,
                    intervals.and_then(|i| i.average_precision),
                    3,
                ),
                format_estimate(at.brier, intervals.and_then(|i| i.brier), 5),
                format_figure(at.brier_constant, 5),
                format_estimate(
                    at.observed_over_expected,
                    intervals.and_then(|i| i.observed_over_expected),
                    2,
                ),
            ]
        };
        let rows: Vec<_> = (0..Horizon::COUNT)
            .flat_map(|index| self.backtest.forecasters.iter().map(move |f| row(f, index)))
            .collect();
        table("Scores by horizon, with intervals by blocks of time", &head, &rows)
    }

    fn ahead_table(&self) -> Markup {
        let interval = |interval: Option<ConfidenceInterval>, decimals: usize| {
            interval.map_or("-".to_owned(), |ConfidenceInterval { lower, upper }| {
                format!("[{lower:+.decimals$}, {upper:+.decimals$}]")
            })
        };
        let row = |(horizon, ahead): &(Horizon, plimsoll_model::ScoreDifferences)| {
            vec![
                horizon.to_string(),
                interval(ahead.auc, 3),
                interval(ahead.average_precision, 3),
                interval(ahead.brier, 5),
            ]
        };
        let rows: Vec<_> = self.backtest.model_minus_first_passage.iter().map(row).collect();
        table(
            "Model minus first passage, on the same replicates (a lower Brier score is better)",
            &["horizon", "AUC", "average precision", "Brier"],
            &rows,
        )
    }

    fn account_table(&self) -> Markup {
        let shown = |value: Option<f64>, interval: Option<ConfidenceInterval>| {
            format_estimate(value, interval, 3)
        };
        let scored =
            self.model_forecaster().scores.horizons.iter().zip(&self.model_forecaster().intervals);
        let rows: Vec<_> = scored
            .map(|((horizon, at), intervals)| {
                let by = intervals.by_account;
                vec![
                    horizon.to_string(),
                    shown(at.auc, by.auc),
                    shown(at.average_precision, by.average_precision),
                    shown(at.observed_over_expected, by.observed_over_expected),
                ]
            })
            .collect();
        table(
            "The model with intervals by whole accounts instead of blocks of time",
            &["horizon", "AUC", "average precision", "observed / expected"],
            &rows,
        )
    }

    fn whole_table(&self) -> Markup {
        let row = |forecaster: &ForecasterScores| {
            let scores = &forecaster.scores;
            vec![
                display_name(forecaster.name).to_owned(),
                format_figure(scores.antolini_c, 3),
                format_figure(scores.uno_c, 3),
                format_estimate(scores.ibs, forecaster.ibs_interval, 4),
                format_estimate(scores.rcll, forecaster.rcll_interval, 3),
                format_figure(scores.d_calibration_p, 3),
            ]
        };
        let rows: Vec<_> = self.backtest.forecasters.iter().map(row).collect();
        table(
            "Scores of whole curves, to 30 days (IBS: integrated Brier score; RCLL: log loss of all three outcomes)",
            &["forecast", "Antolini C", "Uno C", "IBS", "RCLL", "D-calibration p"],
            &rows,
        )
    }
}
