//! Alerts that were sent.

use maud::{Markup, html};
use plimsoll_report::{Column, format_count, format_time, linked_section, table_with_columns};

use crate::error::ServeError;
use crate::page::accounts::short_owner;
use crate::page::links;
use crate::state::market_state::MarketState;
use crate::state::page_data::alert_summary::AlertSummary;
use crate::state::server_snapshot::ServerSnapshot;

const ID: &str = "alerts";
const HEADING: &str = "Alerts sent";
/// Maximum number of alerts shown.
const MAX_SHOWN: usize = 25;
const HEAD: [Column<'_>; 5] = [
    Column::Text("created"),
    Column::Text("account"),
    Column::Text("alert"),
    Column::Text("text"),
    Column::Text("delivery"),
];

pub(crate) fn section(
    snapshot: &ServerSnapshot,
    market: &MarketState,
) -> Result<Markup, ServeError> {
    let Some(ledger) = &snapshot.page_data().alerts else {
        return Ok(linked_section(ID, HEADING, "This server sends no alerts.", &html! {}));
    };
    let alerts = ledger.latest()?;
    // Alerts of an older version name their account without its chain.
    let is_own = |account: &str| {
        let (markets, _) = snapshot.find_accounts(account);
        markets.iter().all(|m| m.name() == market.name()) && !markets.is_empty()
    };
    let own: Vec<_> = alerts.iter().filter(|alert| is_own(&alert.account)).collect();
    if own.is_empty() {
        let none = "No alert was sent to an account of this market yet.";
        return Ok(linked_section(ID, HEADING, none, &html! {}));
    }
    let rows: Vec<_> = own.iter().take(MAX_SHOWN).map(|alert| row(alert)).collect();
    let content = html! {
        (table_with_columns("Alerts, the latest first", &HEAD, &rows))
        p.more { (format_count(rows.len())) " of " (format_count(own.len())) " alerts" }
    };
    Ok(linked_section(
        ID,
        HEADING,
        "Alerts to owners, when they were created, and whether they were delivered.",
        &content,
    ))
}

fn row(alert: &AlertSummary) -> Vec<Markup> {
    let AlertSummary { created_at, account, kind, text, status } = alert;
    vec![
        html! { (format_time(*created_at)) },
        html! { a href=(links::account(account)) title=(account) { (short_owner(account)) } },
        html! { (kind) },
        html! { span.sentence { (text) } },
        html! { (status) },
    ]
}
