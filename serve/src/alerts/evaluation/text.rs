//! The text of a message.
use plimsoll_report::{format_amount, format_percent_significant, format_price_significant};

use crate::alerts::message::remedy::{Remedy, RemedyKind};
use crate::alerts::message::{AlertData, AlertProbability};
use crate::alerts::subscription::measure::Measure;
use crate::alerts::subscription::rule::Rule;
use crate::alerts::watch::AlertTransition;
use crate::state::drivers::Drivers;
use crate::state::liquidation_outlook::format_hours;
use crate::state::position_state::PositionState;

/// The text of a message, in a few sentences.
pub(crate) fn message_text(transition: AlertTransition, data: &AlertData) -> String {
    let AlertData { account, rule, .. } = data;
    let value = observed_value(data);
    match transition {
        AlertTransition::Closed => {
            format!("{account} is not open any more: it was repaid or liquidated.")
        }
        // The probability of a position that nobody takes falls, though its health does not rise.
        AlertTransition::Recovered if data.state.is_below_threshold() => format!(
            "{account} is still liquidatable: {}. The warning ends because {value}, {}.",
            health_phrase(data),
            clear_phrase(rule)
        ),
        AlertTransition::Recovered => {
            format!("{account} is safer: {value}, {}.", clear_phrase(rule))
        }
        AlertTransition::AtRisk | AlertTransition::StillAtRisk => {
            let still = if transition == AlertTransition::StillAtRisk { "still " } else { "" };
            let sentences = [
                below_threshold_sentence(data),
                Some(format!("{account} is {still}at risk: {value}, {}.", fire_phrase(rule))),
                uncertainty_sentence(data),
                liquidation_prices_sentence(data),
                data.drivers.as_ref().and_then(main_driver_sentence),
                Some(advice_sentence(rule, &data.actions)),
            ];
            sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    }
}

/// A position below the threshold is in a state, not only at risk.
fn below_threshold_sentence(data: &AlertData) -> Option<String> {
    let outlook = data.liquidation.as_ref().filter(|_| data.state.is_below_threshold())?;
    let state = match data.state {
        PositionState::Stuck => "has been liquidatable for a day or more".to_owned(),
        PositionState::Halted => outlook
            .halt
            .as_ref()
            .map_or_else(|| "cannot be liquidated now".to_owned(), |halt| halt.text.clone()),
        _ => "is liquidatable now".to_owned(),
    };
    let median = outlook.median_hours_to_liquidation;
    let median = median.map_or_else(String::new, |hours| {
        format!(", half of such positions within {}", format_hours(hours))
    });
    let obstacles: Vec<String> = outlook.obstacles.iter().map(ToString::to_string).collect();
    let obstacles = match &obstacles[..] {
        [] => String::new(),
        some => format!(" Against it: {}.", some.join("; ")),
    };
    Some(format!(
        "{} {state}: {}. A liquidator takes it within 30 days with a probability of {}{median}.{obstacles}",
        data.account,
        health_phrase(data),
        format_percent_significant(outlook.probability_taken),
    ))
}

fn health_phrase(data: &AlertData) -> String {
    let health = data.metrics.health_factor.unwrap_or_default();
    format!("its health factor is {health:.4}, below 1")
}

fn observed_value(data: &AlertData) -> String {
    match (data.rule.measure, &data.probability, data.metrics.health_factor) {
        (Measure::HealthFactor, _, Some(health)) => format!("its health factor is {health:.4}"),
        (_, Some(p), _) => {
            format!(
                "its probability of liquidation within {} is {}",
                p.horizon,
                format_percent_significant(p.liquidated)
            )
        }
        _ => "nothing is known of it".to_owned(),
    }
}

fn format_level(rule: &Rule, level: f64) -> String {
    if rule.measure.lower_is_worse() {
        format!("{level}")
    } else {
        format_percent_significant(level)
    }
}

fn fire_phrase(rule: &Rule) -> String {
    let side = if rule.measure.lower_is_worse() { "at or below" } else { "at or above" };
    format!("{side} your {}", format_level(rule, rule.fire))
}

fn clear_phrase(rule: &Rule) -> String {
    let side = if rule.measure.lower_is_worse() { "above" } else { "below" };
    format!("{side} your {}", format_level(rule, rule.clear))
}

fn uncertainty_sentence(data: &AlertData) -> Option<String> {
    let AlertProbability { horizon, liquidated, lower, upper, out_of_range, cold_start, .. } =
        data.probability.as_ref()?;
    let interval =
        format!("{} to {}", format_percent_significant(*lower), format_percent_significant(*upper));
    let sentence = if data.rule.measure == Measure::HealthFactor {
        format!(
            "Its probability of liquidation within {horizon} is {} ({interval}).",
            format_percent_significant(*liquidated)
        )
    } else {
        format!("Nine times in ten it lies in {interval}.")
    };
    let unusual = if *out_of_range { " The model has seen no position like it." } else { "" };
    let cold = if *cold_start { " The model was not trained on this market." } else { "" };
    Some(sentence + unusual + cold)
}

fn liquidation_prices_sentence(data: &AlertData) -> Option<String> {
    if data.state.is_below_threshold() {
        return None;
    }
    let prices = data.liquidation_prices_usd.iter();
    let prices: Vec<_> = prices
        .map(|(asset, price)| format!("{asset} at {}", format_price_significant(*price)))
        .collect();
    (!prices.is_empty()).then(|| format!("It is liquidated with {}.", prices.join(" or ")))
}

/// The driver that raises the probability most.
fn main_driver_sentence(drivers: &Drivers) -> Option<String> {
    let parts = [
        ("how near its liquidation price is", drivers.price_distance),
        ("how much prices move", drivers.volatility),
        ("how thin the market is", drivers.liquidity),
        ("what its owner did before", drivers.behaviour),
        ("what interest costs", drivers.carry),
    ];
    let (name, part) = parts.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    (part > 0.0).then(|| format!("What raises it most is {name}."))
}

fn advice_sentence(rule: &Rule, actions: &[Remedy]) -> String {
    let goal = match rule.measure.horizon() {
        Some(horizon) => format!("P({horizon}) < {}", format_level(rule, rule.clear)),
        None => format!("a health factor above {}", rule.clear),
    };
    let options: Vec<String> = actions.iter().map(remedy_phrase).collect();
    if options.is_empty() {
        let found =
            "No repayment of its largest debt, and no ten times more of its largest collateral";
        return format!("{found}, suffices for {goal}.");
    }
    let options = options.join(" or ");
    let mut letters = options.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase()).unwrap_or_default();
    format!("{first}{} for {goal}.", letters.as_str())
}

fn remedy_phrase(remedy: &Remedy) -> String {
    let Remedy { asset, amount: tokens, .. } = remedy;
    match remedy.action {
        RemedyKind::Repay if remedy.whole_debt => format!("repay all of its {asset}"),
        RemedyKind::Repay => format!("repay {} {asset}", format_amount(*tokens)),
        RemedyKind::Add => format!("add {} {asset}", format_amount(*tokens)),
    }
}
