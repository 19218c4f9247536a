//! Risk now: what is owed, what secures it, and how much of it is expected to be liquidated.

use maud::{Markup, html};
use plimsoll_features::HORIZONS;

use crate::ServerSnapshot;
use crate::format::{
    format_count, format_day, format_fixed, format_percent, format_usd, format_usd_short,
};
use crate::html::{linked_section, table, tile_list};
use crate::market_state::MarketState;
use crate::risk::{COLLATERAL_DROPS, ExpectedLiquidations, MarketRisk};

/// The horizons that are shown, as [`HORIZONS`] calls them, and in words.
const SHOWN_HORIZONS: [(&str, &str); 3] =
    [("24h", "24 hours"), ("7d", "7 days"), ("30d", "30 days")];

pub(super) fn section(state: &ServerSnapshot, market: &MarketState) -> Markup {
    let risk = market.risk();
    let content = html! {
        (tile_list(&headline_tiles(market, risk)))
        div.pair {
            (table(
                "Expected liquidations",
                &["within", "accounts", "debt", "share of debt"],
                &SHOWN_HORIZONS.map(|(name, words)| expected_row(risk, name, words)),
            ))
            (table(
                "Debt close to liquidation",
                &["fall of all collateral", "debt", "share of debt"],
                &near_liquidation_rows(risk),
            ))
        }
        (model_description(state, risk))
    };
    let lead = "Expected are the sum of all open accounts' probabilities, and of each probability \
                times the account's debt. An account is open with at least a dollar of debt and of \
                collateral that secures it.";
    linked_section("now", "Risk now", lead, &content)
}

fn headline_tiles(market: &MarketState, risk: &MarketRisk) -> [[String; 3]; 6] {
    let at = |name: &str| expected_within(risk, name);
    let expected = |name: &str, words: &str| {
        let ExpectedLiquidations { accounts, debt_usd } = at(name);
        let note = format!("accounts, {} of debt", format_usd_short(debt_usd));
        [format_fixed(accounts, 2), note, format!("expected liquidations within {words}")]
    };
    let owed = |usd_now: f64, name: &str| {
        [format_usd_short(usd_now), format_usd(usd_now), name.to_owned()]
    };
    let open = format!("of {} ever seen", format_count(market.account_count()));
    let close = format!("{} of debt", format_usd_short(risk.near_debt_usd[0]));
    [
        [format_count(market.open_count()), open, "open accounts".to_owned()],
        owed(risk.debt_usd, "debt of open accounts"),
        owed(risk.collateral_usd, "collateral of open accounts"),
        expected("24h", "24 hours"),
        expected("7d", "7 days"),
        [
            format_percent(risk.share_of_debt(risk.near_debt_usd[0])),
            close,
            format!("of debt within {:.0} % of liquidation", 100.0 * COLLATERAL_DROPS[0]),
        ],
    ]
}

fn expected_within(risk: &MarketRisk, name: &str) -> ExpectedLiquidations {
    let place = HORIZONS.iter().position(|(horizon, _)| *horizon == name);
    risk.expected[place.expect("it is a horizon")]
}

fn expected_row(risk: &MarketRisk, name: &str, words: &str) -> Vec<String> {
    let ExpectedLiquidations { accounts, debt_usd } = expected_within(risk, name);
    vec![
        words.to_owned(),
        format_fixed(accounts, 2),
        format_usd(debt_usd),
        format_percent(risk.share_of_debt(debt_usd)),
    ]
}

fn near_liquidation_rows(risk: &MarketRisk) -> Vec<Vec<String>> {
    let row = |(fall, debt_usd): (f64, f64)| {
        vec![
            format!("{:.0} %", 100.0 * fall),
            format_usd(debt_usd),
            format_percent(risk.share_of_debt(debt_usd)),
        ]
    };
    COLLATERAL_DROPS.into_iter().zip(risk.near_debt_usd).map(row).collect()
}

fn model_description(state: &ServerSnapshot, risk: &MarketRisk) -> Markup {
    let manifest = state.model().manifest();
    let training = &manifest.training;
    html! {
        p {
            "By the model of Plimsoll " (manifest.version) ", trained on "
            (format_count(training.rows)) " landmarks of " (format_count(training.accounts)) " accounts from "
            (format_day(training.from)) " until " (format_day(training.until)) "; nothing later was used. "
            @match risk.out_of_range_accounts {
                0 => { "No open account stands outside of what it learnt from." }
                1 => { "One open account stands outside of what it learnt from, and is flagged." }
                many => {
                    (format_count(many)) " open accounts stand outside of what it learnt from, and are flagged."
                }
            }
        }
    }
}
