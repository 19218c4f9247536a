//! `GET /v1/accounts/{id}`: one account.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use chrono::{DateTime, SecondsFormat, Utc};
use plimsoll_model::ModelError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::account_id::{AccountId, SHAPE};
use crate::balance::balances;
use crate::limits::{LONGEST_ID, clip};
use crate::market_state::{MarketState, ScoredAccount};
use crate::{Balance, DriversByHorizon, Probabilities, Problem, ProblemKind, ServeState, Standing};

/// One account, as it stands at `as_of`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "account": "maker/eth-b/15967",
    "market": "maker/eth-b",
    "chain": "ethereum",
    "as_of": "2022-04-30T23:00:00Z",
    "status": "open",
    "collateral": [{
        "asset": "ETH", "amount": 10.5, "price_usd": 2725.1, "value_usd": 28613.55,
        "liquidation_price_usd": 1547.62
    }],
    "debt": [{
        "asset": "DAI", "amount": 12500.0, "price_usd": 1.0, "value_usd": 12500.0,
        "liquidation_price_usd": null
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
        "out_of_range": false
    },
    "drivers": {
        "24h": {
            "base": -12.3, "price_distance": 3.4, "volatility": 0.3, "liquidity": 0.1,
            "behaviour": -0.6, "carry": 0.0, "log_odds": -9.1
        },
        "7d": {
            "base": -8.0, "price_distance": 3.3, "volatility": 0.2, "liquidity": 0.1,
            "behaviour": -0.2, "carry": 0.0, "log_odds": -4.6
        }
    }
}))]
pub struct AccountAnswer {
    /// Account id, `<protocol>/<market>/<address or vault number>`.
    pub account: String,
    /// `<protocol>/<market>`.
    pub market: String,
    /// Chain.
    pub chain: String,
    /// When the account stands as it does: the end of what is known of its market.
    pub as_of: DateTime<Utc>,
    /// Whether it can be liquidated.
    pub status: AccountStatus,
    /// What is pledged.
    pub collateral: Vec<Balance>,
    /// What is owed.
    pub debt: Vec<Balance>,
    /// What it is worth and how far it may fall.
    #[serde(flatten)]
    pub standing: Standing,
    /// What may become of it; null if it is closed.
    #[schema(required)]
    pub probabilities: Option<Probabilities>,
    /// What raised the probabilities of liquidation; null if it is closed.
    #[schema(required)]
    pub drivers: Option<DriversByHorizon>,
}

/// Whether an account can be liquidated: `open` with at least one dollar of debt and of collateral
/// that secures it, `closed` otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// It can.
    Open,
    /// It cannot: its owner or a liquidator has closed it, or it never was open.
    Closed,
}

/// One account: balances, distance to liquidation and probabilities.
///
/// The id's slashes may be written plainly or as `%2F`; an address in any case.
#[utoipa::path(
    get,
    path = "/v1/accounts/{id}",
    operation_id = "get_account",
    tag = "accounts",
    params((
        "id" = String, Path,
        description = "`<protocol>/<market>/<address or vault number>`",
        example = "maker/eth-b/15967"
    )),
    responses(
        (status = 200, description = "The account.", body = AccountAnswer),
        (status = 400, description = "This is no account id.",
            body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such account.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn get(
    State(state): State<ServeState>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<AccountAnswer>, Problem> {
    answer(&state, id).map(Json)
}

/// The account of an id in a path, as it is told.
pub(super) fn answer(
    state: &ServeState,
    id: Result<Path<String>, PathRejection>,
) -> Result<AccountAnswer, Problem> {
    // The rejection is of percent signs that spell no UTF-8.
    let Path(id) = id.map_err(|_| malformed("the id in the path is not UTF-8"))?;
    let (market, account) = find(state, &id)?;
    let drivers = drivers(state, account).map_err(|error| Problem::internal(&error))?;
    Ok(AccountAnswer::of(market, account, drivers))
}

fn drivers(
    state: &ServeState,
    account: &ScoredAccount,
) -> Result<Option<DriversByHorizon>, ModelError> {
    let Some(features) = account.valued.features() else { return Ok(None) };
    Ok(Some(DriversByHorizon::of(&state.model().attribute(features.into())?)))
}

fn find<'a>(
    state: &'a ServeState,
    id: &str,
) -> Result<(&'a MarketState, &'a ScoredAccount), Problem> {
    if id.len() > LONGEST_ID {
        return Err(malformed(&format!("an id of {} bytes is longer than {LONGEST_ID}", id.len())));
    }
    let parsed = AccountId::parse(id);
    let parsed = parsed.ok_or_else(|| malformed(&format!("{id:?} is no account id")))?;
    let unknown = |detail| Problem::new(ProblemKind::UnknownAccount, detail);
    let market = state.market(parsed.market).ok_or_else(|| {
        let known = state.market_names();
        unknown(format!("no account {:?}: its market is not one of {known}", clip(id)))
    })?;
    let account = market.account(&parsed.key);
    let absent = || {
        let as_of = market.as_of().to_rfc3339_opts(SecondsFormat::Secs, true);
        unknown(format!("no account {:?} up to {as_of}", clip(id)))
    };
    Ok((market, account.ok_or_else(absent)?))
}

fn malformed(fault: &str) -> Problem {
    Problem::new(ProblemKind::MalformedAccountId, format!("{fault}: an id is {SHAPE}"))
}

impl AccountAnswer {
    fn of(
        market: &MarketState,
        account: &ScoredAccount,
        drivers: Option<DriversByHorizon>,
    ) -> Self {
        let ScoredAccount { id, valued, probabilities } = account;
        let held = &valued.account;
        Self {
            account: id.clone(),
            market: market.name().to_owned(),
            chain: market.chain().to_owned(),
            as_of: market.as_of(),
            status: match probabilities {
                Some(_) => AccountStatus::Open,
                None => AccountStatus::Closed,
            },
            collateral: balances(market, valued, &held.collateral),
            debt: balances(market, valued, &held.debt),
            standing: Standing::of(valued),
            probabilities: *probabilities,
            drivers,
        }
    }
}
