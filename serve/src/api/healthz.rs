//! `GET /healthz`: the state of the server.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::state::market_state::MarketState;
use crate::state::server_snapshot::ServerSnapshot;

/// The state of the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// Always `ok`: a server that cannot respond does not start.
    pub status: HealthStatus,
    /// The program's version.
    #[schema(example = "0.1.0")]
    pub version: String,
    /// The markets, by name.
    pub markets: Vec<MarketHealth>,
    /// The model.
    pub model: ModelHealth,
}

/// Whether the server can respond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// It can.
    Ok,
}

/// One market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MarketHealth {
    /// `<protocol>/<market>`.
    #[schema(example = "maker/eth-b")]
    pub market: String,
    /// Chain.
    #[schema(example = "ethereum")]
    pub chain: String,
    /// The time of the account states: the end of what is known of the market.
    pub as_of: DateTime<Utc>,
    /// Accounts ever observed.
    #[schema(example = 3193)]
    pub accounts: usize,
    /// Accounts that are open.
    #[schema(example = 412)]
    pub open: usize,
}

/// The model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelHealth {
    /// Version of the program that trained the model.
    #[schema(example = "0.1.0")]
    pub version: String,
    /// First landmark of the training data.
    pub trained_from: DateTime<Utc>,
    /// End of the training data: nothing at or after this time was used.
    pub trained_until: DateTime<Utc>,
    /// Landmarks in the training data.
    #[schema(example = 480000)]
    pub landmarks: usize,
    /// Training landmarks followed by a liquidation.
    #[schema(example = 31000)]
    pub liquidated: usize,
    /// SHA-256 of the weights; empty if the model was never saved.
    pub weights_sha256: String,
}

/// The state of the server: each market's time and accounts, and the model.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "get_health",
    tag = "server",
    responses((status = 200, description = "The state of the server.", body = Health))
)]
pub(crate) async fn get(State(snapshot): State<ServerSnapshot>) -> Json<Health> {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let markets = snapshot.markets().map(market_health).collect();
    Json(Health { status: HealthStatus::Ok, version, markets, model: model_health(&snapshot) })
}

fn market_health(market: &MarketState) -> MarketHealth {
    MarketHealth {
        market: market.name().to_owned(),
        chain: market.chain().to_owned(),
        as_of: market.as_of(),
        accounts: market.account_count(),
        open: market.open_count(),
    }
}

fn model_health(snapshot: &ServerSnapshot) -> ModelHealth {
    let manifest = snapshot.model().manifest();
    ModelHealth {
        version: manifest.version.clone(),
        trained_from: manifest.training.from,
        trained_until: manifest.training.until,
        landmarks: manifest.training.rows,
        liquidated: manifest.training.liquidated,
        weights_sha256: manifest.weights_sha256.clone(),
    }
}
