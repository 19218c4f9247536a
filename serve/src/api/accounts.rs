//! `GET /v1/accounts/{id}`: one account.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use chrono::{DateTime, SecondsFormat, Utc};
use plimsoll_lending::Account;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use plimsoll_lake::with_chain;
use plimsoll_model::market_of_account;

use crate::account_id::{self, FORMAT};
use crate::api::horizon_hours;
use crate::api::problem::Problem;
use crate::api::problem::kind::ProblemKind;
use crate::limits::{MAX_ID_BYTES, truncate};
use crate::state::balance::{Balance, balances, supplied_balances};
use crate::state::changes::{Changes, ChangesNullReason};
use crate::state::drivers::DriversByHorizon;
use crate::state::horizon_incidence::HorizonIncidence;
use crate::state::liquidation_outlook::LiquidationOutlook;
use crate::state::market_state::MarketState;
use crate::state::oracle_departure::{OracleDeparture, oracle_departures};
use crate::state::position_metrics::PositionMetrics;
use crate::state::position_state::PositionState;
use crate::state::probabilities::Probabilities;
use crate::state::score::Score;
use crate::state::scored_account::ScoredAccount;
use crate::state::server_snapshot::ServerSnapshot;

/// One account at `as_of`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "account": "ethereum/maker/eth-b/15967",
    "market": "ethereum/maker/eth-b",
    "chain": "ethereum",
    "as_of": "2022-04-30T23:00:00Z",
    "state": "open",
    "emode": 0,
    "collateral": [{
        "asset": "ETH", "address": null, "amount": 10.5, "price_usd": 2725.1, "value_usd": 28613.55,
        "liquidation_price_usd": 1547.62, "used_as_collateral": true
    }],
    "debt": [{
        "asset": "DAI", "address": null, "amount": 12500.0, "price_usd": 1.0, "value_usd": 12500.0,
        "liquidation_price_usd": null, "used_as_collateral": null
    }],
    "health_factor": 1.7608,
    "debt_usd": 12500.0,
    "collateral_usd": 28613.55,
    "safety_buffer": 0.4321,
    "safety_buffer_sigmas_1d": 14.2,
    "probabilities": {
        "1h": {"liquidated": 0.0, "lower": 0.0, "upper": 0.0001, "closed": 0.0006},
        "6h": {"liquidated": 0.0, "lower": 0.0, "upper": 0.0001, "closed": 0.0031},
        "24h": {"liquidated": 0.0001, "lower": 0.0001, "upper": 0.0002, "closed": 0.0102},
        "3d": {"liquidated": 0.0011, "lower": 0.0006, "upper": 0.0022, "closed": 0.0266},
        "7d": {"liquidated": 0.0102, "lower": 0.0051, "upper": 0.0204, "closed": 0.0541},
        "30d": {"liquidated": 0.1123, "lower": 0.0561, "upper": 0.2246, "closed": 0.1702},
        "out_of_range": false,
        "cold_start": false
    },
    "liquidation": {
        "probability_taken": 0.997, "median_hours_to_liquidation": null,
        "hours_below_threshold": 0.0, "obstacles": [], "halt": null
    },
    "oracle_departures": [],
    "horizons": [{"hours": 36.0, "liquidated": 0.0003, "closed": 0.0143, "extrapolated": false}],
    "drivers": {
        "24h": {
            "base": -12.3, "price_distance": 3.4, "volatility": 0.3, "liquidity": 0.1,
            "behaviour": -0.6, "carry": 0.0, "log_odds": -9.1
        },
        "7d": {
            "base": -8.0, "price_distance": 3.3, "volatility": 0.2, "liquidity": 0.1,
            "behaviour": -0.2, "carry": 0.0, "log_odds": -4.6
        }
    },
    "changes_24h": {
        "since": "2022-04-29T23:00:00Z",
        "24h": {
            "probability_before": 0.00005, "probability": 0.0001, "log_odds_before": -9.9,
            "price": 0.5, "volatility": 0.2, "balances": 0.0, "interest": 0.01, "parameters": 0.0,
            "other": 0.09, "log_odds": -9.1
        },
        "7d": {
            "probability_before": 0.007, "probability": 0.0102, "log_odds_before": -4.95,
            "price": 0.25, "volatility": 0.1, "balances": 0.0, "interest": 0.0, "parameters": 0.0,
            "other": 0.0, "log_odds": -4.6
        }
    },
    "changes_24h_null_reason": null
}))]
pub struct AccountResponse {
    /// Account id, `<chain>/<protocol>/<market>/<address or vault number>`.
    pub account: String,
    /// `<chain>/<protocol>/<market>`.
    pub market: String,
    /// Chain.
    pub chain: String,
    /// The time of the account's state: the end of what is known of its market.
    pub as_of: DateTime<Utc>,
    /// Whether it can be liquidated now, later or not at all, and if not, why.
    pub state: PositionState,
    /// Number of its efficiency mode; 0 for none.
    pub emode: u32,
    /// Supplied collateral.
    pub collateral: Vec<Balance>,
    /// Debt.
    pub debt: Vec<Balance>,
    /// Value and distance to liquidation.
    #[serde(flatten)]
    pub metrics: PositionMetrics,
    /// Probabilities of liquidation and closing; null if it cannot be liquidated.
    #[schema(required)]
    pub probabilities: Option<Probabilities>,
    /// Whether and when a liquidator takes it; null if it cannot be liquidated.
    #[schema(required)]
    pub liquidation: Option<LiquidationOutlook>,
    /// Its assets whose price in the protocol departs from the market.
    pub oracle_departures: Vec<OracleDeparture>,
    /// Probabilities at the horizons of `horizon_hours`, in their order; left out if none was
    /// requested, or if it cannot be liquidated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub horizons: Vec<HorizonIncidence>,
    /// Attribution of the liquidation probabilities; null if it cannot be liquidated.
    #[schema(required)]
    pub drivers: Option<DriversByHorizon>,
    /// What changed the liquidation probabilities within the 24 hours before `as_of`; null if that is
    /// not defined.
    #[schema(required)]
    pub changes_24h: Option<Changes>,
    /// Why `changes_24h` is null; null if it is not.
    #[schema(required)]
    pub changes_24h_null_reason: Option<ChangesNullReason>,
}

