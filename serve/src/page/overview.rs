//! Overview of all markets, if there are several.

use maud::{Markup, html};
use plimsoll_lake::Horizon;
use plimsoll_report::{
    Column, format_count, format_fixed, format_time, format_usd, linked_section, table_with_columns,
};

use crate::page::frame::Frame;
use crate::page::links;
use crate::state::market_state::MarketState;
use crate::state::server_snapshot::ServerSnapshot;

const HEAD: [Column<'_>; 9] = [
    Column::Text("market"),
    Column::Text("as of"),
    Column::Numeric("open accounts"),
    Column::Numeric("liquidatable now"),
    Column::Numeric("stuck"),
    Column::Numeric("debt"),
    Column::Numeric("collateral"),
    Column::Numeric("expected liquidations, 24 h"),
    Column::Numeric("their debt"),
];

/// The page of all markets.
pub(crate) fn overview_page(snapshot: &ServerSnapshot) -> Markup {
    let rows: Vec<_> = snapshot.markets().map(row).collect();
    let lead = "Each market's page shows the accounts at risk, their distance to liquidation, and proposals.";
    let content = html! {
        h1 { "Markets" }
        (linked_section("markets", "Risk now", lead, &table_with_columns("Markets", &HEAD, &rows)))
    };
    Frame { title: "Markets", market: None }.render(snapshot, &content)
}

fn row(market: &MarketState) -> Vec<Markup> {
    let risk = market.risk();
    let next_day = risk.expected_within(Horizon::Hours24);
    vec![
        html! { a href=(links::market(market.name())) { (market.name()) } },
        html! { (format_time(market.as_of())) },
        html! { (format_count(market.open_count())) },
        html! { (format_count(risk.liquidatable.accounts)) },
        html! { (format_count(risk.stuck.accounts)) },
        html! { (format_usd(risk.debt_usd)) },
        html! { (format_usd(risk.collateral_usd)) },
        html! { (format_fixed(next_day.accounts, 2)) },
        html! { (format_usd(next_day.debt_usd)) },
    ]
}
