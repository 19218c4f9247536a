//! Debt in GHO, whose interest had a discount for holders of staked AAVE, recovered from its events.
//!
//! Source: `aave/gho-core`, `GhoVariableDebtToken` (`_mintScaled`, `_burnScaled`,
//! `_accrueDebtOnAction`, `rebalanceUserDiscountPercent`, `updateDiscountDistribution`). At every
//! action the discount on the interest since the account's last action is burnt. `Mint` and `Burn`
//! report the interest without the discount, so that the discount is the interest of the scaled
//! balance minus the reported one, exactly. For an ordinary debt token it is zero. Release 3.4 ended
//! the discounts.

use ruint::aliases::U256;

use crate::fixed_point::aave_v3::{ray_div, ray_mul};
use crate::fixed_point::{ArithmeticError, Rounding, add, sub};

/// A scaled debt, with the index of the account's last action (`_userState.additionalData`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiscountedDebt {
    /// Scaled balance.
    pub scaled: U256,
    /// Variable borrow index of the last action, ray.
    pub last_index: U256,
}

impl DiscountedDebt {
    /// The scaled balance after `amount` was borrowed (0 in a mere update of the discount), when the
    /// event reports `interest` since the last action.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the amounts contradict each other or do not fit.
    pub fn after_increase(
        self,
        amount: U256,
        interest: U256,
        index: U256,
    ) -> Result<U256, ArithmeticError> {
        let discount = self.discount(interest, index)?;
        let scaled = add(self.scaled, scale(amount, index)?)?;
        sub(scaled, scale(discount, index)?)
    }

    /// The scaled balance after `amount` was repaid, when the event reports `interest` since the last
    /// action. The whole debt is repaid to zero, whatever the rounding.
    ///
    /// # Errors
    /// [`ArithmeticError`] if the amounts contradict each other or do not fit.
    pub fn after_decrease(
        self,
        amount: U256,
        interest: U256,
        index: U256,
    ) -> Result<U256, ArithmeticError> {
        let discount = self.discount(interest, index)?;
        let balance = ray_mul(self.scaled, index, Rounding::HalfUp)?;
        if sub(balance, discount)? == amount {
            return Ok(U256::ZERO);
        }
        sub(self.scaled, add(scale(amount, index)?, scale(discount, index)?)?)
    }

    /// The discount on the interest since the last action, smallest units; zero where the reported
    /// interest is not less than that of the scaled balance.
    fn discount(self, reported: U256, index: U256) -> Result<U256, ArithmeticError> {
        let balance = |index| ray_mul(self.scaled, index, Rounding::HalfUp);
        let interest = balance(index)?.saturating_sub(balance(self.last_index)?);
        Ok(interest.saturating_sub(reported))
    }
}

fn scale(amount: U256, index: U256) -> Result<U256, ArithmeticError> {
    ray_div(amount, index, Rounding::HalfUp)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::fixed_point::aave_v3::{RAY, percent_mul};

    const GHO: u64 = 1_000_000_000_000_000_000;

    fn ray(hundredths: u64) -> U256 {
        RAY / U256::from(100) * U256::from(hundredths)
    }

    /// aave/interface #2346: 1000 GHO at index 1.00, 30 % discount, 100 borrowed at index 1.05.
    #[test]
    fn discount_is_burnt_when_more_is_borrowed() {
        let gho = |amount: u64| U256::from(amount) * U256::from(GHO);
        let debt = DiscountedDebt { scaled: gho(1000), last_index: RAY };
        let scaled = debt.after_increase(gho(100), gho(35), ray(105)).unwrap();
        assert!((f64::from(scaled) / GHO as f64 - 1_080.952_380_952_381).abs() < 1e-9);
        let owed = ray_mul(scaled, ray(105), Rounding::HalfUp).unwrap();
        assert!((f64::from(owed) / GHO as f64 - 1135.0).abs() < 1e-12);
    }

    /// `GhoVariableDebtToken` of one user, in the order of its statements.
    struct Contract {
        scaled: U256,
        index: U256,
        percent: U256,
    }

    impl Contract {
        /// `_accrueDebtOnAction`: interest after discount, and the scaled discount.
        fn accrue(&mut self, index: U256) -> (U256, U256) {
            let balance = |index| ray_mul(self.scaled, index, Rounding::HalfUp).unwrap();
            let mut increase = balance(index) - balance(self.index);
            let mut scaled = U256::ZERO;
            if !increase.is_zero() && !self.percent.is_zero() {
                let discount = percent_mul(increase, self.percent).unwrap();
                scaled = scale(discount, index).unwrap();
                increase -= discount;
            }
            self.index = index;
            (increase, scaled)
        }

        /// `_mintScaled`; returns `value` and `balanceIncrease` of `Mint`.
        fn mint(&mut self, amount: U256, index: U256) -> (U256, U256) {
            let minted = scale(amount, index).unwrap();
            let (increase, discount) = self.accrue(index);
            self.scaled = self.scaled + minted - discount;
            (amount + increase, increase)
        }

        /// `balanceOf`.
        fn balance(&self, index: U256) -> U256 {
            let balance = |index| ray_mul(self.scaled, index, Rounding::HalfUp).unwrap();
            let increase = balance(index) - balance(self.index);
            balance(index) - percent_mul(increase, self.percent).unwrap()
        }

        /// `_burnScaled`; returns the interest, or nothing where the contract reverts.
        fn burn(&mut self, amount: U256, index: U256) -> Option<U256> {
            let before = self.balance(index);
            let burnt = scale(amount, index).unwrap();
            let (last_index, (increase, discount)) = (self.index, self.accrue(index));
            let all = (amount == before).then_some(U256::ZERO);
            let Some(left) = all.or(self.scaled.checked_sub(burnt + discount)) else {
                self.index = last_index;
                return None;
            };
            self.scaled = left;
            Some(increase)
        }
    }

    proptest! {
        #[test]
        fn events_recover_the_contracts_balance(
            steps in vec((0_u8..4, 1_u64..u64::MAX, 0_u64..1 << 60, 0_u64..10_001), 1..30),
        ) {
            let mut contract =
                Contract { scaled: U256::ZERO, index: RAY, percent: U256::ZERO };
            let (mut scaled, mut last_index, mut index) = (U256::ZERO, RAY, RAY);
            for (action, amount, growth, percent) in steps {
                index += U256::from(growth) * U256::from(10_000_000);
                let debt = DiscountedDebt { scaled, last_index };
                let owed = contract.balance(index);
                let part = owed / U256::from(amount % 7 + 1);
                match action {
                    0 => {
                        let (value, interest) = contract.mint(U256::from(amount), index);
                        scaled = debt.after_increase(value - interest, interest, index).unwrap();
                    }
                    1 => {
                        let (value, interest) = contract.mint(U256::ZERO, index);
                        scaled = debt.after_increase(value - interest, interest, index).unwrap();
                    }
                    _ if part.is_zero() => continue,
                    _ => {
                        let Some(interest) = contract.burn(part, index) else { continue };
                        scaled = debt.after_decrease(part, interest, index).unwrap();
                    }
                }
                last_index = index;
                contract.percent = U256::from(percent);
                prop_assert_eq!(scaled, contract.scaled);
            }
        }
    }
}
