//! The scoring API and the risk page: what a model makes of accounts, over HTTP.
//!
//! [`ServeState`] is one snapshot a market and a model; nothing in it changes, so every account is
//! scored once, when it is built, and a request for one is a look-up. [`Served`] is the latest of
//! them, which [`refresh()`] replaces as the lake grows. [`app`] is the whole server without a
//! socket, [`serve()`] puts it on one. Every error is a [`Problem`].
//!
//! [`Alerts`] looks at each [`ServeState`] through every subscription: a [`Watch`] steps from what
//! is seen to what there is to say; what is said is written to the outbox in the transaction that
//! moves the watch, and delivered from there.
//!
//! Browsers are shown pages, which need no script and nothing but the server; [`Exhibits`] are what
//! stands on them beside the model's own figures. Their charts and tables serve reports as well.
//!
//! The document at `GET /v1/openapi.json` is made from the types below.

mod account_id;
mod alerts;
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
mod refresh;
mod risk;
mod router;
mod routes;
mod scorer;
mod served;
mod server;
mod standing;
mod state;
mod valued;
mod words;

pub use alerts::{
    ANSWER_WITHIN as ENDPOINT_ANSWERS_WITHIN, AlertBody, AlertData, AlertError, AlertOptions,
    AlertProbability, AlertStore, Alerts, CheckedSubscription, Egress, EgressError,
    LARGEST_HEALTH_FACTOR, LONGEST_REST, LONGEST_URL, LONGEST_WAIT_HOURS, Look, MOST_RULES,
    Measure, NewRule, NewSubscription, Parcel, Remedy, RemedyKind, Replayed, Reply, Rule,
    SECRET_BYTES, Schedule, Secret, SecretError, Seen, Sender, SentAlert, SentStatus, Subscription,
    SubscriptionSecret, Told, Turn, Verdict, Watch, Watched, not_public, replay, signatures,
};
pub use amount::Amount;
pub use balance::Balance;
pub use calibration::{CALIBRATION_LEAD, calibration_figure};
pub use chart::{Axis, Chart, Colour, Scale, Series, Shape};
pub use drivers::{Drivers, DriversByHorizon};
pub use error::{AmountError, ServeError};
pub use exhibits::{
    AlertLedger, At, Change, Collateral, Exhibits, MarketFacts, Proposal, Report, ReportCurve,
    ReportForecaster, ReserveAfter, ShownAlert, Step, proposals,
};
pub use html::{STYLE, charts, figure, section, table, tiles};
pub use limits::{
    ANSWER_WITHIN, LARGEST_AMOUNT, LONGEST_ID, MOST_ASSETS, MOST_BODY_BYTES, MOST_FAULTS,
    MOST_POSITIONS,
};
pub use probabilities::{Probabilities, Probability};
pub use problem::{Fault, Problem, ProblemKind};
pub use refresh::refresh;
pub use router::app;
pub use routes::{
    AccountAnswer, AccountStatus, Health, HealthStatus, Holding, Index, IndexRoute, MarketHealth,
    ModelHealth, NewSecret, Position, PositionStatus, ScoreAnswer, ScoreRequest, ScoredPosition,
    SentAlerts, Subscriptions,
};
pub use served::Served;
pub use server::serve;
pub use standing::Standing;
pub use state::ServeState;
pub use words::percent;
