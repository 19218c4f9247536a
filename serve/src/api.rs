//! The routes, one file per group.

pub(crate) mod accounts;
pub(crate) mod alerts;
pub(crate) mod healthz;
pub(crate) mod index;
pub(crate) mod openapi;
pub(crate) mod pages;
pub(crate) mod score;
pub(crate) mod unknown;

pub use accounts::{AccountResponse, AccountStatus};
pub use alerts::{NewSecret, SentAlerts, Subscriptions};
pub use healthz::{Health, HealthStatus, MarketHealth, ModelHealth};
pub use index::{Index, IndexRoute};
pub use score::{Holding, Position, PositionStatus, ScoreRequest, ScoreResponse, ScoredPosition};
