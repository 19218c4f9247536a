//! Efficiency modes (Aave eMode): parameters for accounts with assets of one category.

use std::collections::BTreeMap;

use plimsoll_lake::tables::ReserveParameter;
use plimsoll_lending::{LendingError, ReserveParameters};

use super::reserve_parameters::apply_parameter;

/// The prefix of the pseudo asset of a category, before its number.
const CATEGORY_PREFIX: &str = "emode-";
/// The parameter with an asset's category, in Aave up to 3.1.
const CATEGORY_PARAMETER: &str = "emode_category";
/// The parameter with whether an asset is collateral in a category, in Aave from 3.2: before and after
/// the number.
const MEMBERSHIP_AFFIXES: (&str, &str) = ("emode_", "_collateral");

/// The categories by number.
#[derive(Debug, Clone)]
pub(super) struct Emodes {
    default: Emode,
    categories: BTreeMap<u32, Emode>,
}

/// One category: its parameters, and the collateral assets whose parameters they override.
#[derive(Debug, Clone)]
pub(crate) struct Emode {
    parameters: ReserveParameters,
    members: Vec<bool>,
}

impl Emodes {
    /// No category, in a market of `assets` assets.
    pub(super) fn new(assets: usize, parameters: ReserveParameters) -> Self {
        let default = Emode { parameters, members: vec![false; assets] };
        Self { default, categories: BTreeMap::new() }
    }

    /// Applies a change of a category's parameters; false if it is another change.
    pub(super) fn apply_change(&mut self, change: &ReserveParameter) -> bool {
        let number = change.asset.strip_prefix(CATEGORY_PREFIX).and_then(|n| n.parse().ok());
        number.is_some_and(|number| apply_parameter(&mut self.category(number).parameters, change))
    }

    /// Applies a change of an asset's membership; false if it is another change.
    pub(super) fn apply_membership_change(
        &mut self,
        asset: usize,
        change: &ReserveParameter,
    ) -> bool {
        if change.parameter == CATEGORY_PARAMETER {
            self.categories.values_mut().for_each(|emode| emode.members[asset] = false);
            // Category 0 means none and is never looked up.
            self.category(change.value as u32).members[asset] = true;
            return true;
        }
        let number = change.parameter.strip_prefix(MEMBERSHIP_AFFIXES.0);
        let number = number.and_then(|rest| rest.strip_suffix(MEMBERSHIP_AFFIXES.1)?.parse().ok());
        let Some(number) = number else { return false };
        self.category(number).members[asset] = change.value != 0.0;
        true
    }

    fn category(&mut self, number: u32) -> &mut Emode {
        self.categories.entry(number).or_insert_with(|| self.default.clone())
    }

    /// A category; `None` for 0, which means none.
    pub(super) fn get(&self, number: u32) -> Option<&Emode> {
        self.categories.get(&number).filter(|_| number != 0)
    }

    /// The numbers of all categories, in order.
    pub(super) fn numbers(&self) -> Vec<u32> {
        self.categories.keys().copied().filter(|number| *number != 0).collect()
    }

    /// Checks every category's parameters.
    pub(super) fn validate(&self) -> Result<(), LendingError> {
        self.categories.values().try_for_each(|emode| emode.parameters.validate())
    }
}

impl Emode {
    /// Replaces the parameters of member assets by those of the category.
    pub(crate) fn override_reserves(&self, reserves: &mut [ReserveParameters]) {
        let members = reserves.iter_mut().zip(&self.members).filter(|(_, member)| **member);
        for (reserve, _) in members {
            reserve.liquidation_threshold = self.parameters.liquidation_threshold;
            reserve.liquidation_bonus = self.parameters.liquidation_bonus;
            // An asset that cannot be borrowed against outside the category cannot be within.
            if reserve.max_ltv > 0.0 {
                reserve.max_ltv = self.parameters.max_ltv;
            }
        }
    }
}
