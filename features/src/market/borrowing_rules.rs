//! What a protocol's rules permit to borrow and to supply.

use plimsoll_lake::tables::{ReserveParameter, parameter};

/// The rules of one reserve on borrowing and supplying; the names are Aave's. The default has no limit.
///
/// Aave `ValidationLogic.validateBorrow` and `validateSupply`. Liquidations do not depend on them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BorrowingRules {
    /// Whether it takes no more supply and lends no more (`ReserveFrozen`).
    pub is_frozen: bool,
    /// Whether it can be borrowed (`ReserveBorrowing`).
    pub is_borrowable: bool,
    /// Whether an account that borrows it may borrow no other asset (`SiloedBorrowingChanged`).
    pub is_siloed: bool,
    /// Whether it can be borrowed against collateral in isolation (`BorrowableInIsolationChanged`).
    pub is_borrowable_in_isolation: bool,
    /// Greatest debt of all accounts whose collateral it is, USD; 0 if it is not in isolation
    /// (`DebtCeilingChanged`).
    pub isolation_debt_ceiling_usd: f64,
    /// Greatest debt of all accounts, tokens; 0 without a limit (`BorrowCapChanged`).
    pub borrow_cap: f64,
    /// Greatest supply of all accounts, tokens; 0 without a limit (`SupplyCapChanged`).
    pub supply_cap: f64,
}

impl Default for BorrowingRules {
    fn default() -> Self {
        Self {
            is_frozen: false,
            is_borrowable: true,
            is_siloed: false,
            is_borrowable_in_isolation: false,
            isolation_debt_ceiling_usd: 0.0,
            borrow_cap: 0.0,
            supply_cap: 0.0,
        }
    }
}

impl BorrowingRules {
    /// Whether, as the only collateral of an account, it limits the account to isolation mode.
    #[must_use]
    pub const fn is_isolated(&self) -> bool {
        self.isolation_debt_ceiling_usd > 0.0
    }

    /// Applies a change; false if it is another parameter.
    pub(super) fn apply_change(&mut self, change: &ReserveParameter) -> bool {
        let flag = change.value != 0.0;
        match change.parameter.as_str() {
            "frozen" => self.is_frozen = flag,
            "borrowing_enabled" => self.is_borrowable = flag,
            "siloed_borrowing" => self.is_siloed = flag,
            "borrowable_in_isolation" => self.is_borrowable_in_isolation = flag,
            parameter::DEBT_CEILING => self.isolation_debt_ceiling_usd = change.value,
            "borrow_cap" => self.borrow_cap = change.value,
            "supply_cap" => self.supply_cap = change.value,
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn each_parameter_sets_its_rule() {
        let mut rules = BorrowingRules::default();
        let mut set = |parameter: &str, value: f64| {
            rules.apply_change(&ReserveParameter {
                chain: String::new(),
                protocol: String::new(),
                market: String::new(),
                block: 0,
                log_index: 0,
                tx: None,
                time: DateTime::UNIX_EPOCH,
                asset: String::new(),
                parameter: parameter.to_owned(),
                value,
            })
        };
        assert!(!set("paused", 1.0) && !set("max_ltv", 0.5));
        assert!(set("frozen", 1.0) && set("siloed_borrowing", 1.0) && set("borrow_cap", 7.0));
        assert!(set("debt_ceiling", 5e6) && set("borrowable_in_isolation", 1.0));
        assert!(set("borrowing_enabled", 0.0) && set("supply_cap", 9.0));
        assert!(rules.is_frozen && rules.is_siloed && rules.is_isolated());
        assert!(rules.is_borrowable_in_isolation && !rules.is_borrowable);
        assert_eq!((rules.borrow_cap, rules.supply_cap), (7.0, 9.0));
    }
}
