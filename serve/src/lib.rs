//! The scoring API and the risk page: what a model makes of accounts, over HTTP.
//!
//! [`ServeState`] is one snapshot a market and a model; nothing in it changes, so every account is
//! scored once, when it is built, and a request for one is a look-up. [`app`] is the whole server
//! without a socket, [`serve()`] puts it on one. Every error is a [`Problem`].
//!
//! Browsers are shown pages, which need no script and nothing but the server; [`Exhibits`] are what
//! stands on them beside the model's own figures. Their charts and tables serve reports as well.
//!
//! The document at `GET /v1/openapi.json` is made from the types below.

mod account_id;
mod amount;
mod balance;
mod body;
mod calibration;
mod chart;
mod drivers;
mod error;
mod etag;
mod exhibits;
mod html;
mod hypertext;
mod layers;
mod limits;
mod links;
mod market_state;
mod openapi;
mod page;
mod probabilities;
mod problem;
mod risk;
mod router;
mod routes;
mod scorer;
mod server;
mod standing;
mod state;
mod valued;
mod words;

pub use amount::Amount;
pub use balance::Balance;
pub use calibration::{CALIBRATION_LEAD, calibration_figure};
pub use chart::{Axis, Chart, Colour, Scale, Series, Shape};
pub use drivers::{Drivers, DriversByHorizon};
pub use error::{AmountError, ServeError};
pub use exhibits::{
    At, Change, Collateral, Exhibits, MarketFacts, Proposal, Report, ReportCurve, ReportForecaster,
    ReserveAfter, SentAlert, Step, proposals,
};
pub use html::{STYLE, charts, figure, section, table, tiles};
pub use limits::{
    ANSWER_WITHIN, LARGEST_AMOUNT, LONGEST_ID, MOST_ASSETS, MOST_BODY_BYTES, MOST_FAULTS,
    MOST_POSITIONS,
};
pub use probabilities::{Probabilities, Probability};
pub use problem::{Fault, Problem, ProblemKind};
pub use router::app;
pub use routes::{
    AccountAnswer, AccountStatus, Health, HealthStatus, Holding, Index, IndexRoute, MarketHealth,
    ModelHealth, Position, PositionStatus, ScoreAnswer, ScoreRequest, ScoredPosition,
};
pub use server::serve;
pub use standing::Standing;
pub use state::ServeState;
pub use words::percent;
