//! Tables of accounts: actions, balances, settings and liquidations.

mod account_settings;
mod balance_changes;
mod liquidations;
mod position_events;

pub use account_settings::{AccountSetting, setting};
pub use balance_changes::{BalanceChange, side};
pub use liquidations::Liquidation;
pub use position_events::{PositionEvent, kind};
