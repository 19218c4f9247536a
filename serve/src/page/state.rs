//! The state of a position in words.

use maud::{Markup, html};
use plimsoll_report::{format_percent, linked_section};

use crate::state::liquidation_outlook::{LiquidationOutlook, format_hours};
use crate::state::position_state::PositionState;

/// A sentence on the state.
pub(crate) fn state_sentence(state: PositionState) -> &'static str {
    match state {
        PositionState::Open => {
            "It is open: it can be liquidated if its health factor falls below 1."
        }
        PositionState::Liquidatable => {
            "It is liquidatable now: its health factor at the protocol's price is below 1."
        }
        PositionState::Halted => {
            "Its health factor at the protocol's price is below 1, and the protocol's rules permit no \
             liquidation now."
        }
        PositionState::Stuck => {
            "It is stuck below the threshold: it has been liquidatable for a day or more and nobody \
             has liquidated it, because that does not pay, is blocked, or because its data is suspect."
        }
        PositionState::NoDebt => "It is closed: it has no debt.",
        PositionState::Dust => "It is closed: its debt is less than a dollar.",
        PositionState::Undercollateralised => "It has debt, and nothing that counts secures it.",
    }
}

/// A flag for states that need attention.
pub(crate) fn state_flag(state: PositionState) -> Markup {
    html! {
        @match state {
            PositionState::Liquidatable => { span.flag { "liquidatable now" } }
            PositionState::Halted => { span.flag { "halted" } }
            PositionState::Stuck => { span.flag { "stuck" } }
            _ => {}
        }
    }
}

/// The figure, note and name of the tile on a position below the threshold, or one that may get there.
pub(crate) fn outlook_tile(state: PositionState, outlook: &LiquidationOutlook) -> [String; 3] {
    let median = match outlook.median_hours_to_liquidation {
        Some(hours) => format!("median time to liquidation {}", format_hours(hours)),
        None => "median time to liquidation: not within 30 days".to_owned(),
    };
    let name = if state.is_below_threshold() {
        "probability that a liquidator takes it within 30 days"
    } else {
        "probability that a liquidator takes it once it is liquidatable"
    };
    [format_probability(outlook.probability_taken), median, name.to_owned()]
}

/// A probability that may be near one, without rounding it up to certainty.
fn format_probability(p: f64) -> String {
    if p > 0.9995 && p < 1.0 { "> 99.9 %".to_owned() } else { format_percent(p) }
}

/// Why a liquidator might not take the position; nothing where no reason is known.
pub(crate) fn obstacles_section(state: PositionState, outlook: &LiquidationOutlook) -> Markup {
    if outlook.obstacles.is_empty() {
        return html! {};
    }
    let lead = match state {
        PositionState::Halted => {
            "Its health factor is below 1. What speaks against its liquidation:"
        }
        _ if state.is_below_threshold() => "It can be liquidated now. What speaks against it:",
        _ => "What would speak against its liquidation if its health factor fell below 1 now:",
    };
    linked_section("obstacles", "Why it might not be taken", lead, &obstacle_list(outlook))
}

/// The obstacles as a list.
pub(crate) fn obstacle_list(outlook: &LiquidationOutlook) -> Markup {
    html! { ul { @for obstacle in &outlook.obstacles { li { (obstacle) "." } } } }
}
