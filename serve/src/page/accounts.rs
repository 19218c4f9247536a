//! Accounts at risk, those with most debt at risk first.

use std::ops::Range;

use maud::{Markup, html};
use plimsoll_model::{Model, ModelError};

use super::frame::Frame;
use super::{drivers, market};
use crate::html::{Column, part, table_of};
use crate::market_state::{MarketState, ScoredAccount};
use crate::risk::debt_at_risk_usd;
use crate::words::{count, health, interval, share, usd};
use crate::{DriversByHorizon, Probability, ServeError, ServeState, links};

/// Accounts on a market's page.
const FIRST: usize = 25;
/// Accounts on each page of all.
const PER_PAGE: usize = 100;
/// Longest owner that is shown whole; an address loses its middle.
const OWNER: usize = 14;

const HEAD: [Column<'_>; 9] = [
    Column::Words("account"),
    Column::Figures("health factor"),
    Column::Figures("debt"),
    Column::Figures("collateral"),
    Column::Figures("P(24 h)"),
    Column::Figures("P(7 d)"),
    Column::Figures("debt at risk"),
    Column::Words("main driver"),
    Column::Words("flag"),
];

pub(super) fn section(state: &ServeState, market: &MarketState) -> Result<Markup, ServeError> {
    let shown = 0..FIRST.min(market.open());
    let content = html! {
        (accounts(state.model(), market, shown.clone())?)
        p.more {
            (count(shown.end)) " of " (count(market.open())) " open accounts. "
            @if shown.end < market.open() {
                a href=(links::accounts(market.name(), 1)) { "All open accounts" }
            }
        }
    };
    let lead = "Debt at risk is the probability of liquidation within 24 hours times the debt, by \
                which accounts are sorted. Beneath each probability stands the interval that should \
                hold it nine times in ten. The main driver raises the 24-hour probability most, \
                compared with the median account of the training span.";
    Ok(part("accounts", "Accounts at risk", lead, &content))
}

/// One page of all open accounts of a market, counted from 1; `None` beyond the last.
///
/// # Errors
/// [`ServeError::Model`] if the model fails.
pub(crate) fn accounts_page(
    state: &ServeState,
    market: &MarketState,
    page: usize,
) -> Result<Option<Markup>, ServeError> {
    let pages = market.open().div_ceil(PER_PAGE).max(1);
    if page == 0 || page > pages {
        return Ok(None);
    }
    let from = (page - 1) * PER_PAGE;
    let shown = from..(from + PER_PAGE).min(market.open());
    let content = html! {
        (market::title(market))
        section #open-accounts {
            h2 { "Open accounts, most debt at risk first" }
            p { a href={ (links::market(market.name())) "#accounts" } { "Back to the market" } }
            (accounts(state.model(), market, shown.clone())?)
            nav.more aria-label="Pages" {
                @if page > 1 {
                    a rel="prev" href=(links::accounts(market.name(), page - 1)) { "Previous" } " "
                }
                (count((shown.start + 1).min(shown.end))) " to " (count(shown.end)) " of "
                (count(market.open())) " "
                @if page < pages {
                    a rel="next" href=(links::accounts(market.name(), page + 1)) { "Next" }
                }
            }
        }
    };
    let title = format!("{}, open accounts", market.name());
    Ok(Some(Frame { title: &title, market: Some(market.name()) }.around(state, &content)))
}

fn accounts(
    model: &Model,
    market: &MarketState,
    shown: Range<usize>,
) -> Result<Markup, ModelError> {
    let ranked = market.ranked().skip(shown.start).take(shown.len());
    let rows: Vec<_> = ranked.map(|account| row(model, account)).collect::<Result<_, _>>()?;
    Ok(table_of("Open accounts, most debt at risk first", &HEAD, &rows))
}

fn row(model: &Model, account: &ScoredAccount) -> Result<Vec<Markup>, ModelError> {
    let ScoredAccount { id, valued, probabilities } = account;
    let p = probabilities.unwrap_or_default();
    let driver = match valued.features() {
        Some(features) => {
            drivers::main(&DriversByHorizon::of(&model.attribute(features.into())?).one_day)
        }
        None => None,
    };
    let finite = Some(valued.health_factor).filter(|factor| factor.is_finite());
    Ok(vec![
        html! { a href=(links::account(id)) title=(id) { (short(id)) } },
        html! { (health(finite)) },
        html! { (usd(valued.debt_usd)) },
        html! { (usd(valued.collateral_usd)) },
        probability(&p.one_day),
        probability(&p.seven_days),
        html! { (usd(debt_at_risk_usd(account))) },
        html! { (driver.unwrap_or("none")) },
        html! { @if p.out_of_range { span.flag { "out of range" } } },
    ])
}

fn probability(p: &Probability) -> Markup {
    html! { (share(p.liquidated)) br; small { (interval(p.lower, p.upper)) } }
}

/// The owner's part of an id, which a market's page need not repeat.
pub(super) fn short(id: &str) -> String {
    let owner = id.splitn(3, '/').last().unwrap_or(id);
    let letters: Vec<char> = owner.chars().collect();
    if letters.len() <= OWNER {
        return owner.to_owned();
    }
    let (start, end) = (&letters[..6], &letters[letters.len() - 4..]);
    format!("{}…{}", start.iter().collect::<String>(), end.iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_loses_its_middle_and_a_vault_nothing() {
        assert_eq!(short("maker/eth-b/15967"), "15967");
        let address = "aave-v3/core/0x00000000000000000000000000000000000abc12";
        assert_eq!(short(address), "0x0000…bc12");
        assert_eq!(short("a/b/ééééééééééééééé"), "éééééé…éééé");
    }
}
