//! Data on the page besides the model's own figures.

pub(crate) mod alert_history;
pub(crate) mod alert_summary;
pub(crate) mod proposal_summary;

use plimsoll_report::BacktestExcerpt;

use crate::state::page_data::alert_history::AlertHistory;
use crate::state::page_data::proposal_summary::ProposalSummary;

/// Data on the page besides the model's own figures; absent where none was given.
#[derive(Debug, Clone, Default)]
pub struct PageData {
    /// A backtest of earlier forecasts.
    pub report: Option<BacktestExcerpt>,
    /// Proposals to governance.
    pub proposals: Option<Vec<ProposalSummary>>,
    /// Alerts that were sent.
    pub alerts: Option<AlertHistory>,
}
