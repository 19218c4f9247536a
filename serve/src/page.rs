//! The risk pages: HTML without scripts and without external resources.

mod account;
mod accounts;
mod alerts;
mod calibration;
mod current_risk;
mod drivers;
mod frame;
mod health;
mod market;
mod overview;
mod price_shocks;
mod problem;
mod proposals;

pub(crate) use account::account_page;
pub(crate) use accounts::accounts_page;
pub(crate) use frame::{ICON, ICON_PATH, style_path};
pub(crate) use market::market_page;
pub(crate) use overview::overview_page;
pub(crate) use problem::problem_page;
