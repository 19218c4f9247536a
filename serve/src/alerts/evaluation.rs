//! Evaluation of all subscriptions against a snapshot.

pub(crate) mod accounts_by_owner;
pub(crate) mod remedy_search;
pub(crate) mod text;

use std::collections::{BTreeMap, HashMap};

use plimsoll_lake::{Horizon, without_chain};
use plimsoll_model::ModelError;

use crate::alerts::evaluation::accounts_by_owner::AccountsByOwner;
use crate::alerts::evaluation::remedy_search::{RemedySearch, measured_probability};
use crate::alerts::evaluation::text::message_text;
use crate::alerts::message::remedy::Remedy;
use crate::alerts::message::{AlertBody, AlertData, AlertProbability, Message, message_id};
use crate::alerts::store::watches::{WatchChange, WatchStates};
use crate::alerts::subscription::Subscription;
use crate::alerts::subscription::measure::Measure;
use crate::alerts::subscription::rule::Rule;
use crate::alerts::subscription::watch_target::stored_target;
use crate::alerts::watch::{AlertTransition, Observation, Watch};
use crate::state::balance::liquidation_prices;
use crate::state::drivers::Drivers;
use crate::state::market_state::MarketState;
use crate::state::position_metrics::PositionMetrics;
use crate::state::scored_account::ScoredAccount;
use crate::state::server_snapshot::ServerSnapshot;

/// The changes of all watches for a snapshot, in the order of subscriptions; nothing is written.
///
/// # Errors
/// [`ModelError`] if the model fails.
pub(crate) fn evaluate_watches(
    snapshot: &ServerSnapshot,
    subscriptions: &[Subscription],
    watch_states: &WatchStates,
) -> Result<Vec<WatchChange>, ModelError> {
    let mut evaluation = Evaluator { snapshot, watch_states, remedy_cache: HashMap::new() };
    let owners = AccountsByOwner::new(snapshot);
    let mut changes = Vec::new();
    for subscription in subscriptions.iter().filter(|s| s.disabled.is_none()) {
        for (market, account) in owners.matching(&stored_target(&subscription.watch)) {
            for (rule_index, rule) in subscription.rules.iter().enumerate() {
                let case = RuleCase { subscription, rule_index, rule, market, account };
                changes.extend(evaluation.step(&case)?);
            }
        }
    }
    Ok(changes)
}

/// One rule of one subscription, for one account.
struct RuleCase<'a> {
    subscription: &'a Subscription,
    rule_index: usize,
    rule: &'a Rule,
    market: &'a MarketState,
    account: &'a ScoredAccount,
}

/// Results that several subscriptions of one account share.
struct Evaluator<'a> {
    snapshot: &'a ServerSnapshot,
    watch_states: &'a WatchStates,
    remedy_cache: HashMap<(&'a str, Measure, u64), Vec<Remedy>>,
}

impl<'a> Evaluator<'a> {
    fn step(&mut self, case: &RuleCase<'a>) -> Result<Option<WatchChange>, ModelError> {
        let RuleCase { subscription, rule_index, rule, market, account } = *case;
        let before = self.watch_before(&subscription.id, rule_index, &account.id);
        let observation =
            Observation { at_s: market.as_of().timestamp(), value: observed_value(account, rule) };
        let (watch, transition) = before.step(rule, observation);
        let Some(transition) = transition else { return Ok(None) };
        let message = self.message(case, &watch, transition)?;
        Ok(Some(WatchChange { rule_index, watch, message }))
    }

    /// The watch of an account; an older version stored it by the id without the chain.
    fn watch_before(&self, subscription: &str, rule_index: usize, account: &str) -> Watch {
        let stored = |account: &str| {
            let key = (subscription.to_owned(), rule_index, account.to_owned());
            self.watch_states.get(&key).copied()
        };
        let older = || without_chain(account).and_then(stored);
        stored(account).or_else(older).unwrap_or_default()
    }

    fn message(
        &mut self,
        case: &RuleCase<'a>,
        watch: &Watch,
        transition: AlertTransition,
    ) -> Result<Message, ModelError> {
        let RuleCase { subscription, rule_index, market, account, .. } = *case;
        let mut data = self.alert_data(case, watch, transition)?;
        data.text = message_text(transition, &data);
        let (kind, timestamp) = (transition.as_str(), market.as_of());
        let message_text = data.text.clone();
        let body = AlertBody { kind: kind.to_owned(), timestamp, data };
        Ok(Message {
            id: message_id(&subscription.id, rule_index, &account.id, watch),
            subscription: subscription.id.clone(),
            account: account.id.clone(),
            kind,
            text: message_text,
            body: serde_json::to_string(&body).expect("a message has only string keys"),
            as_of_s: timestamp.timestamp(),
        })
    }

    fn alert_data(
        &mut self,
        case: &RuleCase<'a>,
        watch: &Watch,
        transition: AlertTransition,
    ) -> Result<AlertData, ModelError> {
        let RuleCase { subscription, rule, market, account, .. } = *case;
        // A health factor has no horizon; its messages contain the probability within a day.
        let horizon = rule.measure.horizon().unwrap_or(Horizon::Hours24);
        let actions = if transition.is_warning() { self.remedies(case)? } else { Vec::new() };
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
            state: account.state(),
            metrics: PositionMetrics::from_valued(&account.valued),
            liquidation: account.score.as_ref().map(|score| score.outlook.clone()),
            probability: alert_probability(account, horizon),
            drivers,
            liquidation_prices_usd: prices.into_iter().take(MAX_PRICES).collect::<BTreeMap<_, _>>(),
            actions,
        })
    }

    fn drivers(
        &self,
        account: &ScoredAccount,
        horizon: Horizon,
    ) -> Result<Option<Drivers>, ModelError> {
        let attributions = account.attributions(self.snapshot.model())?;
        Ok(attributions.map(|all| Drivers::from_attribution(&all[horizon.index()])))
    }

    fn remedies(&mut self, case: &RuleCase<'a>) -> Result<Vec<Remedy>, ModelError> {
        let RuleCase { rule, market, account, .. } = *case;
        let key = (account.id.as_str(), rule.measure, rule.clear.to_bits());
        if let Some(found) = self.remedy_cache.get(&key) {
            return Ok(found.clone());
        }
        let Some(state) = market.snapshot().states().get(&account.id) else {
            return Ok(Vec::new());
        };
        let model = self.snapshot.model();
        let remedies = RemedySearch { model, market, state, rule }.remedies()?;
        self.remedy_cache.insert(key, remedies.clone());
        Ok(remedies)
    }
}

/// Maximum number of liquidation prices in a message, which limits the size of its body.
const MAX_PRICES: usize = 64;

/// The value that a rule measures; `None` if the account is not open.
fn observed_value(account: &ScoredAccount, rule: &Rule) -> Option<f64> {
    let scored = account.probabilities()?;
    match rule.measure {
        Measure::HealthFactor => Some(account.valued.health_factor),
        measure => measured_probability(Some(scored), measure),
    }
}

fn alert_probability(account: &ScoredAccount, horizon: Horizon) -> Option<AlertProbability> {
    let scored = account.probabilities()?;
    let at = scored.at_horizon(horizon);
    Some(AlertProbability {
        horizon: horizon.to_string(),
        liquidated: at.liquidated,
        lower: at.lower,
        upper: at.upper,
        closed: at.closed,
        out_of_range: scored.out_of_range,
        cold_start: scored.cold_start,
    })
}
