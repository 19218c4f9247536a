//! Risk measures of a collateral: price falls, volatility, market depth and sensitivity.

mod depth_curve;
mod excursion;
mod parkinson;
mod ratio_history;
mod sensitivity;
mod smart_ltv;

pub(crate) use depth_curve::{DepthCurve, DepthSource};
pub use excursion::{Coverage, ExcursionOptions, backtest_coverage};
pub(crate) use excursion::{Excursions, conditional_volatility, fraction_from_log};
pub(crate) use parkinson::parkinson_daily;
pub use ratio_history::RatioHistory;
pub(crate) use ratio_history::VolatileSide;
pub(crate) use sensitivity::sensitivity_with_overrides;
pub use sensitivity::{Sensitivity, sensitivity};
pub(crate) use smart_ltv::SmartLtv;
pub use smart_ltv::{RiskData, SmartLtvError, smart_ltv_wad};
