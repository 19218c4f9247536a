//! The horizons of forecasts.

/// The horizons of forecasts: their names and their lengths in hours.
pub const HORIZONS: [(&str, f64); 6] =
    [("1h", 1.0), ("6h", 6.0), ("24h", 24.0), ("3d", 72.0), ("7d", 168.0), ("30d", 720.0)];
