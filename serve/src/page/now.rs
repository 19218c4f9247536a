//! Risk now: what is owed, what secures it, and how much of it is expected to be liquidated.

use maud::{Markup, html};
use plimsoll_features::HORIZONS;

use crate::ServeState;
use crate::html::{part, table, tiles};
use crate::market_state::MarketState;
use crate::risk::{Expected, MarketRisk, NEAR};
use crate::words::{count, day, fixed, share, usd, usd_short};

/// The horizons that are shown, as [`HORIZONS`] calls them, and in words.
const SHOWN: [(&str, &str); 3] = [("24h", "24 hours"), ("7d", "7 days"), ("30d", "30 days")];

pub(super) fn section(state: &ServeState, market: &MarketState) -> Markup {
    let risk = market.risk();
    let content = html! {
        (tiles(&headline(market, risk)))
        div.pair {
            (table(
                "Expected liquidations",
                &["within", "accounts", "debt", "share of debt"],
                &SHOWN.map(|(name, words)| expected(risk, name, words)),
            ))
            (table(
                "Debt close to liquidation",
                &["fall of all collateral", "debt", "share of debt"],
                &near(risk),
            ))
        }
        (model(state, risk))
    };
    let lead = "Expected are the sum of all open accounts' probabilities, and of each probability \
                times the account's debt. An account is open with at least a dollar of debt and of \
                collateral that secures it.";
    part("now", "Risk now", lead, &content)
}

fn headline(market: &MarketState, risk: &MarketRisk) -> [[String; 3]; 6] {
    let at = |name: &str| of_horizon(risk, name);
    let expected = |name: &str, words: &str| {
        let Expected { accounts, debt_usd } = at(name);
        let note = format!("accounts, {} of debt", usd_short(debt_usd));
        [fixed(accounts, 2), note, format!("expected liquidations within {words}")]
    };
    let owed = |usd_now: f64, name: &str| [usd_short(usd_now), usd(usd_now), name.to_owned()];
    let open = format!("of {} ever seen", count(market.count()));
    let close = format!("{} of debt", usd_short(risk.near_debt_usd[0]));
    [
        [count(market.open()), open, "open accounts".to_owned()],
        owed(risk.debt_usd, "debt of open accounts"),
        owed(risk.collateral_usd, "collateral of open accounts"),
        expected("24h", "24 hours"),
        expected("7d", "7 days"),
        [
            share(risk.share(risk.near_debt_usd[0])),
            close,
            format!("of debt within {:.0} % of liquidation", 100.0 * NEAR[0]),
        ],
    ]
}

fn of_horizon(risk: &MarketRisk, name: &str) -> Expected {
    let place = HORIZONS.iter().position(|(horizon, _)| *horizon == name);
    risk.expected[place.expect("it is a horizon")]
}

fn expected(risk: &MarketRisk, name: &str, words: &str) -> Vec<String> {
    let Expected { accounts, debt_usd } = of_horizon(risk, name);
    vec![words.to_owned(), fixed(accounts, 2), usd(debt_usd), share(risk.share(debt_usd))]
}

fn near(risk: &MarketRisk) -> Vec<Vec<String>> {
    let row = |(fall, debt_usd): (f64, f64)| {
        vec![format!("{:.0} %", 100.0 * fall), usd(debt_usd), share(risk.share(debt_usd))]
    };
    NEAR.into_iter().zip(risk.near_debt_usd).map(row).collect()
}

fn model(state: &ServeState, risk: &MarketRisk) -> Markup {
    let manifest = state.model().manifest();
    let training = &manifest.training;
    html! {
        p {
            "By the model of Plimsoll " (manifest.version) ", trained on "
            (count(training.rows)) " landmarks of " (count(training.accounts)) " accounts from "
            (day(training.from)) " until " (day(training.until)) "; nothing later was used. "
            @match risk.out_of_range {
                0 => { "No open account stands outside of what it learnt from." }
                1 => { "One open account stands outside of what it learnt from, and is flagged." }
                many => {
                    (count(many)) " open accounts stand outside of what it learnt from, and are flagged."
                }
            }
        }
    }
}
