//! The law of the greatest fall of a price within each edge of the time grid: the anchor of the pooled
//! members.
//!
//! Filtered historical simulation (Barone-Adesi, Giannopoulos and Vosper 1999): a fall is measured
//! in units of the volatility forecast at its start, and the law of these units is taken from past
//! prices instead of a normal distribution. First passage of a Brownian motion is too thin-tailed
//! within hours and ignores that volatility reverts to its mean within weeks.

mod fit;
pub(crate) mod law;
mod price_path;
mod tail;
pub(crate) mod volatility_forecast;
