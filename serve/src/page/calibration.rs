//! Did as many come true as were expected? From a backtest, if one was given.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use crate::calibration::{CALIBRATION_LEAD, calibration_figure};
use crate::format::{format_count, format_day};
use crate::html::{chart_grid, linked_section};
use crate::{Report, ServeError, ServerSnapshot};

const ID: &str = "calibration";
const HEADING: &str = "Did as many come true as were expected?";
/// The horizons that are shown.
const SHOWN_HORIZONS: [&str; 3] = ["24h", "7d", "30d"];

pub(super) fn section(state: &ServerSnapshot) -> Result<Markup, ServeError> {
    let Some(report) = &state.page_data().report else { return Ok(absent()) };
    let (model, passage) = (report.curves("model"), report.curves("first_passage"));
    let curves = model.iter().zip(passage);
    // Near the end of what is known nothing was followed for a month.
    let shown = curves.filter(|(model, _)| {
        SHOWN_HORIZONS.contains(&model.horizon.as_str()) && !model.bins.is_empty()
    });
    let figures = shown
        .map(|(model, passage)| calibration_figure(&model.horizon, &model.bins, &passage.bins));
    let figures: Vec<_> = figures.collect::<Result<_, _>>()?;
    let content =
        html! { (chart_grid(&figures)) (origin(report, state.model().manifest().training.until)) };
    Ok(linked_section(ID, HEADING, CALIBRATION_LEAD, &content))
}

fn origin(report: &Report, trained_until: DateTime<Utc>) -> Markup {
    html! {
        p {
            (format_count(report.rows)) " landmarks of " (format_count(report.accounts)) " accounts, "
            (format_count(report.episodes)) " liquidation episodes, from " (format_day(report.from)) " to "
            (format_day(report.to)) ", each forecast by a model that had seen nothing of what followed. "
            @if trained_until > report.from {
                "Those models knew less than the one that is served, which was trained until "
                (format_day(trained_until)) ". "
            }
            "It was done by:"
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
    let lead = "This server was given no backtest to show. These commands judge forecasts of months \
                that their model had not seen, and show how they fared:";
    linked_section(ID, HEADING, lead, &content)
}
