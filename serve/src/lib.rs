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
mod api;
mod api_document;
mod app_state;
mod balance;
mod body;
mod content_hash;
mod drivers;
mod error;
mod layers;
mod limits;
mod links;
mod market_state;
mod page;
mod page_data;
mod page_response;
mod position_metrics;
mod probabilities;
mod problem;
mod refresh;
mod risk;
mod router;
mod scorer;
mod server;
mod server_snapshot;
mod valued_position;

pub use alerts::{
    AlertBody, AlertData, AlertError, AlertOptions, AlertProbability, AlertService, AlertStore,
    AlertTransition, DELIVERY_TIMEOUT as ENDPOINT_ANSWERS_WITHIN, DeliveryOutcome, DeliveryStatus,
    EgressError, EgressPolicy, EndpointReply, MAX_HEALTH_FACTOR, MAX_RETRY_AFTER, MAX_RULES,
    MAX_URL_BYTES, MAX_WAIT_HOURS, Measure, NewRule, NewSubscription, Observation, Remedy,
    RemedyKind, ReplayObservation, ReplayResult, RetrySchedule, Rule, SECRET_LENGTHS, Secret,
    SecretError, SentAlert, StreamedMessage, Subscription, SubscriptionSecret, ValidSubscription,
    Watch, WatchTarget, WebhookRequest, WebhookSender, non_public_range, replay, signature_header,
};
pub use amount::Amount;
pub use api::{
    AccountResponse, AccountStatus, Health, HealthStatus, Holding, Index, IndexRoute, MarketHealth,
    ModelHealth, NewSecret, Position, PositionStatus, ScoreRequest, ScoreResponse, ScoredPosition,
    SentAlerts, Subscriptions,
};
pub use app_state::AppState;
pub use balance::Balance;
pub use drivers::{Drivers, DriversByHorizon};
pub use error::{AmountError, ServeError};
pub use limits::{
    MAX_AMOUNT, MAX_ASSETS, MAX_BODY_BYTES, MAX_FIELD_ERRORS, MAX_ID_BYTES, MAX_POSITIONS,
    REQUEST_TIMEOUT,
};
pub use page_data::{
    AlertHistory, AlertSummary, CollateralSummary, PageData, ProposalMarket, ProposalSummary,
    ProposalTime, ReserveSummary, StewardChange, StewardStep, read_proposals,
};
pub use plimsoll_report::format_axis_percent;
pub use position_metrics::PositionMetrics;
pub use probabilities::{HorizonProbability, Probabilities};
pub use problem::{FieldError, Problem, ProblemKind};
pub use refresh::refresh;
pub use router::app;
pub use server::serve;
pub use server_snapshot::ServerSnapshot;
