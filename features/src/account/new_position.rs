//! A position that an account opens.

/// A position that an account opens, without a history.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPosition {
    /// Collateral by asset, tokens.
    pub collateral: Vec<f64>,
    /// Debt by asset, tokens.
    pub debt: Vec<f64>,
    /// The number of the efficiency mode; 0 for none.
    pub emode: u32,
    /// Whether an asset counts as collateral, by asset.
    pub collateral_enabled: Vec<bool>,
}

impl NewPosition {
    /// A position in no efficiency mode, whose assets all count as collateral.
    #[must_use]
    pub fn new(collateral: Vec<f64>, debt: Vec<f64>) -> Self {
        let collateral_enabled = vec![true; collateral.len()];
        Self { collateral, debt, emode: 0, collateral_enabled }
    }
}
