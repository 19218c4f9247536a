//! A snapshot of the market seen through every subscription: what has to be said.

use std::collections::{BTreeMap, HashMap};

use plimsoll_features::HORIZONS;
use plimsoll_model::{Attribution, ModelError};

use super::measure::Measure;
use super::message::{AlertBody, AlertData, AlertProbability, Message, message_id};
use super::remedy::{Patient, Remedy, probability};
use super::rule::Rule;
use super::store::{Change, Kept};
use super::subscription::Subscription;
use super::text::text;
use super::watch::{Seen, Turn, Watch};
use super::watched::{Watched, kept as watched};
use crate::account_id;
use crate::balance::liquidation_prices;
use crate::market_state::{MarketState, ScoredAccount};
use crate::{Drivers, ServeState, Standing};

/// The horizon that a message tells where its rule looks at none, a place in [`HORIZONS`]: a day.
const DAY: usize = 2;

/// What every watch has to say of a snapshot, in the order of subscriptions; nothing is written.
///
/// # Errors
/// [`ModelError`] if the net fails.
pub(super) fn evaluate(
    state: &ServeState,
    subscriptions: &[Subscription],
    kept: &Kept,
) -> Result<Vec<Change>, ModelError> {
    let mut evaluation =
        Evaluation { state, kept, found: HashMap::new(), attributed: HashMap::new() };
    let owners = Owners::of(state);
    let mut changes = Vec::new();
    for subscription in subscriptions.iter().filter(|s| s.disabled.is_none()) {
        for (market, account) in owners.watched(&watched(&subscription.watch)) {
            for (place, rule) in subscription.rules.iter().enumerate() {
                let case = Case { subscription, place, rule, market, account };
                changes.extend(evaluation.step(&case)?);
            }
        }
    }
    Ok(changes)
}

/// Accounts by their addresses, or whatever else their ids end with.
struct Owners<'a>(HashMap<&'a str, Vec<(&'a MarketState, &'a ScoredAccount)>>);

impl<'a> Owners<'a> {
    fn of(state: &'a ServeState) -> Self {
        let mut owners: HashMap<&str, Vec<_>> = HashMap::new();
        for market in state.markets() {
            for (key, account) in market.accounts() {
                owners.entry(owner(key)).or_default().push((market, account));
            }
        }
        Self(owners)
    }

    fn watched(
        &self,
        watched: &Watched,
    ) -> impl Iterator<Item = (&'a MarketState, &'a ScoredAccount)> {
        let text = watched.to_string();
        let found = self.0.get(owner(&text)).map(Vec::as_slice).unwrap_or_default();
        let whole = matches!(watched, Watched::Wallet(_));
        let own = move |account: &ScoredAccount| whole || account_id::key(&account.id) == text;
        found.iter().copied().filter(move |(_, account)| own(account))
    }
}

fn owner(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

/// One rule of one subscription, and one account.
struct Case<'a> {
    subscription: &'a Subscription,
    place: usize,
    rule: &'a Rule,
    market: &'a MarketState,
    account: &'a ScoredAccount,
}

/// What several subscriptions to one account need only once.
struct Evaluation<'a> {
    state: &'a ServeState,
    kept: &'a Kept,
    found: HashMap<(&'a str, Measure, u64), Vec<Remedy>>,
    attributed: HashMap<&'a str, [Attribution; HORIZONS.len()]>,
}

impl<'a> Evaluation<'a> {
    fn step(&mut self, case: &Case<'a>) -> Result<Option<Change>, ModelError> {
        let Case { subscription, place, rule, market, account } = *case;
        let key = (subscription.id.clone(), place, account.id.clone());
        let before = self.kept.get(&key).copied().unwrap_or_default();
        let seen = Seen { at_s: market.as_of().timestamp(), value: looked_at(account, rule) };
        let (watch, turn) = before.step(rule, seen);
        let Some(turn) = turn else { return Ok(None) };
        let message = self.message(case, &watch, turn)?;
        Ok(Some(Change { rule: place, watch, message }))
    }

