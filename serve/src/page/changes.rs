//! What changed an account's probability since the day before, in a sentence.

use maud::{Markup, html};
use plimsoll_report::{format_fixed, format_percent, format_time};

use crate::state::changes::{Change, Changes, ChangesNullReason};

/// Causes that multiply the odds by less than this, or divide them by less, are not named.
const MIN_FACTOR: f64 = 1.05;

/// The sentence, or why there is none.
pub(crate) fn changes_sentence(changes: Result<&Changes, ChangesNullReason>) -> Markup {
    html! {
        p.changes {
            @match changes {
                Ok(changes) => { (change_sentence(changes)) }
                Err(ChangesNullReason::NotOpenNow) => {}
                Err(ChangesNullReason::NotOpen24hBefore) => {
                    "It was not open 24 hours before, so there is no change to explain."
                }
                Err(ChangesNullReason::NotComparable) => {
                    "It changed so much within 24 hours that the change cannot be split into causes."
                }
            }
        }
    }
}

fn change_sentence(changes: &Changes) -> String {
    let change = &changes.one_day;
    let since = format_time(changes.since);
    let (before, now) =
        (format_percent(change.probability_before), format_percent(change.probability));
    let factor = (change.log_odds - change.log_odds_before).exp();
    let verb = match factor {
        factor if factor >= MIN_FACTOR => "rose",
        factor if factor <= 1.0 / MIN_FACTOR => "fell",
        _ => {
            return format!(
                "Since {since} the probability of liquidation within 24 hours hardly changed: \
                 {before} then, {now} now."
            );
        }
    };
    format!(
        "Since {since} the probability of liquidation within 24 hours {verb} from {before} to {now}: \
         its odds are multiplied by {}, the product of {}.",
        format_factor(factor),
        causes(change)
    )
}

/// The causes that matter, the strongest first, with their factors; the rest as one.
fn causes(change: &Change) -> String {
    let Change { price, volatility, balances, interest, parameters, other, .. } = *change;
    let mut named = [
        ("prices", price),
        ("volatility", volatility),
        ("balances moved by the owner or a liquidation", balances),
        ("interest", interest),
        ("parameters", parameters),
        ("everything else", other),
    ];
    named.sort_by(|(_, a), (_, b)| b.abs().total_cmp(&a.abs()));
    let matters = |part: f64| part.abs() >= MIN_FACTOR.ln();
    let listed = named.iter().filter(|(_, part)| matters(*part));
    let mut listed: Vec<String> =
        listed.map(|(name, part)| format!("{} from {name}", format_factor(part.exp()))).collect();
    let rest: f64 = named.iter().filter(|(_, part)| !matters(*part)).map(|(_, part)| part).sum();
    if listed.is_empty() || matters(rest) {
        listed.push(format!("{} from smaller causes", format_factor(rest.exp())));
    }
    listed.join(", ")
}

fn format_factor(factor: f64) -> String {
    match factor {
        factor if factor >= 100.0 => format_fixed(factor, 0),
        factor if factor >= 0.1 => format_fixed(factor, 2),
        factor => format!("1/{}", format_fixed(1.0 / factor.max(1e-9), 0)),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn change(price: f64, other: f64) -> Change {
        let before = -6.0_f64;
        let log_odds = before + price + other;
        let probability = |z: f64| 1.0 / (1.0 + (-z).exp());
        Change {
            probability_before: probability(before),
            probability: probability(log_odds),
            log_odds_before: before,
            price,
            volatility: 0.0,
            balances: 0.0,
            interest: 0.0,
            parameters: 0.0,
            other,
            log_odds,
        }
    }

    fn sentence(one_day: Change) -> String {
        change_sentence(&Changes { since: DateTime::UNIX_EPOCH, one_day, seven_days: one_day })
    }

    #[test]
    fn causes_are_named_with_their_factors_the_strongest_first() {
        let text = sentence(change(2_f64.ln(), -1.25_f64.ln()));
        assert!(text.contains("rose from 0.25 % to 0.40 %"), "{text}");
        let expected = "multiplied by 1.60, the product of 2.00 from prices, 0.80 from everything";
        assert!(text.contains(expected), "{text}");
        assert!(!text.contains("volatility"), "{text}");
    }

    #[test]
    fn a_small_change_has_no_causes() {
        assert!(sentence(change(0.01, 0.0)).contains("hardly changed"));
        assert!(sentence(change(-1.0, 0.0)).contains("fell from"));
    }
}
