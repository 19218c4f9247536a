//! Calibration of a backtest's forecasts, if one was given.

use chrono::{DateTime, Utc};
use maud::{Markup, html};
use plimsoll_lake::Horizon;
use plimsoll_report::{
    BacktestExcerpt, CALIBRATION_LEAD, calibration_figure, chart_grid, format_count, format_day,
    linked_section,
};

use crate::error::ServeError;
use crate::state::server_snapshot::ServerSnapshot;

const ID: &str = "calibration";
const HEADING: &str = "Calibration";
/// The horizons shown.
const SHOWN_HORIZONS: [Horizon; 3] = [Horizon::Hours24, Horizon::Days7, Horizon::Days30];

pub(crate) fn section(snapshot: &ServerSnapshot) -> Result<Markup, ServeError> {
    let Some(report) = &snapshot.page_data().report else { return Ok(absent()) };
    let (model, first_passage) = (report.curves("model"), report.curves("first_passage"));
    let curves = model.iter().zip(first_passage);
    // At the end of the data no landmark has a follow-up of a month.
    let shown = curves
        .filter(|(model, _)| SHOWN_HORIZONS.contains(&model.horizon) && !model.bins.is_empty());
    let figures = shown.map(|(model, first_passage)| {
        calibration_figure(model.horizon, &model.bins, &first_passage.bins)
    });
    let figures: Vec<_> = figures.collect::<Result<_, _>>()?;
    let content = html! { (chart_grid(&figures)) (origin(report, snapshot.model().manifest().training.until)) };
    Ok(linked_section(ID, HEADING, CALIBRATION_LEAD, &content))
}

fn origin(report: &BacktestExcerpt, trained_until: DateTime<Utc>) -> Markup {
    html! {
        p {
            (format_count(report.rows)) " landmarks of " (format_count(report.accounts)) " accounts, "
            (format_count(report.episodes)) " liquidation episodes, from " (format_day(report.from)) " to "
            (format_day(report.to)) ", each forecast by a model trained only on earlier data. "
            @if trained_until > report.from {
                "Those models were trained on less data than the model served, which was trained until "
                (format_day(trained_until)) ". "
            }
            "Command:"
        }
        pre tabindex="0" { code { (report.command) } }
    }
}

fn absent() -> Markup {
    let content = html! {
        pre tabindex="0" { code {
            "plimsoll backtest --lake LAKE --folds monthly --report REPORT\n"
            "plimsoll serve    --lake LAKE --model MODEL   --report REPORT"
        } }
    };
    let lead = "This server was started without a backtest. These commands evaluate forecasts of months \
                that their model had not seen, and show the results:";
    linked_section(ID, HEADING, lead, &content)
}
