//! The result of a reconciliation.

use std::fmt;

use serde::Serialize;

use super::price_error::PriceError;

/// How far rebuilt accounts agree with the contracts.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Reconciliation {
    /// The block.
    pub block: u64,
    /// Accounts compared.
    pub accounts: u64,
    /// Scaled balances compared with `scaledBalanceOf`.
    pub balances_checked: u64,
    /// The equal ones of these.
    pub balances_equal: u64,
    /// Sums of all accounts' balances compared with `scaledTotalSupply`: no account is missing.
    pub totals_checked: u64,
    /// The equal ones of these.
    pub totals_equal: u64,
    /// Health factors of accounts with debt, compared with `getUserAccountData`.
    pub health_factors_checked: u64,
    /// The largest of their relative errors.
    pub max_health_factor_relative_error: f64,
    /// The error of each asset's price series against the oracle; it is no difference, as a source may
    /// change without a log between two calls.
    pub prices: Vec<PriceError>,
    /// Descriptions of the first differences.
    pub differences: Vec<String>,
}

/// The most differences that are reported.
const MAX_REPORTED_DIFFERENCES: usize = 10;
impl Reconciliation {
    /// Whether nothing differs.
    #[must_use]
    pub const fn agrees(&self) -> bool {
        self.differences.is_empty()
    }

    pub(super) fn add_difference(&mut self, difference: String) {
        if self.differences.len() < MAX_REPORTED_DIFFERENCES {
            self.differences.push(difference);
        }
    }
}

impl fmt::Display for Reconciliation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "at block {}: {} accounts", self.block, self.accounts)?;
        writeln!(
            f,
            "  scaled balances: {} of {} equal",
            self.balances_equal, self.balances_checked
        )?;
        writeln!(f, "  totals: {} of {} equal", self.totals_equal, self.totals_checked)?;
        let (checked, error) = (self.health_factors_checked, self.max_health_factor_relative_error);
        writeln!(f, "  health factors: {checked}, relative error at most {error:.1e}")?;
        for PriceError { asset, samples, missing, max_relative_error, mean_relative_error } in
            &self.prices
        {
            writeln!(
                f,
                "  price of {asset}: relative error at most {max_relative_error:.1e}, \
                 {mean_relative_error:.1e} on average, at {samples} blocks; missing at {missing}"
            )?;
        }
        self.differences.iter().try_for_each(|difference| writeln!(f, "  {difference}"))
    }
}
