//! Current risk: debt, collateral, and expected liquidations.

use maud::{Markup, html};
use plimsoll_lake::Horizon;
use plimsoll_report::{
    format_count, format_day, format_fixed, format_horizon, format_percent, format_percent_whole,
    format_usd, format_usd_short, linked_section, table, tile_list,
};

use crate::state::market_risk::{AccountTotals, COLLATERAL_DROPS, HorizonLiquidations, MarketRisk};
use crate::state::market_state::MarketState;
use crate::state::server_snapshot::ServerSnapshot;

/// The horizons shown.
const SHOWN_HORIZONS: [Horizon; 3] = [Horizon::Hours24, Horizon::Days7, Horizon::Days30];

pub(crate) fn section(snapshot: &ServerSnapshot, market: &MarketState) -> Markup {
    let risk = market.risk();
    let content = html! {
        (tile_list(&headline_tiles(market, risk)))
        div.pair {
            (table(
                "Expected liquidations",
                &["within", "accounts", "debt", "share of debt"],
                &SHOWN_HORIZONS.map(|horizon| expected_row(risk, horizon)),
            ))
            (table(
                "Debt close to liquidation",
                &["drop of all collateral", "debt", "share of debt"],
                &near_liquidation_rows(risk),
            ))
        }
        (model_description(snapshot, market, risk))
    };
    let lead = "Expected figures are the sum of all open accounts' probabilities, and of each \
                probability times the account's debt. An account is open with at least a dollar of \
                debt and of collateral that secures it; liquidatable ones are included, and those \
                stuck below the threshold are not.";
    linked_section("now", "Risk now", lead, &content)
}

fn headline_tiles(market: &MarketState, risk: &MarketRisk) -> [[String; 3]; 7] {
    let expected = |horizon: Horizon| {
        let HorizonLiquidations { accounts, debt_usd } = risk.expected_within(horizon);
        let note = format!("accounts, {} of debt", format_usd_short(debt_usd));
        [
            format_fixed(accounts, 2),
            note,
            format!("expected liquidations within {}", format_horizon(horizon)),
        ]
    };
    let amount = |usd: f64, name: &str| [format_usd_short(usd), format_usd(usd), name.to_owned()];
    let open = format!("of {} ever observed", format_count(market.account_count()));
    let close = format!("{} of debt", format_usd_short(risk.near_debt_usd[0]));
    [
        [format_count(market.open_count()), open, "open accounts".to_owned()],
        liquidatable_tile(&risk.liquidatable),
        amount(risk.debt_usd, "debt of open accounts"),
        amount(risk.collateral_usd, "collateral of open accounts"),
        expected(Horizon::Hours24),
        expected(Horizon::Days7),
        [
            format_percent(risk.share_of_debt(risk.near_debt_usd[0])),
            close,
            format!("of debt within {} of liquidation", format_percent_whole(COLLATERAL_DROPS[0])),
        ],
    ]
}

fn liquidatable_tile(totals: &AccountTotals) -> [String; 3] {
    let note = format!("accounts, {} of debt", format_usd_short(totals.debt_usd));
    [format_count(totals.accounts), note, "liquidatable now".to_owned()]
}

fn expected_row(risk: &MarketRisk, horizon: Horizon) -> Vec<String> {
    let HorizonLiquidations { accounts, debt_usd } = risk.expected_within(horizon);
    vec![
        format_horizon(horizon),
        format_fixed(accounts, 2),
        format_usd(debt_usd),
        format_percent(risk.share_of_debt(debt_usd)),
    ]
}

fn near_liquidation_rows(risk: &MarketRisk) -> Vec<Vec<String>> {
    let row = |(drop, debt_usd): (f64, f64)| {
        vec![
            format_percent_whole(drop),
            format_usd(debt_usd),
            format_percent(risk.share_of_debt(debt_usd)),
        ]
    };
    COLLATERAL_DROPS.into_iter().zip(risk.near_debt_usd).map(row).collect()
}

fn model_description(snapshot: &ServerSnapshot, market: &MarketState, risk: &MarketRisk) -> Markup {
    let manifest = snapshot.model().manifest();
    let training = &manifest.training;
    html! {
        p {
            "Model of Plimsoll " (manifest.version) ", trained on "
            (format_count(training.rows)) " landmarks of " (format_count(training.accounts)) " accounts from "
            (format_day(training.from)) " until " (format_day(training.until)) "; no later data was used. "
            @if snapshot.model().is_cold_start(market.name()) {
                span.flag { "cold start" }
                " The model was not trained on this market: its forecasts come from other markets, and \
                 intervals are wider. "
            }
            @match risk.out_of_range_accounts {
                0 => { "No open account lies outside the training domain." }
                1 => { "One open account lies outside the training domain, and is flagged." }
                many => {
                    (format_count(many)) " open accounts lie outside the training domain, and are flagged."
                }
            }
        }
    }
}
