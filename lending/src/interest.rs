//! Interest accrual by indexes.

mod growth;
mod rate_index;

pub use growth::{
    SECONDS_PER_YEAR, balance, compounded_growth, effective_annual_rate, linear_growth,
    scaled_balance,
};
pub use rate_index::RateIndex;
