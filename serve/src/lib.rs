//! The scoring API: what a model makes of accounts, over HTTP.
//!
//! [`ServeState`] is one snapshot a market and a model; nothing in it changes, so every account is
//! scored once, when it is built, and a request for one is a look-up. [`app`] is the whole server
//! without a socket, [`serve()`] puts it on one. Every error is a [`Problem`].
//!
//! The document at `GET /v1/openapi.json` is made from the types below.

mod account_id;
mod amount;
mod balance;
mod body;
mod drivers;
mod error;
mod layers;
mod limits;
mod market_state;
mod openapi;
mod probabilities;
mod problem;
mod router;
mod routes;
mod scorer;
mod server;
mod standing;
mod state;
mod valued;

pub use amount::Amount;
pub use balance::Balance;
pub use drivers::{Drivers, DriversByHorizon};
pub use error::{AmountError, ServeError};
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
