//! Positions that are stuck below the threshold, apart from the rankings.

use maud::{Markup, html};
use plimsoll_report::{
    Column, format_count, format_health_factor, format_usd, linked_section, table_with_columns,
};

use crate::page::accounts::short_owner;
use crate::page::links;
use crate::state::liquidation_outlook::format_hours;
use crate::state::market_state::MarketState;
use crate::state::scored_account::ScoredAccount;

/// The section's id and heading.
pub(crate) const ID: &str = "stuck";
pub(crate) const HEADING: &str = "Stuck below the threshold";
/// Maximum number of positions shown.
const MAX_SHOWN: usize = 50;

const HEAD: [Column<'_>; 5] = [
    Column::Text("account"),
    Column::Numeric("health factor"),
    Column::Numeric("debt"),
    Column::Numeric("below for"),
    Column::Text("why it might not be taken"),
];

pub(crate) fn section(market: &MarketState) -> Markup {
    let count = market.stuck().len();
    if count == 0 {
        let none = "No position has been liquidatable for a day or more.";
        return linked_section(ID, HEADING, none, &html! {});
    }
    let rows: Vec<_> = market.stuck().take(MAX_SHOWN).map(row).collect();
    let content = html! {
        (table_with_columns("Stuck positions, most debt first", &HEAD, &rows))
        p.more {
            (format_count(rows.len())) " of " (format_count(count)) " stuck positions, with a debt of "
            (format_usd(market.risk().stuck.debt_usd))
        }
    };
    let lead = "Their health factor has been below 1 for a day or more, and nobody has liquidated \
                them: that does not pay, is blocked, or their data is suspect. No other table, total \
                or chart of this page contains them.";
    linked_section(ID, HEADING, lead, &content)
}

fn row(account: &ScoredAccount) -> Vec<Markup> {
    let ScoredAccount { id, valued, score, .. } = account;
    let outlook = score.as_ref().map(|score| &score.outlook);
    let below =
        outlook.map_or_else(String::new, |outlook| format_hours(outlook.hours_below_threshold));
    let reasons = outlook.into_iter().flat_map(|outlook| &outlook.obstacles);
    let reasons: Vec<String> = reasons.map(ToString::to_string).collect();
    let finite = Some(valued.health_factor).filter(|factor| factor.is_finite());
    vec![
        html! { a href=(links::account(id)) title=(id) { (short_owner(id)) } },
        html! { (format_health_factor(finite)) },
        html! { (format_usd(valued.debt_usd)) },
        html! { (below) },
        html! { span.sentence { (reasons.join("; ")) } },
    ]
}
