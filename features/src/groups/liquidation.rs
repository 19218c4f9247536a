//! Whether a liquidation pays its liquidator, and whether the protocol's rules permit it.

use plimsoll_lending::{AssetAmount, CloseFactorInput, CollateralSale};

use super::feature::Feature;
use crate::account_view::AccountView;
use crate::market::liquidation_terms::halt_hours;

/// The group's features.
pub(crate) const FEATURES: [Feature; 4] = [
    Feature::new(
        "log_liquidator_margin_over_gas",
        "ln",
        "ln(max(G, 0.0001 USD) / C); G: the largest profit of one liquidation before gas, with the account's largest debt and its largest enabled collateral: bonus net of the protocol's share on the debt repaid, less what a sale of the collateral received loses, as in selling_cost, in the best pool, or 0 where no pool is known or the two assets are one, and at least a fifth of G without that loss, as a liquidator with an inventory need not sell at once; repaid at most what the close factor permits, by the rule for an account just below the threshold where HF >= 1 (Aave v3: half of the whole debt, all of it at HF <= 0.95, never less than what a smaller account in proportion permits; Maker and Morpho Blue: the whole debt; Maker's bonus: its penalty); C: liquidation gas cost as in log_liquidation_gas_cost_usd. Never falls as debts and collateral grow in proportion. NaN where the bonus is 0 or not known.",
    ),
    Feature::new(
        "log_liquidation_gas_cost_usd",
        "ln USD",
        "ln of the cost of a liquidation transaction, 0.0001 USD at least: gas (Maker 650,000, Morpho Blue 400,000, others 550,000; typical figures, sale of the collateral included) times the base fee at the last whole hour (20 gwei where no blocks are known), without a priority fee, times the latest published price of WETH or ETH in the market (2,000 USD where it has none).",
    ),
    Feature::new(
        "hours_below_threshold",
        "hours",
        "Hours since ln HF at the protocol's price was last 0 or more: at a whole hour while open, before or after an update of the account, or when the debt was opened; 0 if it is now.",
    ),
    Feature::new(
        "liquidation_blocked_hours",
        "hours",
        "Hours until the protocol's rules permit liquidating the account: the least over its enabled collateral, or that over its debts if it is more, of the time until a reserve's grace period ends (Aave 3.1 and later), or that until the sentinel of an L2's sequencer permits it where HF >= 0.95 (Aave up to 3.6), if it is more; 720 at most, and where a reserve is paused or not active or the sequencer is down, whose end is not known; 0 where permitted. Not known, and taken as permitted: stopped or fully used auctions of Maker (Dog, Clipper).",
    ),
];

/// Share of the profit without slippage that a liquidator makes at least: one with an inventory need
/// not sell at once, nor in the pools that are known.
const PATIENT_SHARE: f64 = 0.2;
/// A smaller profit counts as this, USD.
const MIN_PROFIT_USD: f64 = 1e-4;

/// Writes the group's features.
pub(crate) fn write(view: &AccountView<'_>, row: &mut Vec<f64>) {
    let gas_usd = view.market.liquidation_gas_cost_usd(view.time_s);
    let profit_usd = profit_usd(view);
    // Unlike `f64::max`, NaN stays NaN.
    let profit_usd = if profit_usd < MIN_PROFIT_USD { MIN_PROFIT_USD } else { profit_usd };
    row.push((profit_usd / gas_usd).ln());
    row.push(gas_usd.ln());
    row.push(view.state.health_history.hours_below_threshold(view.log_health, view.time_s));
    row.push(halt_hours(view.halt, view.time_s));
}

/// The largest profit of one liquidation before gas, USD; NaN where no bonus is known.
fn profit_usd(view: &AccountView<'_>) -> f64 {
    let is_enabled =
        |held: &&AssetAmount| view.reserves[held.asset.index()].liquidation_threshold > 0.0;
    let collateral = largest(view.account.collateral.iter().filter(is_enabled), view.prices);
    let debt = largest(view.account.debt.iter(), view.prices);
    let (Some((collateral, collateral_usd)), Some((debt, debt_usd))) = (collateral, debt) else {
        return 0.0;
    };
    let seized = &view.reserves[collateral];
    if seized.liquidation_bonus <= 0.0 {
        return f64::NAN;
    }
    let call = CloseFactorInput {
        health_factor: view.log_health.exp(),
        account_debt_usd: view.debt_usd,
        debt_usd,
        collateral_usd,
        liquidation_bonus: seized.liquidation_bonus,
    };
    let kept = 1.0 - seized.liquidation_protocol_fee;
    let sale = CollateralSale {
        max_repaid_usd: view.reserves[debt].close_factor.repayable_once_unhealthy_usd(&call),
        received_per_usd: 1.0 + seized.liquidation_bonus * kept,
    };
    if collateral == debt {
        return sale.max_profit_usd(&[]);
    }
    let price_usd = view.prices[collateral];
    let at_once = view.market.liquidation_profit_usd(&sale, collateral, price_usd, view.time_s);
    at_once.max(PATIENT_SHARE * sale.max_profit_usd(&[]))
}

/// The index and value, USD, of the largest amount; the first of equals.
fn largest<'a>(
    amounts: impl Iterator<Item = &'a AssetAmount>,
    prices: &[f64],
) -> Option<(usize, f64)> {
    let valued = amounts.map(|amount| (amount.asset.index(), amount.value_usd(prices)));
    valued.reduce(|best, next| if next.1 > best.1 { next } else { best })
}
