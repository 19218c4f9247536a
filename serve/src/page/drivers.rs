//! Attribution of a probability, as a table with bars.

use maud::{Markup, html};
use plimsoll_lake::Horizon;
use plimsoll_report::{Column, format_fixed, format_horizon, table_with_columns};

use crate::state::drivers::Drivers;

/// Half the width of a bar's drawing, in its own units.
const BAR_HALF_WIDTH: f64 = 50.0;

/// The driver that raises the probability most; `None` if none raises it.
pub(crate) fn main_driver(drivers: &Drivers) -> Option<&'static str> {
    let raising = named_parts(drivers).into_iter().filter(|(_, _, part)| *part > 0.0);
    raising.max_by(|(_, _, a), (_, _, b)| a.total_cmp(b)).map(|(name, ..)| name)
}

/// Each driver's name, meaning and part.
fn named_parts(drivers: &Drivers) -> [(&'static str, &'static str, f64); 5] {
    let Drivers { price_distance, volatility, liquidity, behaviour, carry, .. } = *drivers;
    [
        ("price distance", "distance of prices from liquidation", price_distance),
        ("volatility", "volatility of prices", volatility),
        ("liquidity", "market depth, other accounts near liquidation, own size", liquidity),
        ("behaviour", "the owner's past actions and the account's history", behaviour),
        ("carry", "cost of interest", carry),
    ]
}

/// All drivers of the probability within a horizon: the factor by which each multiplies the median account's odds.
pub(crate) fn table(horizon: Horizon, drivers: &Drivers) -> Markup {
    let parts = named_parts(drivers);
    let longest = parts.iter().map(|(_, _, part)| part.abs()).fold(1e-9, f64::max);
    let ends = |name: &str, meaning: &str, log_odds: f64| {
        vec![
            html! { (name) },
            html! { (meaning) },
            html! { (format_odds(log_odds.exp())) },
            html! {},
        ]
    };
    let mut rows =
        vec![ends("median account", "odds of liquidation of the median account", drivers.base)];
    rows.extend(parts.map(|(name, meaning, part)| {
        vec![
            html! { (name) },
            html! { (meaning) },
            html! { "× " (format_factor(part.exp())) },
            driver_bar(part / longest),
        ]
    }));
    rows.push(ends("this account", "product of all: its odds, p / (1 − p)", drivers.log_odds));
    let head = [
        Column::Text("driver"),
        Column::Text("meaning"),
        Column::Numeric("odds"),
        Column::Text("lowers | raises"),
    ];
    table_with_columns(&format!("Within {}", format_horizon(horizon)), &head, &rows)
}

/// Odds, `1 : 81,000`.
fn format_odds(odds: f64) -> String {
    if odds < 1.0 {
        format!("1 : {}", format_factor(1.0 / odds))
    } else {
        format!("{} : 1", format_factor(odds))
    }
}

/// A factor with three significant digits, or all digits of the whole part.
fn format_factor(factor: f64) -> String {
    // A value that rounds up to one more digit already has it.
    let decimals = 2.0 - (1.005 * factor.max(1e-9)).log10().floor();
    format_fixed(factor, decimals.clamp(0.0, 9.0) as usize)
}

/// A bar to the left of the middle if a driver lowers the odds, to the right if it raises them.
fn driver_bar(part: f64) -> Markup {
    let (from, width) =
        (BAR_HALF_WIDTH + BAR_HALF_WIDTH * part.min(0.0), BAR_HALF_WIDTH * part.abs());
    let class = if part > 0.0 { "raises" } else { "lowers" };
    html! {
        svg.bar aria-hidden="true" viewBox={ "0 0 " (2.0 * BAR_HALF_WIDTH) " 10" } {
            rect.(class) x=(format!("{from:.1}")) y="1" width=(format!("{width:.1}")) height="8" {}
            path d={ "M" (BAR_HALF_WIDTH) " 0v10" } {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn main_driver_raises_most() {
        let drivers =
            Drivers { price_distance: 0.4, volatility: 1.2, behaviour: -3.0, ..Drivers::default() };
        assert_eq!(main_driver(&drivers), Some("volatility"));
        assert_eq!(main_driver(&Drivers { behaviour: -3.0, ..Drivers::default() }), None);
    }

    #[test]
    fn odds_have_three_significant_digits() {
        assert_eq!(
            [0.0123, 1.0, 81.45, 1_234.5].map(format_factor),
            ["0.0123", "1.00", "81.5", "1,234"]
        );
        assert_eq!(format_factor(0.9999), "1.00");
        assert_eq!([1e-5, 0.25, 3.0].map(format_odds), ["1 : 100,000", "1 : 4.00", "3.00 : 1"]);
    }
}
