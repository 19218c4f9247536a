//! Alerts that were sent.

use maud::{Markup, html};

use super::accounts::short;
use crate::exhibits::ShownAlert;
use crate::html::{Column, part, table_of};
use crate::market_state::MarketState;
use crate::words::{count, time};
use crate::{ServeError, ServeState, links};

const ID: &str = "alerts";
const HEADING: &str = "Alerts sent";
/// Alerts that are shown.
const SHOWN: usize = 25;
const HEAD: [Column<'_>; 5] = [
    Column::Words("made"),
    Column::Words("account"),
    Column::Words("alert"),
    Column::Words("what it says"),
    Column::Words("delivery"),
];

pub(super) fn section(state: &ServeState, market: &MarketState) -> Result<Markup, ServeError> {
    let Some(ledger) = &state.exhibits().alerts else {
        return Ok(part(ID, HEADING, "This server sends no alerts.", &html! {}));
    };
    let alerts = ledger.latest()?;
    let prefix = format!("{}/", market.name());
    let own: Vec<_> = alerts.iter().filter(|alert| alert.account.starts_with(&prefix)).collect();
    if own.is_empty() {
        let none = "No alert was sent to an account of this market yet.";
        return Ok(part(ID, HEADING, none, &html! {}));
    }
    let rows: Vec<_> = own.iter().take(SHOWN).map(|alert| row(alert)).collect();
    let content = html! {
        (table_of("Alerts, the latest first", &HEAD, &rows))
        p.more { (count(rows.len())) " of " (count(own.len())) " alerts" }
    };
    Ok(part(ID, HEADING, "What owners were told, when, and whether it reached them.", &content))
}

fn row(alert: &ShownAlert) -> Vec<Markup> {
    let ShownAlert { created_at, account, kind, text, status } = alert;
    vec![
        html! { (time(*created_at)) },
        html! { a href=(links::account(account)) title=(account) { (short(account)) } },
        html! { (kind) },
        html! { span.sentence { (text) } },
        html! { (status) },
    ]
}
