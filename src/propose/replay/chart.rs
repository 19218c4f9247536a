//! Chart of a replay's thresholds.

use plimsoll_govern::{HourlyThreshold, Replay, ReplayStep};
use plimsoll_report::{
    Axis, Chart, Colour, Scale, Series, Shape, days_from_1970, format_month, format_percent_whole,
};

const SIZE: (u32, u32) = (1_000, 460);
/// Lower values are drawn at this level: no vote would follow them so far.
const MIN_SHARE: f64 = 0.40;
/// Margin above and below, a fraction.
const MARGIN: f64 = 0.02;

/// The first collateral's thresholds by time: hourly, at each step, and in force.
pub(super) fn svg(replay: &Replay) -> anyhow::Result<String> {
    let Some(first) = replay.steps.first() else { anyhow::bail!("the span contains no step") };
    let asset = &first.recommendation.asset;
    let steps: Vec<_> =
        replay.steps.iter().filter(|step| step.recommendation.asset == *asset).collect();
    let hours: Vec<_> = replay.hours.iter().filter(|hour| hour.asset == *asset).collect();
    let hour =
        |h: &&HourlyThreshold| (days_from_1970(h.time_s), share(h.threshold_bps).max(MIN_SHARE));
    let hourly: Vec<_> = hours.iter().map(hour).collect();
    let line = step_series(&steps, |step| step.recommendation.implied.liquidation_threshold_bps);
    let fixed = step_series(&steps, |step| step.fixed.liquidation_threshold_bps);
    let all = hourly.iter().chain(&line).chain(&fixed);
    let (lowest, highest) = all.fold((1.0, 0.0), |(low, high): (f64, f64), (_, share)| {
        (low.min(*share), high.max(*share))
    });
    let series = vec![
        Series { name: "by the hour", colour: Colour::Model, shape: Shape::FaintLine(hourly) },
        Series { name: "line", colour: Colour::Model, shape: Shape::Line(line) },
        Series { name: "in force", colour: Colour::Observed, shape: Shape::Line(fixed) },
    ];
    let chart = Chart {
        id: "line".to_owned(),
        title: format!("{asset} in {}: liquidation threshold", replay.market),
        x: Axis {
            name: "month".to_owned(),
            scale: Scale::Months,
            from: days_from_1970(first.recommendation.as_of.timestamp()),
            to: hours.last().map_or(f64::NAN, |hour| days_from_1970(hour.time_s)),
            label: format_month,
        },
        y: Axis {
            name: "threshold".to_owned(),
            scale: Scale::Linear,
            from: (lowest - MARGIN).max(0.0),
            to: highest + MARGIN,
            label: format_percent_whole,
        },
        series,
    };
    Ok(with_legend(&chart.standalone(SIZE)?, &chart))
}

/// Adds a legend below the chart's highest point.
fn with_legend(svg: &str, chart: &Chart) -> String {
    let mut legend = String::new();
    for (index, series) in chart.series.iter().enumerate() {
        let (x, colour) = (110 + 190 * index, series.colour.hex());
        let opacity = if matches!(series.shape, Shape::FaintLine(_)) { 0.5 } else { 1.0 };
        let name = series.name;
        legend.push_str(&format!(
            "<g fill=\"{colour}\" fill-opacity=\"{opacity}\"><rect x=\"{x}\" y=\"370\" \
             width=\"24\" height=\"4\"/><text x=\"{}\" y=\"378\" font-family=\"sans-serif\" \
             font-size=\"16\">{name}</text></g>",
            x + 32
        ));
    }
    svg.replacen("</svg>", &format!("{legend}</svg>"), 1)
}

fn step_series(
    steps: &[&ReplayStep],
    threshold_bps: impl Fn(&ReplayStep) -> u16,
) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for step in steps {
        let at = days_from_1970(step.recommendation.as_of.timestamp());
        points.extend(points.last().map(|(_, before)| (at, *before)));
        points.push((at, share(threshold_bps(step))));
    }
    points
}

fn share(bps: u16) -> f64 {
    f64::from(bps) / 10_000.0
}
