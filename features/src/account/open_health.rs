//! The health of an open account at one time.

/// The health of an open account at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct OpenHealth {
    /// Log health factor at the oracle price.
    pub(crate) log_health: f64,
    /// Log health factor at the latest published price.
    pub(crate) log_health_spot: f64,
    /// Debt at the oracle price, USD.
    pub(crate) debt_usd: f64,
}

impl OpenHealth {
    /// The lower of the two log health factors.
    pub(crate) const fn lower(&self) -> f64 {
        self.log_health.min(self.log_health_spot)
    }

    /// Whether the protocol's rules on health permit a liquidation.
    pub(crate) fn is_below_threshold(&self) -> bool {
        self.log_health < 0.0
    }
}
