//! The liquidation incentive factor: collateral value seized per unit repaid.

use ruint::aliases::U256;

use crate::fixed_point::morpho_blue::{WAD, w_div_down, w_mul_down};
use crate::fixed_point::{ArithmeticError, sub, uint};

/// `LIQUIDATION_CURSOR`.
const LIQUIDATION_CURSOR: U256 = uint(300_000_000_000_000_000);
/// `MAX_LIQUIDATION_INCENTIVE_FACTOR`.
const MAX_LIQUIDATION_INCENTIVE_FACTOR: U256 = uint(1_150_000_000_000_000_000);

/// The liquidation incentive factor of a market, `min(1.15, 1 / (1 - .3 (1 - LLTV)))`, in floats.
#[must_use]
pub fn liquidation_incentive_factor(lltv: f64) -> f64 {
    (1.0 / (1.0 - 0.3 * (1.0 - lltv))).min(1.15)
}

/// The liquidation incentive factor as `Morpho.liquidate` computes it, both in wad.
///
/// # Errors
/// [`ArithmeticError::Underflow`] for an LLTV above 1.
pub fn liquidation_incentive_factor_wad(lltv_wad: U256) -> Result<U256, ArithmeticError> {
    let discount = w_mul_down(LIQUIDATION_CURSOR, sub(WAD, lltv_wad)?)?;
    Ok(w_div_down(WAD, sub(WAD, discount)?)?.min(MAX_LIQUIDATION_INCENTIVE_FACTOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    // python3 -c 'W=10**18
    // for l in (385,625,770,860,915,945,965,980): print(min(115*W//100,W*W//(W-3*W//10*(W-l*W//1000)//W)))'
    #[test]
    fn factors_of_the_allowed_lltvs_are_the_contracts() {
        let known = [
            (385, 1_150_000_000_000_000_000),
            (625, 1_126_760_563_380_281_690),
            (770, 1_074_113_856_068_743_286),
            (860, 1_043_841_336_116_910_229),
            (915, 1_026_167_265_264_238_070),
            (945, 1_016_776_817_488_561_260),
            (965, 1_010_611_419_909_044_972),
            (980, 1_006_036_217_303_822_937),
        ];
        for (lltv, expected) in known {
            let lltv_wad = WAD * uint(lltv) / uint(1_000);
            let found = liquidation_incentive_factor_wad(lltv_wad).unwrap();
            assert_eq!(found, uint(expected), "{lltv}");
            let float = liquidation_incentive_factor(lltv as f64 / 1e3);
            assert!((float - f64::from(found) / 1e18).abs() < 1e-15, "{lltv}");
        }
        assert!(liquidation_incentive_factor_wad(WAD + uint(1)).is_err());
    }
}
