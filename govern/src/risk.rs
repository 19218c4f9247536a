//! Risk measures of a collateral: price falls, volatility, market depth and sensitivity.

mod depth_curve;
mod excursion;
mod parkinson;
mod ratio_history;
mod sensitivity;
mod smart_ltv;

pub use depth_curve::{DepthCurve, DepthSource};
pub use excursion::{Coverage, ExcursionOptions, Excursions, GeneralizedPareto, backtest_coverage};
pub(crate) use excursion::{conditional_volatility, fraction_from_log};
pub use parkinson::parkinson_daily;
pub use ratio_history::{RatioHistory, VolatileSide};
pub(crate) use sensitivity::sensitivity_with_overrides;
pub use sensitivity::{Sensitivity, sensitivity};
pub use smart_ltv::{RiskData, SmartLtv, SmartLtvError, smart_ltv_wad};
