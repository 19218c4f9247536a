//! Formatting of numbers, amounts of money and times for people.

mod estimate;
mod horizon;
mod number;
mod percent;
mod significant;
mod time;
mod usd;

pub(crate) use estimate::format_estimate;
pub use estimate::format_figure;
pub use horizon::format_horizon;
pub(crate) use horizon::format_horizon_short;
pub use number::{format_amount, format_count, format_fixed, format_health_factor, format_tokens};
pub use percent::{
    format_axis_percent, format_interval, format_percent, format_percent_hundredths,
    format_percent_significant, format_percent_whole,
};
pub use significant::{next_significant, round_up_significant};
pub use time::{days_from_1970, format_day, format_days_or_hours, format_month, format_time};
pub use usd::{format_price, format_price_significant, format_usd, format_usd_short};
