//! The parameters of a collateral that governance sets.

mod basis_points;
mod collateral;
mod field;

pub(crate) use basis_points::{BPS_PER_ONE, MAX_PRODUCT, WHOLE_BPS, floor_bps};
pub use collateral::CollateralParameters;
pub use field::CollateralField;
