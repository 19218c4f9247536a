//! Debt and collateral that falls of all volatile prices would make liquidatable.

use maud::Markup;
use plimsoll_govern::Sensitivity;
use plimsoll_lending::AssetId;
use plimsoll_report::{
    Axis, Chart, Colour, Scale, Series, Shape, chart_grid, figure, format_count,
    format_percent_whole, format_usd, format_usd_short, linked_section, table,
};

use crate::error::ServeError;
use crate::state::market_state::MarketState;

pub(crate) fn section(market: &MarketState) -> Result<Markup, ServeError> {
    let shocks = market.price_shocks();
    let figure = figure(&chart(shocks), Some(&numbers_table(shocks)))?;
    let stable = stable_assets_phrase(market);
    let lead = format!(
        "All volatile prices fall at once by the same fraction; {stable}. Shown are debt and \
         collateral of the accounts whose health factor is then below 1, at the fallen prices. \
         Owners do not react, and nothing is sold: this is what could be liquidated, not what \
         would be lost."
    );
    Ok(linked_section("falls", "Price falls", &lead, &chart_grid(&[figure])))
}

fn stable_assets_phrase(market: &MarketState) -> String {
    let stable = market.stable_assets();
    let names: Vec<&str> = stable.iter().map(|asset: &AssetId| market.symbol(*asset)).collect();
    match names[..] {
        [] => "no asset here is stable".to_owned(),
        [one] => format!("that of {one} stays"),
        [.., _] => format!("those of {} stay", names.join(", ")),
    }
}

fn chart(shocks: &[Sensitivity]) -> Chart {
    let points = |value: fn(&Sensitivity) -> f64| -> Vec<(f64, f64)> {
        shocks.iter().map(|at| (at.fall, value(at))).collect()
    };
    let ends = shocks.iter().map(|at| at.debt_usd.max(at.collateral_usd));
    Chart {
        id: "chart-falls".to_owned(),
        title: "Liquidatable after a fall of all volatile prices".to_owned(),
        x: Axis {
            name: "fall of prices".to_owned(),
            scale: Scale::Linear,
            from: 0.0,
            to: shocks.last().map_or(1.0, |at| at.fall),
            label: format_percent_whole,
        },
        y: Axis {
            name: String::new(),
            scale: Scale::Linear,
            from: 0.0,
            to: ends.fold(1.0, f64::max) * 1.05,
            label: format_usd_short,
        },
        series: vec![
            Series {
                name: "collateral",
                colour: Colour::Model,
                shape: Shape::Line(points(|at| at.collateral_usd)),
            },
            Series {
                name: "debt",
                colour: Colour::FirstPassage,
                shape: Shape::DottedLine(points(|at| at.debt_usd)),
            },
        ],
    }
}

fn numbers_table(shocks: &[Sensitivity]) -> Markup {
    let row = |at: &Sensitivity| {
        let fall = format_percent_whole(at.fall);
        vec![
            fall,
            format_count(at.accounts),
            format_usd(at.debt_usd),
            format_usd(at.collateral_usd),
        ]
    };
    let rows: Vec<_> = shocks.iter().map(row).collect();
    table("Liquidatable by fall", &["fall", "accounts", "debt", "collateral"], &rows)
}
