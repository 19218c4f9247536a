//! Validation of the limits on price moves.

use std::collections::HashMap;

use toml::Spanned;

use super::problem::MappingProblem;
use crate::csv::mapping::JumpSpec;
use crate::csv::price_jump::{JumpLimits, JumpRules};

pub(crate) fn check_jumps(spec: &Spanned<JumpSpec>) -> Result<JumpRules, MappingProblem> {
    let JumpSpec { max_jump, tolerance, widen_after, overrides } = spec.get_ref();
    let mut by_asset = HashMap::new();
    for limit_override in overrides {
        let limits = check_limits(spec, limit_override.max_jump, limit_override.tolerance)?;
        by_asset.extend(limit_override.assets.iter().map(|asset| (asset.clone(), limits)));
    }
    if widen_after.seconds <= 0 {
        return Err(MappingProblem::new(spec, "jumps", "widen_after must be above 0"));
    }
    let usual = check_limits(spec, *max_jump, *tolerance)?;
    Ok(JumpRules {
        default_limits: usual,
        limits_by_asset: by_asset,
        widen_after: widen_after.time_delta(),
    })
}

fn check_limits(
    at: &Spanned<JumpSpec>,
    max_jump: f64,
    tolerance: f64,
) -> Result<JumpLimits, MappingProblem> {
    if !(max_jump > 0.0 && max_jump.is_finite()) {
        return Err(MappingProblem::new(
            at,
            "jumps",
            format!("max_jump {max_jump} must be above 0"),
        ));
    }
    if !(tolerance >= 0.0 && tolerance.is_finite()) {
        let problem = format!("tolerance {tolerance} must not be below 0");
        return Err(MappingProblem::new(at, "jumps", problem));
    }
    Ok(JumpLimits { max_jump, tolerance })
}
