//! The covariates that are inputs of the net.

use ndarray::{Array2, ArrayView2, Axis, aview1};

use super::covariate_index::covariate_index;

/// How the net uses an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Log odds of liquidation never fall in this input, which is multiplied by the given sign
    /// first.
    Monotone { sign: i8 },
    /// An input of both causes without constraint.
    Free,
    /// An input of closing only.
    ClosingOnly,
}

/// An input of the net: a covariate, and how it is used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NetInput {
    name: &'static str,
    role: Role,
}

/// The risk of liquidation never falls as the covariate rises.
const fn rising(name: &'static str) -> NetInput {
    NetInput { name, role: Role::Monotone { sign: 1 } }
}

/// The risk of liquidation never rises as the covariate rises.
const fn falling(name: &'static str) -> NetInput {
    NetInput { name, role: Role::Monotone { sign: -1 } }
}

/// Liquidation depends on the covariate in any way.
const fn free(name: &'static str) -> NetInput {
    NetInput { name, role: Role::Free }
}

/// Liquidation does not depend on the covariate.
const fn closing_only(name: &'static str) -> NetInput {
    NetInput { name, role: Role::ClosingOnly }
}

/// Inputs of the net: the monotone ones first, then the free ones, then those of closing only.
/// Liquidation depends on the monotone and the free ones, closing on all.
///
/// Repaying a part of the debt or adding collateral must never raise the risk. The monotone inputs
/// therefore never move towards risk when all debts are scaled down or collateral is added and the
/// history is computed again, and the free ones do not change. What changes without such an order,
/// as debt, dwell and counts of rescues do, is for closing only.
///
/// Covariates that identify the date rather than the account are left out. Protocol rates and
/// long-horizon market returns are equal for all accounts, so with a handful of crashes in the
/// training data a net learns from them when the crashes occurred.
pub(crate) const NET_INPUTS: [NetInput; 42] = [
    falling("log_health_factor"),
    falling("log_health_factor_spot"),
    rising("log_passage_24h"),
    rising("log_passage_7d"),
    falling("sigmas"),
    falling("near_sigmas"),
    rising("proximity"),
    falling("log_health_gap"),
    falling("log_hours_lower_720h"),
    falling("lowest_log_health_since_action"),
    falling("lowest_log_health_since_opened"),
    falling("log_liquidation_capacity"),
    free("volatility_72h"),
    free("volatility_ratio"),
    free("return_1h"),
    free("return_24h"),
    free("hours_since_action"),
    free("actions_per_day"),
    closing_only("volatility_6h"),
    closing_only("volatility_24h"),
    closing_only("parkinson_24h"),
    closing_only("return_6h"),
    closing_only("actions_30d"),
    closing_only("account_age_days"),
    closing_only("position_age_days"),
    closing_only("actions_near_this_hour_share"),
    closing_only("health_dwell_720h"),
    closing_only("health_dwell"),
    closing_only("log_debt_usd"),
    closing_only("sigmas_to_liquidation_1h"),
    closing_only("sigmas_to_liquidation_24h"),
    closing_only("first_passage_24h"),
    closing_only("first_passage_7d"),
    closing_only("actions"),
    closing_only("actions_7d"),
    closing_only("liquidations"),
    closing_only("rescues"),
    closing_only("log_health_since_action"),
    closing_only("log_health_raised"),
    closing_only("log_collateral_usd"),
    closing_only("loops"),
    closing_only("low_health_hours_share"),
];

/// Number of the inputs in which log odds of liquidation never fall.
pub(crate) const MONOTONE_INPUT_COUNT: usize = {
    let mut count = 0;
    while matches!(NET_INPUTS[count].role, Role::Monotone { .. }) {
        count += 1;
    }
    count
};
/// Number of the inputs on which liquidation depends.
pub(crate) const LIQUIDATION_INPUT_COUNT: usize = {
    let mut count = MONOTONE_INPUT_COUNT;
    while matches!(NET_INPUTS[count].role, Role::Free) {
        count += 1;
    }
    count
};

impl NetInput {
    /// The factor of the covariate, which orients a monotone input towards risk.
    fn sign(self) -> f32 {
        match self.role {
            Role::Monotone { sign } => f32::from(sign),
            Role::Free | Role::ClosingOnly => 1.0,
        }
    }
}

/// Columns of the inputs in a row of covariates, and their signs.
#[derive(Debug, Clone)]
pub(crate) struct NetInputs {
    columns: [usize; NET_INPUTS.len()],
    signs: [f32; NET_INPUTS.len()],
}

impl NetInputs {
    /// Looks up the columns.
    pub(crate) fn new() -> Self {
        Self {
            columns: NET_INPUTS.map(|input| covariate_index(input.name)),
            signs: NET_INPUTS.map(NetInput::sign),
        }
    }

    /// Selects the inputs from one row of covariates; monotone inputs rise with risk.
    pub(crate) fn select_row<'a>(
        &'a self,
        covariates: &'a [f32],
    ) -> impl Iterator<Item = f32> + 'a {
        self.columns.iter().zip(&self.signs).map(|(&column, sign)| sign * covariates[column])
    }

    /// Selects the inputs from rows of covariates; monotone inputs rise with risk.
    pub(crate) fn select(&self, covariates: ArrayView2<'_, f32>) -> Array2<f32> {
        covariates.select(Axis(1), &self.columns) * aview1(&self.signs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::covariates::Covariates;

    #[test]
    fn roles_are_in_order() {
        let is_monotone = |input: &NetInput| matches!(input.role, Role::Monotone { .. });
        let is_closing_only = |input: &NetInput| input.role == Role::ClosingOnly;
        assert!(NET_INPUTS[MONOTONE_INPUT_COUNT..].iter().all(|input| !is_monotone(input)));
        assert!(NET_INPUTS[LIQUIDATION_INPUT_COUNT..].iter().all(is_closing_only));
    }

    #[test]
    fn every_input_has_its_own_column() {
        let mut columns = NetInputs::new().columns;
        columns.sort_unstable();
        assert!(columns.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn falling_covariates_change_their_sign_in_single_rows_and_in_matrices() {
        let count = Covariates::count();
        let covariates = Array2::from_shape_fn((2, count), |(row, i)| (row * count + i) as f32);
        let inputs = NetInputs::new();
        let selected = inputs.select(covariates.view());
        let row: Vec<f32> = inputs.select_row(covariates.row(1).to_slice().unwrap()).collect();
        assert_eq!(selected.row(1).to_vec(), row);
        let position = |name: &str| NET_INPUTS.iter().position(|i| i.name == name).unwrap();
        for (name, sign) in [("sigmas", -1.0), ("proximity", 1.0), ("return_1h", 1.0)] {
            assert_eq!(row[position(name)], sign * covariates[[1, covariate_index(name)]]);
        }
    }
}
