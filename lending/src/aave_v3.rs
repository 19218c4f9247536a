//! Aave v3 in its contracts' own integers: percentages in basis points, base currency with 8
//! decimals, health factors in wad, indexes in ray.

mod collateral_rules;
mod percentage_math;

pub use collateral_rules::{CollateralParametersBps, CollateralRuleError};
