//! A request held against what the server knows.

use plimsoll_features::AccountState;

use super::request::{Holding, Position, ScoreRequest};
use crate::account_id;
use crate::limits::{LONGEST_ID, MOST_ASSETS, MOST_FAULTS, MOST_POSITIONS, clip};
use crate::market_state::MarketState;
use crate::{Fault, Problem, ProblemKind, ServeState};

/// The market and the positions of a request, in order.
///
/// # Errors
/// A problem with the faults of the request, the first [`MOST_FAULTS`] if there are more.
pub(super) fn check<'a>(
    state: &'a ServeState,
    request: &ScoreRequest,
) -> Result<(&'a MarketState, Vec<AccountState>), Problem> {
    let count = request.positions.len();
    if !(1..=MOST_POSITIONS).contains(&count) {
        let limit = format!("there are {count}: a request has 1 to {MOST_POSITIONS}");
        return Err(refuse(vec![Fault::at("positions", limit)]));
    }
    let market = state.market(&request.market).ok_or_else(|| {
        let (named, known) = (clip(&request.market), state.market_names());
        refuse(vec![Fault::at("market", format!("{named:?} is not one of {known}"))])
    })?;
    let mut checker = Checker { market, faults: Vec::new() };
    let mut states = Vec::with_capacity(count);
    for (i, position) in request.positions.iter().enumerate() {
        states.push(checker.position(&format!("positions[{i}]"), position));
        if checker.faults.len() >= MOST_FAULTS {
            break;
        }
    }
    if checker.faults.is_empty() {
        return Ok((market, states));
    }
    checker.faults.truncate(MOST_FAULTS);
    Err(refuse(checker.faults))
}

fn refuse(faults: Vec<Fault>) -> Problem {
    Problem::of_faults(ProblemKind::InvalidRequest, faults)
}

/// Gathers the faults of positions; what it makes of a faulty one is of no use.
struct Checker<'a> {
    market: &'a MarketState,
    faults: Vec<Fault>,
}

impl Checker<'_> {
    fn position(&mut self, place: &str, position: &Position) -> AccountState {
        for (field, text) in [("id", &position.id), ("account", &position.account)] {
            let bytes = text.as_ref().map_or(0, String::len);
            if bytes > LONGEST_ID {
                let limit = format!("{bytes} bytes are more than {LONGEST_ID}");
                self.faults.push(Fault::at(&format!("{place}.{field}"), limit));
            }
        }
        let collateral = self.side(&format!("{place}.collateral"), &position.collateral);
        let debt = self.side(&format!("{place}.debt"), &position.debt);
        let opened = self.market.snapshot().opened_now(collateral, debt);
        let known = position.account.as_deref();
        let known = known.and_then(|id| self.known(&format!("{place}.account"), id));
        match known {
            Some(known) => opened.of_owner(known),
            None => opened,
        }
    }

    /// The amounts of one side, tokens by asset.
    fn side(&mut self, place: &str, holdings: &[Holding]) -> Vec<f64> {
        let mut amounts: Vec<Option<f64>> = vec![None; self.market.assets().len()];
        if holdings.len() > MOST_ASSETS {
            let limit = format!("{} assets are more than {MOST_ASSETS}", holdings.len());
            self.faults.push(Fault::at(place, limit));
        }
        for (i, holding) in holdings.iter().enumerate().take(MOST_ASSETS) {
            let known = self.market.assets().iter().position(|a| a.asset == holding.asset);
            let fault = match known.map(|asset| &mut amounts[asset]) {
                Some(amount @ None) => {
                    *amount = Some(holding.amount.tokens());
                    continue;
                }
                Some(Some(_)) => format!("{} stands on this side twice", holding.asset),
                None => format!("{:?} is not one of {}", clip(&holding.asset), self.symbols()),
            };
            self.faults.push(Fault::at(&format!("{place}[{i}].asset"), fault));
        }
        amounts.into_iter().map(Option::unwrap_or_default).collect()
    }

    fn symbols(&self) -> String {
        self.market.assets().iter().map(|a| a.asset.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// A known account's state.
    fn known(&mut self, place: &str, id: &str) -> Option<&AccountState> {
        let account = self.market.account(&account_id::key(id));
        let state = account.and_then(|account| self.market.snapshot().states().get(&account.id));
        if state.is_none() {
            let unknown = format!("{:?} is no account of {}", clip(id), self.market.name());
            self.faults.push(Fault::at(place, unknown));
        }
        state
    }
}