/// One account: balances, distance to liquidation and probabilities.
///
/// Slashes of the id may be plain or encoded as `%2F`; the case of an address is ignored.
#[utoipa::path(
    get,
    path = "/v1/accounts/{id}",
    operation_id = "get_account",
    tag = "accounts",
    params(
        (
            "id" = String, Path,
            description = "`<chain>/<protocol>/<market>/<address or vault number>`; the chain may be \
                left out if only one has the account.",
            example = "ethereum/maker/eth-b/15967"
        ),
        (
            "horizon_hours" = Option<Vec<f64>>, Query, style = Form, explode,
            description = "Additional horizons, hours: above 0 and at most 8760, 32 at most; \
                repeated, or separated by commas. Below 1 hour and above 720 the model's curve is \
                extrapolated."
        )
    ),
    responses(
        (status = 200, description = "The account.", body = AccountResponse),
        (status = 400, description = "Not an account id, or not a horizon.",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Unknown account.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn get(
    State(snapshot): State<ServerSnapshot>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Json<AccountResponse>, Problem> {
    let horizon_hours = horizon_hours::from_query(query.as_deref())?;
    // The first request for an account attributes its probabilities, which would block others.
    let task = move || account_response(&snapshot, id, &horizon_hours).map(Json);
    tokio::task::spawn_blocking(task).await.map_err(|error| Problem::internal(&error))?
}

/// The account of an id in a path.
pub(crate) fn account_response(
    snapshot: &ServerSnapshot,
    id: Result<Path<String>, PathRejection>,
    horizon_hours: &[f64],
) -> Result<AccountResponse, Problem> {
    // The rejection is of percent-encoding that is not UTF-8.
    let Path(id) = id.map_err(|_| malformed_id("the id in the path is not UTF-8"))?;
    let (market, account) = find_account(snapshot, &id)?;
    let drivers =
        account.attributions(snapshot.model()).map_err(|error| Problem::internal(&error))?;
    let drivers = drivers.map(DriversByHorizon::from_attributions);
    let changes = account.changes(market.snapshot(), snapshot.model());
    let changes = *changes.map_err(|error| Problem::internal(&error))?;
    Ok(AccountResponse {
        drivers,
        changes_24h: changes.ok(),
        changes_24h_null_reason: changes.err(),
        ..AccountResponse::new(market, account, horizon_hours)
    })
}

fn find_account<'a>(
    snapshot: &'a ServerSnapshot,
    id: &str,
) -> Result<(&'a MarketState, &'a ScoredAccount), Problem> {
    if id.len() > MAX_ID_BYTES {
        return Err(malformed_id(&format!(
            "an id of {} bytes is longer than {MAX_ID_BYTES}",
            id.len()
        )));
    }
    let key = account_id::parse(id);
    let key = key.ok_or_else(|| malformed_id(&format!("{id:?} is not an account id")))?;
    let unknown = |detail| Problem::new(ProblemKind::UnknownAccount, detail);
    let named = truncate(id);
    match snapshot.find_accounts(&key) {
        (_, found) if found.len() == 1 => Ok(found[0]),
        (_, found) if found.len() > 1 => {
            let ids: Vec<&str> = found.iter().map(|(_, account)| account.id.as_str()).collect();
            Err(unknown(format!("{named:?} is the id of several accounts: {}", ids.join(", "))))
        }
        (markets, _) if markets.is_empty() => {
            let (known, market) = (snapshot.market_names(), market_of_account(id));
            let reason = snapshot.reason(market);
            Err(unknown(format!("no account {named:?}: its market is not one of {known}{reason}")))
        }
        (markets, _) => Err(unknown(absent_account(&markets, &key))),
    }
}

/// Why markets have no such account.
fn absent_account(markets: &[&MarketState], key: &str) -> String {
    let named = truncate(key);
    let left_out = markets.iter().find(|market| {
        market.unpriced().accounts.contains(with_chain(market.parts(), key).as_ref())
    });
    if let Some(market) = left_out {
        let reasons = market.unpriced().to_text();
        return format!(
            "account {named:?} is left out, as it has an asset without a price: {reasons}"
        );
    }
    let times = markets.iter().map(|market| market.as_of()).max().unwrap_or_default();
    format!("no account {named:?} up to {}", times.to_rfc3339_opts(SecondsFormat::Secs, true))
}

fn malformed_id(reason: &str) -> Problem {
    Problem::new(ProblemKind::MalformedAccountId, format!("{reason}: an id is {FORMAT}"))
}

/// The assets of both sides, each once.
fn account_assets(account: &Account) -> impl Iterator<Item = usize> {
    let assets = account.collateral.iter().chain(&account.debt).map(|held| held.asset.index());
    assets.collect::<BTreeSet<_>>().into_iter()
}

impl AccountResponse {
    /// An account without drivers and changes.
    fn new(market: &MarketState, account: &ScoredAccount, horizon_hours: &[f64]) -> Self {
        let ScoredAccount { id, valued, score, .. } = account;
        let account_balances = &valued.account;
        let horizons =
            |score: &Score| HorizonIncidence::from_curves(&score.incidence, horizon_hours);
        Self {
            account: id.clone(),
            market: market.name().to_owned(),
            chain: market.chain().to_owned(),
            as_of: market.as_of(),
            state: account.state(),
            emode: market.snapshot().states().get(id).map_or(0, |state| state.emode),
            collateral: supplied_balances(market, id, valued),
            debt: balances(market, valued, &account_balances.debt),
            metrics: PositionMetrics::from_valued(valued),
            probabilities: account.probabilities().copied(),
            liquidation: score.as_ref().map(|score| score.outlook.clone()),
            oracle_departures: oracle_departures(market, account_assets(account_balances)),
            horizons: score.as_ref().map(horizons).unwrap_or_default(),
            drivers: None,
            changes_24h: None,
            changes_24h_null_reason: None,
        }
    }
}
