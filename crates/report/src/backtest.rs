//! The report of a backtest: `backtest.json`, an HTML page, a model card and text for the terminal.

mod excerpt;
mod file;
mod folder;
mod labels;
mod model_card;
mod page;
mod report;
mod terminal;

pub use excerpt::BacktestExcerpt;
pub use folder::ReportFolder;
pub use report::BacktestReport;
