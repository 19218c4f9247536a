//! A message in plain sentences.

use super::digits::{amount, percent, usd};
use super::measure::Measure;
use super::message::{AlertData, AlertProbability};
use super::remedy::{Remedy, RemedyKind};
use super::rule::Rule;
use super::watch::Turn;
use crate::Drivers;

/// What a message says, in a few sentences.
pub(super) fn text(turn: Turn, said: &AlertData) -> String {
    let AlertData { account, rule, .. } = said;
    let looked_at = looked_at(said);
    match turn {
        Turn::Closed => format!("{account} is not open any more: it was repaid or liquidated."),
        Turn::Recovered => {
            format!("{account} is safer: {looked_at}, {}.", beyond(rule))
        }
        Turn::AtRisk | Turn::StillAtRisk => {
            let still = if turn == Turn::StillAtRisk { "still " } else { "" };
            let sentences = [
                Some(format!("{account} is {still}at risk: {looked_at}, {}.", reached(rule))),
                doubt(said),
                prices(said),
                said.drivers.as_ref().and_then(raised_by),
                Some(advice(rule, &said.actions)),
            ];
            sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    }
}

fn looked_at(said: &AlertData) -> String {
    match (said.rule.measure, &said.probability, said.standing.health_factor) {
        (Measure::HealthFactor, _, Some(health)) => format!("its health factor is {health:.4}"),
        (_, Some(p), _) => {
            format!(
                "its probability of liquidation within {} is {}",
                p.horizon,
                percent(p.liquidated)
            )
        }
        _ => "nothing is known of it".to_owned(),
    }
}

fn level(rule: &Rule, level: f64) -> String {
    if rule.measure.falls() { format!("{level}") } else { percent(level) }
}

fn reached(rule: &Rule) -> String {
    let side = if rule.measure.falls() { "at or below" } else { "at or above" };
    format!("{side} your {}", level(rule, rule.fire))
}

fn beyond(rule: &Rule) -> String {
    let side = if rule.measure.falls() { "above" } else { "below" };
    format!("{side} your {}", level(rule, rule.clear))
}

fn doubt(said: &AlertData) -> Option<String> {
    let AlertProbability { horizon, liquidated, lower, upper, out_of_range, .. } =
        said.probability.as_ref()?;
    let interval = format!("{} to {}", percent(*lower), percent(*upper));
    let sure = if said.rule.measure == Measure::HealthFactor {
        format!(
            "Its probability of liquidation within {horizon} is {} ({interval}).",
            percent(*liquidated)
        )
    } else {
        format!("Nine times in ten it lies in {interval}.")
    };
    let warning = if *out_of_range { " The model has seen no position like it." } else { "" };
    Some(sure + warning)
}

fn prices(said: &AlertData) -> Option<String> {
    let prices = said.liquidation_prices_usd.iter();
    let prices: Vec<_> =
        prices.map(|(asset, price)| format!("{asset} at {}", usd(*price))).collect();
    (!prices.is_empty()).then(|| format!("It is liquidated with {}.", prices.join(" or ")))
}

/// The driver that raises the probability most.
fn raised_by(drivers: &Drivers) -> Option<String> {
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

fn advice(rule: &Rule, actions: &[Remedy]) -> String {
    let goal = match rule.measure.horizon_name() {
        Some(horizon) => format!("P({horizon}) < {}", level(rule, rule.clear)),
        None => format!("a health factor above {}", rule.clear),
    };
    let ways: Vec<String> = actions.iter().map(way).collect();
    if ways.is_empty() {
        let found =
            "No repayment of its largest debt, and no ten times more of its largest collateral";
        return format!("{found}, suffices for {goal}.");
    }
    let ways = ways.join(" or ");
    let mut letters = ways.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase()).unwrap_or_default();
    format!("{first}{} for {goal}.", letters.as_str())
}

fn way(remedy: &Remedy) -> String {
    let Remedy { asset, amount: tokens, .. } = remedy;
    match remedy.action {
        RemedyKind::Repay if remedy.whole_debt => format!("repay all of its {asset}"),
        RemedyKind::Repay => format!("repay {} {asset}", amount(*tokens)),
        RemedyKind::Add => format!("add {} {asset}", amount(*tokens)),
    }
}
