//! A parameter set by hand.

use std::str::FromStr;

use plimsoll_govern::CollateralField;

/// `WETH:liquidation_threshold=8200`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) asset: String,
    pub(super) field: CollateralField,
    pub(super) bps: u16,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (asset, rest) = text.split_once(':').ok_or(USAGE)?;
        let (field, bps) = rest.split_once('=').ok_or(USAGE)?;
        let field = match field {
            "max_ltv" => CollateralField::MaxLtv,
            "liquidation_threshold" => CollateralField::LiquidationThreshold,
            "liquidation_bonus" => CollateralField::LiquidationBonus,
            _ => return Err("use max_ltv, liquidation_threshold or liquidation_bonus".to_owned()),
        };
        let bps = bps.parse().map_err(|_| format!("`{bps}` is no number of basis points"))?;
        Ok(Self { asset: asset.to_owned(), field, bps })
    }
}

const USAGE: &str = "use WETH:liquidation_threshold=8200, in basis points";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_parses_asset_field_and_basis_points() {
        let setting: Setting = "USDC.e:max_ltv=7500".parse().unwrap();
        let expected =
            Setting { asset: "USDC.e".to_owned(), field: CollateralField::MaxLtv, bps: 7_500 };
        assert_eq!(setting, expected);
        for wrong in ["WETH", "WETH:max_ltv", "WETH:ltv=1", "WETH:max_ltv=75%"] {
            assert!(wrong.parse::<Setting>().is_err(), "{wrong}");
        }
    }
}
