//! A market's page.

pub(crate) mod alerts;
pub(crate) mod calibration;
pub(crate) mod current_risk;
pub(crate) mod health;
pub(crate) mod price_shocks;
pub(crate) mod proposals;
pub(crate) mod stuck;

use maud::{Markup, html};

use crate::error::ServeError;
use crate::page::accounts;
use crate::page::frame::{Frame, market_title};
use crate::state::market_state::MarketState;
use crate::state::server_snapshot::ServerSnapshot;

/// The sections of the page, as its contents list them.
const SECTIONS: [(&str, &str); 8] = [
    ("now", "Risk now"),
    ("accounts", "Accounts at risk"),
    (stuck::ID, stuck::HEADING),
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
    snapshot: &ServerSnapshot,
    market: &MarketState,
) -> Result<Markup, ServeError> {
    let content = html! {
        (market_title(market))
        nav.contents aria-label="On this page" { @for (id, name) in SECTIONS {
            a href={ "#" (id) } { (name) } " "
        } }
        (current_risk::section(snapshot, market))
        (accounts::section(snapshot, market)?)
        (stuck::section(market))
        div.halves { (health::section(market)?) (price_shocks::section(market)?) }
        (calibration::section(snapshot)?)
        (proposals::section(snapshot, market))
        (alerts::section(snapshot, market)?)
    };
    Ok(Frame { title: market.name(), market: Some(market.name()) }.render(snapshot, &content))
}
