//! Validation of a request against the state of the server.

use plimsoll_features::{AccountState, FeatureError, NewPosition};
use plimsoll_lake::tables::MarketAsset;
use plimsoll_lake::with_chain;

use crate::account_id;
use crate::api::horizon_hours::{HORIZON_HOURS, count_error, horizon_error};
use crate::api::problem::Problem;
use crate::api::problem::kind::ProblemKind;
use crate::api::score::request::{Holding, Position, ScoreRequest};
use crate::field_error::FieldError;
use crate::limits::{MAX_ASSETS, MAX_FIELD_ERRORS, MAX_ID_BYTES, MAX_POSITIONS, truncate};
use crate::state::market_state::MarketState;
use crate::state::server_snapshot::ServerSnapshot;

/// The market and the positions of a request, in order.
///
/// # Errors
/// A problem with the errors of the request, the first [`MAX_FIELD_ERRORS`] if there are more.
pub(crate) fn validate<'a>(
    snapshot: &'a ServerSnapshot,
    request: &ScoreRequest,
) -> Result<(&'a MarketState, Vec<AccountState>), Problem> {
    let count = request.positions.len();
    if !(1..=MAX_POSITIONS).contains(&count) {
        let limit = format!("there are {count}: a request has 1 to {MAX_POSITIONS}");
        return Err(invalid_request(vec![FieldError::new("positions", limit)]));
    }
    let market = snapshot.find_market(&request.market).map_err(|reason| {
        let named = truncate(&request.market);
        invalid_request(vec![FieldError::new("market", format!("{named:?} {reason}"))])
    })?;
    let mut validator = Validator { market, errors: Vec::new() };
    validator.horizons(&request.horizon_hours);
    let mut states = Vec::with_capacity(count);
    for (i, position) in request.positions.iter().enumerate() {
        states.push(validator.position(&format!("positions[{i}]"), position));
        if validator.errors.len() >= MAX_FIELD_ERRORS {
            break;
        }
    }
    if validator.errors.is_empty() {
        return Ok((market, states));
    }
    validator.errors.truncate(MAX_FIELD_ERRORS);
    Err(invalid_request(validator.errors))
}

fn invalid_request(errors: Vec<FieldError>) -> Problem {
    Problem::from_field_errors(ProblemKind::InvalidRequest, errors)
}

/// Collects the errors of positions; what it returns for an invalid one is meaningless.
struct Validator<'a> {
    market: &'a MarketState,
    errors: Vec<FieldError>,
}

impl<'a> Validator<'a> {
    fn horizons(&mut self, horizons: &[f64]) {
        self.errors
            .extend(count_error(horizons.len()).map(|error| FieldError::new(HORIZON_HOURS, error)));
        let errors = horizons.iter().enumerate().filter_map(|(i, &hours)| {
            Some(FieldError::new(&format!("{HORIZON_HOURS}[{i}]"), horizon_error(hours)?))
        });
        self.errors.extend(errors.take(MAX_FIELD_ERRORS));
    }

    fn position(&mut self, path: &str, position: &Position) -> AccountState {
        for (field, text) in [("id", &position.id), ("account", &position.account)] {
            let bytes = text.as_ref().map_or(0, String::len);
            if bytes > MAX_ID_BYTES {
                let limit = format!("{bytes} bytes are more than {MAX_ID_BYTES}");
                self.errors.push(FieldError::new(&format!("{path}.{field}"), limit));
            }
        }
        let collateral = self.amounts_by_asset(&format!("{path}.collateral"), &position.collateral);
        let debt = self.amounts_by_asset(&format!("{path}.debt"), &position.debt);
        let emode = position.emode.map(|number| self.emode(&format!("{path}.emode"), number));
        let known = position.account.as_deref();
        let known = known.and_then(|id| self.known_account(&format!("{path}.account"), id));
        let opened = self.market.snapshot().newly_opened_position(NewPosition {
            emode: emode.or(known.map(|known| known.emode)).unwrap_or_default(),
            collateral_enabled: self.collateral_enabled(&position.collateral, known),
            collateral,
            debt,
        });
        match known {
            Some(known) => opened.with_owner_history(known),
            None => opened,
        }
    }

    /// An efficiency mode that the market has, or 0.
    fn emode(&mut self, path: &str, number: u32) -> u32 {
        let as_of_s = self.market.as_of().timestamp();
        let known = self.market.snapshot().market().emode_numbers(as_of_s);
        if number != 0 && !known.contains(&number) {
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let unknown = format!("{number} is no efficiency mode; the market has {known}");
            self.errors.push(FieldError::new(path, unknown));
        }
        number
    }

    /// Whether each asset counts as collateral: as requested, as a known account has chosen for its
    /// balance, or else it does.
    fn collateral_enabled(&self, held: &[Holding], known: Option<&AccountState>) -> Vec<bool> {
        let chosen = |(asset, declared): (usize, &MarketAsset)| {
            let holding = held.iter().find(|holding| holding.asset == declared.asset);
            let kept = known.filter(|known| known.scaled_collateral[asset] > 0.0);
            let kept = kept.map(|known| known.collateral_enabled[asset]);
            holding.and_then(|holding| holding.used_as_collateral).or(kept).unwrap_or(true)
        };
        self.market.assets().iter().enumerate().map(chosen).collect()
    }

    /// The amounts of one side, tokens by asset.
    fn amounts_by_asset(&mut self, path: &str, holdings: &[Holding]) -> Vec<f64> {
        let mut amounts: Vec<Option<f64>> = vec![None; self.market.assets().len()];
        if holdings.len() > MAX_ASSETS {
            let limit = format!("{} assets are more than {MAX_ASSETS}", holdings.len());
            self.errors.push(FieldError::new(path, limit));
        }
        for (i, holding) in holdings.iter().enumerate().take(MAX_ASSETS) {
            let known = self.asset(&holding.asset).map(|asset| &mut amounts[asset]);
            let error = match known {
                Ok(amount @ None) => {
                    *amount = Some(holding.amount.tokens());
                    continue;
                }
                Ok(Some(_)) => format!("{} appears twice on this side", holding.asset),
                Err(reason) => reason,
            };
            self.errors.push(FieldError::new(&format!("{path}[{i}].asset"), error));
        }
        amounts.into_iter().map(Option::unwrap_or_default).collect()
    }

    /// The index of an asset with a price; the error is the reason.
    fn asset(&self, named: &str) -> Result<usize, String> {
        let market = self.market.snapshot().market();
        let asset = market.find_asset(named).map_err(|error| match error {
            FeatureError::AmbiguousAsset { candidates, .. } => {
                format!("{:?} is the symbol of several assets: use {candidates}", truncate(named))
            }
            _ => format!("{:?} is not one of {}", truncate(named), market.asset_labels()),
        })?;
        match self.market.unpriced().reasons.get(&asset) {
            Some(reason) => Err(format!("it cannot be valued, {reason}")),
            None => Ok(asset),
        }
    }

    /// A known account's state.
    fn known_account(&mut self, path: &str, id: &str) -> Option<&'a AccountState> {
        let key = account_id::normalize(id);
        let account = self.market.account(&with_chain(self.market.parts(), &key));
        let state = account.and_then(|account| self.market.snapshot().states().get(&account.id));
        if state.is_none() {
            let unknown = format!("{:?} is not an account of {}", truncate(id), self.market.name());
            self.errors.push(FieldError::new(path, unknown));
        }
        state
    }
}
