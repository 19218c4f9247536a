//! Pages, charts and reports without an HTTP server.
//!
//! [`table`], [`figure`] and their siblings build pages, [`Chart`] draws SVG, the `format_*`
//! functions format numbers. [`BacktestReport`] is the report of a backtest: `backtest.json`, a
//! page, a model card and text for the terminal. The risk page shares all of it.

mod backtest;
mod calibration;
mod chart;
mod error;
mod format;
mod html;

pub use backtest::{BacktestExcerpt, BacktestReport, ReportFolder};
pub use calibration::{CALIBRATION_LEAD, calibration_figure};
pub use chart::{Axis, Chart, Colour, Scale, Series, Shape};
pub use error::{ChartError, ReportError};
pub use format::{
    days_from_1970, format_amount, format_axis_percent, format_count, format_day,
    format_days_or_hours, format_figure, format_fixed, format_health_factor, format_horizon,
    format_interval, format_month, format_percent, format_percent_hundredths,
    format_percent_significant, format_percent_whole, format_price, format_price_significant,
    format_time, format_tokens, format_usd, format_usd_short, next_significant,
    round_up_significant,
};
pub use html::{
    Column, STYLE, chart_grid, figure, linked_section, section, table, table_with_columns,
    tile_list,
};
