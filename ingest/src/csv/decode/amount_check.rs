//! Detection of amounts in smallest units that a mapping reads as tokens.

use std::cell::{Cell, RefCell};

/// Integers from which an amount looks like one in smallest units.
const LARGE_INTEGER: f64 = 1e5;
/// Tokens that exist of no asset: the largest supplies are about 10^15 (SHIB).
const MOST_TOKENS: f64 = 1e15;
/// Supplies that are not exceeded for long, by symbol: tokens, and the symbols of their assets.
const SUPPLIES: [(f64, &[&str]); 3] = [
    (2.1e7, &["BTC", "WBTC", "CBBTC", "TBTC", "LBTC", "BTC.B", "FBTC", "EBTC"]),
    (2e8, &["ETH", "WETH", "STETH", "WSTETH", "RETH", "CBETH", "WEETH", "EZETH", "RSETH", "OSETH"]),
    (1e12, &["DAI", "USDC", "USDT", "USDS", "GHO", "LUSD", "FRAX", "USDE", "PYUSD", "CRVUSD"]),
];

/// The most tokens of an asset that are plausible.
pub(super) fn most_tokens(symbol: &str) -> f64 {
    let upper = symbol.to_ascii_uppercase();
    let listed = SUPPLIES.iter().find(|(_, symbols)| symbols.contains(&upper.as_str()));
    listed.map_or(MOST_TOKENS, |(supply, _)| *supply)
}

/// The amounts of one file that are read as tokens.
#[derive(Debug, Default)]
pub(crate) struct AmountCheck {
    amounts: Cell<u64>,
    large_integers: Cell<u64>,
    has_fraction: Cell<bool>,
    first_excess: RefCell<Option<ExcessAmount>>,
}

/// An amount above its asset's supply.
#[derive(Debug, Clone)]
pub(crate) struct ExcessAmount {
    pub(crate) column: String,
    pub(crate) value: String,
    pub(crate) asset: String,
}

impl AmountCheck {
    /// Counts an amount; returns whether it exceeds the supply of its asset.
    pub(super) fn add(&self, column: &str, text: &str, asset: &str, tokens: f64) -> bool {
        if tokens != 0.0 {
            self.amounts.set(self.amounts.get() + 1);
        }
        if tokens.fract() != 0.0 {
            self.has_fraction.set(true);
        } else if tokens.abs() >= LARGE_INTEGER {
            self.large_integers.set(self.large_integers.get() + 1);
        }
        let exceeds = tokens.abs() > most_tokens(asset);
        let mut first = self.first_excess.borrow_mut();
        if exceeds && first.is_none() {
            let (column, value, asset) = (column.to_owned(), text.to_owned(), asset.to_owned());
            *first = Some(ExcessAmount { column, value, asset });
        }
        exceeds
    }

    /// Whether an amount exceeds its asset's supply.
    pub(crate) fn has_excess(&self) -> bool {
        self.first_excess.borrow().is_some()
    }

    /// The first amount above its supply, if the file's amounts look like smallest units: all are
    /// integers, and half of them are large. Otherwise only the single amount is at fault.
    pub(crate) fn raw_amounts(&self) -> Option<ExcessAmount> {
        let mostly_large = 2 * self.large_integers.get() >= self.amounts.get();
        let excess = self.first_excess.borrow();
        excess.clone().filter(|_| mostly_large && !self.has_fraction.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(amounts: &[(&str, f64)]) -> AmountCheck {
        let check = AmountCheck::default();
        for (asset, tokens) in amounts {
            check.add("amount", &tokens.to_string(), asset, *tokens);
        }
        check
    }

    #[test]
    fn integers_above_a_supply_are_taken_for_smallest_units() {
        let raw = [("ETH", 3.5e17), ("USDC", 1e9), ("USDC", 250_000_000.0)];
        assert_eq!(check(&raw).raw_amounts().expect("raw").asset, "ETH");
        assert!(check(&[("WBTC", 1e8)]).raw_amounts().is_some());
    }

    #[test]
    fn one_erroneous_amount_among_tokens_is_only_that_amount() {
        assert!(check(&[("ETH", 3.5e17), ("ETH", 0.35)]).raw_amounts().is_none());
        assert!(check(&[("ETH", 3.5e17), ("ETH", 1.0), ("ETH", 55.0)]).raw_amounts().is_none());
    }

    #[test]
    fn plausible_amounts_are_not_taken_for_smallest_units() {
        let plausible = [("SHIB", 5e14), ("USDC", 5e9), ("weETH", 1e6), ("WBTC", 1e5)];
        assert!(check(&plausible).raw_amounts().is_none());
    }
}
