//! Scores by time, and in crash windows.

use maud::{Markup, html};
use plimsoll_model::{WeeklyCounts, WindowScores};

use crate::backtest::report::BacktestReport;
use crate::chart::{Axis, Chart, Colour, Scale, Series, Shape};
use crate::error::ChartError;
use crate::format::{days_from_1970, format_axis_percent, format_figure, format_month};
use crate::html::{chart_grid, figure, section, table};

impl BacktestReport {
    pub(super) fn crash_section(&self) -> Result<Markup, ChartError> {
        let chart = figure(&self.weeks_chart(), Some(&self.weeks_table()))?;
        let lead = "Crash windows are the weeks around the days with the largest shares of liquidated \
                    accounts, named by that day; calm is the rest. Within a single crash, observed over \
                    expected is far from 1 for any honest forecast: it should be right over crashes and \
                    calm together.";
        let content = html! { (chart_grid(&[chart])) (self.window_table()) };
        Ok(section("Crash windows", lead, &content))
    }

    fn window_table(&self) -> Markup {
        let crashes = self.backtest.crashes.iter().chain([&self.backtest.calm]);
        let rows: Vec<_> = crashes.map(|scores| self.window_row(scores)).collect();
        let warned = self.backtest.warnings.rules.iter().filter_map(|[model, ..]| model.threshold);
        let warned: Vec<String> = warned
            .map(|threshold| format!("alarms from {}", format_axis_percent(threshold)))
            .collect();
        let mut head = vec![
            "week around",
            "accounts liquidated that day",
            "episodes",
            "AUC 24 h",
            "first passage",
            "Brier / best constant",
            "O/E 24 h",
            "O/E 7 d",
        ];
        head.extend(warned.iter().map(String::as_str));
        table("The model in crash windows", &head, &rows)
    }

    fn window_row(&self, scores: &WindowScores) -> Vec<String> {
        let relative = scores.day.brier.zip(scores.day.brier_constant);
        let relative =
            relative.and_then(|(own, constant)| (constant > 0.0).then(|| own / constant));
        let crash = scores.crash.as_ref();
        let mut row = vec![
            crash.map_or("calm".to_owned(), |crash| crash.name.clone()),
            crash.map_or(String::new(), |crash| {
                format!("{} of {}", crash.liquidated_on_worst_day, crash.accounts_on_worst_day)
            }),
            scores.episodes.to_string(),
            format_figure(scores.day.auc, 3),
            format_figure(scores.first_passage_day.auc, 3),
            format_figure(relative, 3),
            format_figure(scores.day.observed_over_expected, 2),
            format_figure(scores.week.observed_over_expected, 2),
        ];
        row.extend(scores.warned.iter().map(usize::to_string));
        row
    }

    /// Expected and observed liquidations, as shares of the week's landmarks.
    fn weeks_chart(&self) -> Chart {
        let weeks = &self.backtest.weeks;
        let from_day = |week: &WeeklyCounts| days_from_1970(week.from.timestamp());
        let share = |count: f64, rows: usize| count / rows.max(1) as f64;
        let observed = weeks.iter().map(|week| {
            let from = from_day(week);
            (from, from + 7.0, share(week.positives as f64, week.rows))
        });
        let observed: Vec<_> = observed.collect();
        let expected: Vec<_> = weeks
            .iter()
            .map(|week| (from_day(week) + 3.5, share(week.expected, week.rows)))
            .collect();
        let highest = observed.iter().map(|(_, _, share)| *share);
        let highest = highest.chain(expected.iter().map(|(_, share)| *share)).fold(1e-4, f64::max);
        let ends = (observed.first().map_or(0.0, |w| w.0), observed.last().map_or(7.0, |w| w.1));
        Chart {
            id: "chart-weeks".to_owned(),
            title: "Liquidated within 24 h, share of landmarks by week".to_owned(),
            x: Axis {
                name: String::new(),
                scale: Scale::Months,
                from: ends.0,
                to: ends.1,
                label: format_month,
            },
            y: Axis {
                name: "share".to_owned(),
                scale: Scale::Linear,
                from: 0.0,
                to: highest * 1.05,
                label: |share| format!("{} %", (share * 1e5).round() / 1e3),
            },
            series: vec![
                Series { name: "observed", colour: Colour::Observed, shape: Shape::Bars(observed) },
                Series { name: "model", colour: Colour::Model, shape: Shape::Line(expected) },
            ],
        }
    }

    fn weeks_table(&self) -> Markup {
        let row = |week: &plimsoll_model::WeeklyCounts| {
            vec![
                week.from.format("%F").to_string(),
                week.rows.to_string(),
                week.positives.to_string(),
                format!("{:.1}", week.expected),
            ]
        };
        let rows: Vec<_> = self.backtest.weeks.iter().map(row).collect();
        let head = ["week from", "landmarks", "liquidated within 24 h", "expected"];
        table("Landmarks by week", &head, &rows)
    }
}
