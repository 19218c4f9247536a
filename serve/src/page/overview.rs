//! All markets at a glance, where there are several.

use maud::{Markup, html};

use super::frame::Frame;
use crate::html::{Column, part, table_of};
use crate::market_state::MarketState;
use crate::words::{count, fixed, time, usd};
use crate::{ServeState, links};

const HEAD: [Column<'_>; 7] = [
    Column::Words("market"),
    Column::Words("as of"),
    Column::Figures("open accounts"),
    Column::Figures("debt"),
    Column::Figures("collateral"),
    Column::Figures("expected liquidations, 24 h"),
    Column::Figures("their debt"),
];
/// The place of a day among the horizons.
const DAY: usize = 2;

/// The page of all markets.
pub(crate) fn overview_page(state: &ServeState) -> Markup {
    let rows: Vec<_> = state.markets().map(row).collect();
    let lead = "Each market's page tells who is at risk, how near, and what was proposed.";
    let content = html! {
        h1 { "Markets" }
        (part("markets", "Risk now", lead, &table_of("Markets", &HEAD, &rows)))
    };
    Frame { title: "Markets", market: None }.around(state, &content)
}

fn row(market: &MarketState) -> Vec<Markup> {
    let risk = market.risk();
    vec![
        html! { a href=(links::market(market.name())) { (market.name()) } },
        html! { (time(market.as_of())) },
        html! { (count(market.open())) },
        html! { (usd(risk.debt_usd)) },
        html! { (usd(risk.collateral_usd)) },
        html! { (fixed(risk.expected[DAY].accounts, 2)) },
        html! { (usd(risk.expected[DAY].debt_usd)) },
    ]
}
