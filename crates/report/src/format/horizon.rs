//! Forecast horizons.

use plimsoll_lake::Horizon;

/// A horizon, `1 hour`, `7 days`.
#[must_use]
pub fn format_horizon(horizon: Horizon) -> String {
    match horizon.name().split_at(horizon.name().len() - 1) {
        ("1", "h") => "1 hour".to_owned(),
        (number, "h") => format!("{number} hours"),
        (number, _) => format!("{number} days"),
    }
}

/// A horizon with its unit abbreviated, `1 h`, `7 d`.
#[must_use]
pub(crate) fn format_horizon_short(horizon: Horizon) -> String {
    let (number, unit) = horizon.name().split_at(horizon.name().len() - 1);
    format!("{number} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_spelled_out_or_abbreviated() {
        let horizons = [Horizon::Hours1, Horizon::Hours24, Horizon::Days7];
        assert_eq!(horizons.map(format_horizon), ["1 hour", "24 hours", "7 days"]);
        assert_eq!(horizons.map(format_horizon_short), ["1 h", "24 h", "7 d"]);
    }
}
