//! A market's page: what a risk analyst looks at first.

use maud::{Markup, html};

use super::frame::Frame;
use super::{accounts, alerts, calibration, falls, health, now, proposals};
use crate::market_state::MarketState;
use crate::{ServeError, ServeState, words};

/// The parts of the page, as its contents list them.
const PARTS: [(&str, &str); 7] = [
    ("now", "Risk now"),
    ("accounts", "Accounts at risk"),
    ("health", "Health factors"),
    ("falls", "What if prices fall"),
    ("calibration", "Calibration"),
    ("proposals", "Proposals"),
    ("alerts", "Alerts sent"),
];

/// The page of one market.
///
/// # Errors
/// [`ServeError::Chart`] or [`ServeError::Model`].
pub(crate) fn market_page(state: &ServeState, market: &MarketState) -> Result<Markup, ServeError> {
    let content = html! {
        (title(market))
        nav.contents aria-label="On this page" { @for (id, name) in PARTS {
            a href={ "#" (id) } { (name) } " "
        } }
        (now::section(state, market))
        (accounts::section(state, market)?)
        div.halves { (health::section(market)?) (falls::section(market)?) }
        (calibration::section(state)?)
        (proposals::section(state, market))
        (alerts::section(state, market)?)
    };
    Ok(Frame { title: market.name(), market: Some(market.name()) }.around(state, &content))
}

/// The market's name, and when it stands so.
pub(super) fn title(market: &MarketState) -> Markup {
    html! {
        h1 { (market.name()) }
        p.lead {
            "On " (market.chain()) ", as of "
            time datetime=(market.as_of().to_rfc3339()) { (words::time(market.as_of())) } "."
        }
    }
}
