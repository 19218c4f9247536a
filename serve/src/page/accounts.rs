//! Tables of open accounts, in descending order of debt at risk.

use std::ops::Range;

use maud::{Markup, html};
use plimsoll_model::{Model, ModelError, market_of_account};
use plimsoll_report::{
    Column, format_count, format_health_factor, format_interval, format_percent, format_usd,
    linked_section, table_with_columns,
};

use crate::error::ServeError;
use crate::page::frame::{Frame, market_title};
use crate::page::state::state_flag;
use crate::page::{drivers, links};
use crate::state::drivers::DriversByHorizon;
use crate::state::market_risk::debt_at_risk_usd;
use crate::state::market_state::MarketState;
use crate::state::probabilities::HorizonProbability;
use crate::state::scored_account::ScoredAccount;
use crate::state::server_snapshot::ServerSnapshot;

/// Number of accounts on a market's page.
const MAX_ON_MARKET_PAGE: usize = 25;
/// Number of accounts on each page of the full list.
const PER_PAGE: usize = 100;
/// Length up to which an owner is shown in full; longer ones are shortened in the middle.
const MAX_OWNER_CHARS: usize = 14;

const HEAD: [Column<'_>; 9] = [
    Column::Text("account"),
    Column::Numeric("health factor"),
    Column::Numeric("debt"),
    Column::Numeric("collateral"),
    Column::Numeric("P(24 h)"),
    Column::Numeric("P(7 d)"),
    Column::Numeric("debt at risk"),
    Column::Text("main driver"),
    Column::Text("flag"),
];

pub(crate) fn section(
    snapshot: &ServerSnapshot,
    market: &MarketState,
) -> Result<Markup, ServeError> {
    let shown = 0..MAX_ON_MARKET_PAGE.min(market.open_count());
    let content = html! {
        (accounts_table(snapshot.model(), market, shown.clone())?)
        p.more {
            (format_count(shown.end)) " of " (format_count(market.open_count())) " open accounts. "
            @if shown.end < market.open_count() {
                a href=(links::accounts(market.name(), 1)) { "All open accounts" }
            }
        }
    };
    let lead = "Debt at risk is the probability of liquidation within 24 hours times the debt; \
                accounts are sorted by it. Below each probability is its 90 % interval. The main \
                driver is the one that raises the 24-hour probability most, compared with the \
                median account of the training data. Positions that are stuck below the threshold \
                have a table of their own.";
    Ok(linked_section("accounts", "Accounts at risk", lead, &content))
}

/// One page of all open accounts of a market, counted from 1; `None` past the last page.
///
/// # Errors
/// [`ServeError::Model`] if the model fails.
pub(crate) fn accounts_page(
    snapshot: &ServerSnapshot,
    market: &MarketState,
    page: usize,
) -> Result<Option<Markup>, ServeError> {
    let pages = market.open_count().div_ceil(PER_PAGE).max(1);
    if page == 0 || page > pages {
        return Ok(None);
    }
    let from = (page - 1) * PER_PAGE;
    let shown = from..(from + PER_PAGE).min(market.open_count());
    let content = html! {
        (market_title(market))
        section #open-accounts {
            h2 { "Open accounts, most debt at risk first" }
            p { a href={ (links::market(market.name())) "#accounts" } { "Back to the market" } }
            (accounts_table(snapshot.model(), market, shown.clone())?)
            nav.more aria-label="Pages" {
                @if page > 1 {
                    a rel="prev" href=(links::accounts(market.name(), page - 1)) { "Previous" } " "
                }
                (format_count((shown.start + 1).min(shown.end))) " to " (format_count(shown.end)) " of "
                (format_count(market.open_count())) " "
                @if page < pages {
                    a rel="next" href=(links::accounts(market.name(), page + 1)) { "Next" }
                }
            }
        }
    };
    let title = format!("{}, open accounts", market.name());
    Ok(Some(Frame { title: &title, market: Some(market.name()) }.render(snapshot, &content)))
}

fn accounts_table(
    model: &Model,
    market: &MarketState,
    shown: Range<usize>,
) -> Result<Markup, ModelError> {
    let ranked = market.ranked().skip(shown.start).take(shown.len());
    let rows: Vec<_> = ranked.map(|account| row(model, account)).collect::<Result<_, _>>()?;
    Ok(table_with_columns("Open accounts, most debt at risk first", &HEAD, &rows))
}

fn row(model: &Model, account: &ScoredAccount) -> Result<Vec<Markup>, ModelError> {
    let ScoredAccount { id, valued, .. } = account;
    let p = account.probabilities().copied().unwrap_or_default();
    let attributions = account.attributions(model)?;
    let driver = attributions
        .and_then(|all| drivers::main_driver(&DriversByHorizon::from_attributions(all).one_day));
    let finite = Some(valued.health_factor).filter(|factor| factor.is_finite());
    Ok(vec![
        html! { a href=(links::account(id)) title=(id) { (short_owner(id)) } },
        html! { (format_health_factor(finite)) },
        html! { (format_usd(valued.debt_usd)) },
        html! { (format_usd(valued.collateral_usd)) },
        probability_cell(&p.one_day),
        probability_cell(&p.seven_days),
        html! { (format_usd(debt_at_risk_usd(account))) },
        html! { (driver.unwrap_or("none")) },
        html! {
            (state_flag(account.state()))
            @if p.out_of_range { " " span.flag { "out of range" } }
            @if p.cold_start { " " span.flag { "cold start" } }
        },
    ])
}

fn probability_cell(p: &HorizonProbability) -> Markup {
    html! { (format_percent(p.liquidated)) br; small { (format_interval(p.lower, p.upper)) } }
}

/// The owner part of an id, shortened if it is long.
pub(crate) fn short_owner(id: &str) -> String {
    let owner = id.strip_prefix(market_of_account(id)).unwrap_or(id).trim_start_matches('/');
    let letters: Vec<char> = owner.chars().collect();
    if letters.len() <= MAX_OWNER_CHARS {
        return owner.to_owned();
    }
    let (start, end) = (&letters[..6], &letters[letters.len() - 4..]);
    format!("{}…{}", start.iter().collect::<String>(), end.iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_owner_is_shortened_in_the_middle() {
        assert_eq!(short_owner("ethereum/maker/eth-b/15967"), "15967");
        let address = "base/aave-v3/core/0x00000000000000000000000000000000000abc12";
        assert_eq!(short_owner(address), "0x0000…bc12");
        assert_eq!(short_owner("c/a/b/ééééééééééééééé"), "éééééé…éééé");
    }
}
