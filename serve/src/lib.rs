//! The scoring API and the risk page: a model's scores of accounts, over HTTP.
//!
//! [`ServerSnapshot`] contains one snapshot per market, and a model. It is immutable: every account
//! is scored when it is built, and a request for one is a look-up. [`AppState`] holds the current
//! one, which [`refresh()`] replaces as the lake grows. [`app`] is the whole server without a
//! socket, [`serve()`] runs it on one. Every error is a [`Problem`].
//!
//! [`AlertService`] evaluates all subscriptions against each [`ServerSnapshot`]. The state of each
//! rule and account advances by one pure step, `Watch::step`; a message is written to the outbox in
//! the same transaction as the new state, and delivered from there.
//!
//! Browsers get pages without scripts and external resources; [`PageData`] is their data besides the
//! model's own figures. The OpenAPI document at `GET /v1/openapi.json` is generated from the routes.

mod account_id;
mod alerts;
mod api;
mod error;
mod field_error;
mod limits;
mod page;
mod refresh;
mod router;
mod server;
mod state;

pub use alerts::error::AlertError;
pub use alerts::message::AlertBody;
pub use alerts::message::remedy::{Remedy, RemedyKind};
pub use alerts::sent_alert::{DeliveryStatus, SentAlert};
pub use alerts::service::{AlertOptions, AlertService};
pub use alerts::store::AlertStore;
pub use alerts::subscription::measure::Measure;
pub use alerts::subscription::rule::{NewRule, Rule};
pub use alerts::subscription::{NewSubscription, Subscription, SubscriptionSecret};
pub use alerts::watch::AlertTransition;
pub use alerts::watch::replay::{ReplayObservation, replay};
pub use alerts::webhook::egress::{EgressError, EgressPolicy};
pub use alerts::webhook::endpoint_reply::DeliveryOutcome;
pub use alerts::webhook::retry_schedule::RetrySchedule;
pub use alerts::webhook::secret::{Secret, SecretError};
pub use alerts::webhook::sender::{WebhookRequest, WebhookSender};
pub use api::accounts::AccountResponse;
pub use api::alerts::subscriptions::Subscriptions;
pub use api::healthz::{Health, HealthStatus, LeftOut};
pub use api::index::Index;
pub use api::problem::Problem;
pub use api::problem::kind::ProblemKind;
pub use api::score::request::ScoreRequest;
pub use api::score::response::ScoreResponse;
pub use error::ServeError;
pub use limits::{MAX_BODY_BYTES, MAX_FIELD_ERRORS, MAX_HORIZONS, MAX_ID_BYTES, MAX_POSITIONS};
pub use refresh::refresh;
pub use router::app;
pub use server::serve;
pub use state::app_state::AppState;
pub use state::balance::Balance;
pub use state::changes::{Change, Changes, ChangesNullReason};
pub use state::drivers::Drivers;
pub use state::halt::{Halt, HaltReason};
pub use state::horizon_incidence::HorizonIncidence;
pub use state::liquidation_outlook::{LiquidationOutlook, Obstacle};
pub use state::oracle_departure::OracleDeparture;
pub use state::page_data::PageData;
pub use state::page_data::alert_history::AlertHistory;
pub use state::page_data::alert_summary::AlertSummary;
pub use state::position_state::PositionState;
pub use state::probabilities::Probabilities;
pub use state::server_snapshot::ServerSnapshot;
