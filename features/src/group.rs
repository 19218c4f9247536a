//! The feature groups, one file each: what they declare and how they compute it.

pub(crate) mod behaviour;
pub(crate) mod carry;
pub(crate) mod crowding;
pub(crate) mod depth;
pub(crate) mod distance;
pub(crate) mod dwell;
pub(crate) mod habits;
pub(crate) mod jumps;
pub(crate) mod momentum;
pub(crate) mod scenario;
pub(crate) mod size;
pub(crate) mod stress;
pub(crate) mod volatility;

/// The horizons of forecasts: their names and their lengths in hours.
pub const HORIZONS: [(&str, f64); 6] =
    [("1h", 1.0), ("6h", 6.0), ("24h", 24.0), ("3d", 72.0), ("7d", 168.0), ("30d", 720.0)];

/// Hours in a year of 365 days.
pub(crate) const HOURS_PER_YEAR: f64 = 8_760.0;