    fn message(
        &mut self,
        case: &Case<'a>,
        watch: &Watch,
        turn: Turn,
    ) -> Result<Message, ModelError> {
        let Case { subscription, place, market, account, .. } = *case;
        let mut data = self.data(case, watch, turn)?;
        data.text = text(turn, &data);
        let (kind, timestamp) = (turn.name(), market.as_of());
        let said = data.text.clone();
        let body = AlertBody { kind: kind.to_owned(), timestamp, data };
        Ok(Message {
            id: message_id(&subscription.id, place, &account.id, watch),
            subscription: subscription.id.clone(),
            account: account.id.clone(),
            kind,
            text: said,
            body: serde_json::to_string(&body).expect("a message has only text keys"),
            as_of_s: timestamp.timestamp(),
        })
    }

    fn data(
        &mut self,
        case: &Case<'a>,
        watch: &Watch,
        turn: Turn,
    ) -> Result<AlertData, ModelError> {
        let Case { subscription, rule, market, account, .. } = *case;
        let horizon = rule.measure.horizon().unwrap_or(DAY);
        let actions = if turn.warns() { self.remedies(case)? } else { Vec::new() };
        let drivers = self.drivers(account, horizon)?;
        let prices = liquidation_prices(market, &account.valued);
        Ok(AlertData {
            text: String::new(),
            subscription: subscription.id.clone(),
            rule: *rule,
            episode: watch.episode,
            account: account.id.clone(),
            market: market.name().to_owned(),
            chain: market.chain().to_owned(),
            standing: Standing::of(&account.valued),
            probability: told(account, horizon),
            drivers,
            liquidation_prices_usd: prices
                .into_iter()
                .take(MOST_PRICES)
                .collect::<BTreeMap<_, _>>(),
            actions,
        })
    }

    fn drivers(
        &mut self,
        account: &'a ScoredAccount,
        horizon: usize,
    ) -> Result<Option<Drivers>, ModelError> {
        let Some(features) = account.valued.features() else { return Ok(None) };
        if !self.attributed.contains_key(account.id.as_str()) {
            let attributed = self.state.model().attribute(features.into())?;
            self.attributed.insert(&account.id, attributed);
        }
        Ok(self.attributed.get(account.id.as_str()).map(|all| Drivers::of(&all[horizon])))
    }

    fn remedies(&mut self, case: &Case<'a>) -> Result<Vec<Remedy>, ModelError> {
        let Case { rule, market, account, .. } = *case;
        let key = (account.id.as_str(), rule.measure, rule.clear.to_bits());
        if let Some(found) = self.found.get(&key) {
            return Ok(found.clone());
        }
        let Some(state) = market.snapshot().states().get(&account.id) else {
            return Ok(Vec::new());
        };
        let model = self.state.model();
        let remedies = Patient { model, market, state, rule }.remedies()?;
        self.found.insert(key, remedies.clone());
        Ok(remedies)
    }
}

/// Most liquidation prices that a message tells: its body has an upper limit.
const MOST_PRICES: usize = 64;

/// What a rule looks at; `None` if the account is not open.
fn looked_at(account: &ScoredAccount, rule: &Rule) -> Option<f64> {
    let scored = account.probabilities.as_ref()?;
    match rule.measure {
        Measure::HealthFactor => Some(account.valued.health_factor),
        measure => probability(Some(scored), measure),
    }
}

fn told(account: &ScoredAccount, horizon: usize) -> Option<AlertProbability> {
    let scored = account.probabilities.as_ref()?;
    let at = scored.at(horizon);
    Some(AlertProbability {
        horizon: HORIZONS[horizon].0.to_owned(),
        liquidated: at.liquidated,
        lower: at.lower,
        upper: at.upper,
        closed: at.closed,
        out_of_range: scored.out_of_range,
    })
}
