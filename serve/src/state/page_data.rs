//! Data on the page besides the model's own figures.

pub(crate) mod alert_history;
pub(crate) mod alert_summary;

use plimsoll_govern::Proposal;
use plimsoll_report::BacktestExcerpt;

use crate::state::page_data::alert_history::AlertHistory;

/// Data on the page besides the model's own figures; absent where none was given.
#[derive(Debug, Clone, Default)]
pub struct PageData {
    /// A backtest of earlier forecasts.
    pub report: Option<BacktestExcerpt>,
    /// Proposals to governance.
    pub proposals: Option<Vec<Proposal>>,
    /// Alerts that were sent.
    pub alerts: Option<AlertHistory>,
}
