//! A market's page.

use maud::{Markup, html};

use super::frame::Frame;
use super::{accounts, alerts, calibration, current_risk, health, price_shocks, proposals};
use crate::market_state::MarketState;
use crate::{ServeError, ServerSnapshot};

/// The sections of the page, as its contents list them.
const SECTIONS: [(&str, &str); 7] = [
    ("now", "Risk now"),
    ("accounts", "Accounts at risk"),
    ("health", "Health factors"),
    ("falls", "Price falls"),
    ("calibration", "Calibration"),
    ("proposals", "Proposals"),
    ("alerts", "Alerts sent"),
];

/// The page of one market.
///
/// # Errors
/// [`ServeError::Chart`] or [`ServeError::Model`].
pub(crate) fn market_page(
    state: &ServerSnapshot,
    market: &MarketState,
) -> Result<Markup, ServeError> {
    let content = html! {
        (title(market))
        nav.contents aria-label="On this page" { @for (id, name) in SECTIONS {
            a href={ "#" (id) } { (name) } " "
        } }
        (current_risk::section(state, market))
        (accounts::section(state, market)?)
        div.halves { (health::section(market)?) (price_shocks::section(market)?) }
        (calibration::section(state)?)
        (proposals::section(state, market))
        (alerts::section(state, market)?)
    };
    Ok(Frame { title: market.name(), market: Some(market.name()) }.render(state, &content))
}

/// The market's name and the time of its state.
pub(super) fn title(market: &MarketState) -> Markup {
    html! {
        h1 { (market.name()) }
        p.lead {
            "On " (market.chain()) ", as of "
            time datetime=(market.as_of().to_rfc3339()) { (plimsoll_report::format_time(market.as_of())) } "."
        }
    }
}
