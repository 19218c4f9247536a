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
    /// The markets that could not be read or scored; one that could be earlier is still served, as of
    /// its last state.
    pub left_out: Vec<LeftOut>,
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
    /// `<chain>/<protocol>/<market>`.
    #[schema(example = "ethereum/maker/eth-b")]
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
    /// Assets without a price, each with the reason.
    pub unpriced_assets: Vec<String>,
    /// Accounts that are left out because they have such an asset.
    pub unpriced_accounts: usize,
}

/// A market that is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LeftOut {
    /// `<chain>/<protocol>/<market>`.
    #[schema(example = "ethereum/maker/eth-b")]
    pub market: String,
    /// What failed.
    pub reason: String,
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
    let left_out = snapshot.left_out().iter().map(|left_out| LeftOut {
        market: left_out.market.name(),
        reason: left_out.reason.clone(),
    });
    let (left_out, model) = (left_out.collect(), model_health(&snapshot));
    Json(Health { status: HealthStatus::Ok, version, markets, left_out, model })
}

fn market_health(market: &MarketState) -> MarketHealth {
    MarketHealth {
        market: market.name().to_owned(),
        chain: market.chain().to_owned(),
        as_of: market.as_of(),
        accounts: market.account_count(),
        open: market.open_count(),
        unpriced_assets: market.unpriced().reasons.values().cloned().collect(),
        unpriced_accounts: market.unpriced().accounts.len(),
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
