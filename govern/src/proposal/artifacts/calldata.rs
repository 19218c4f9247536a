//! `calldata.json`: the calls of each route, for signers.

use alloy_primitives::{Address, Bytes};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::proposal::document::Proposal;

/// One call.
#[derive(Serialize)]
struct Call<'a> {
    /// The route.
    route: &'static str,
    /// The earliest time.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<DateTime<Utc>>,
    /// The contract, if known.
    to: Option<Address>,
    function: &'static str,
    calldata: Option<&'a Bytes>,
}

/// The steward's steps, the same steps and the whole change by a risk admin, and the oracle's
/// publications.
pub(super) fn render_calldata(proposal: &Proposal) -> Result<String, serde_json::Error> {
    let mut calls = Vec::new();
    let configurator = proposal.market.contracts.map(|contracts| contracts.configurator);
    for step in &proposal.steps {
        let not_before = Some(step.not_before);
        calls.push(Call {
            route: "steward",
            not_before,
            to: proposal.steward.address,
            function: "updateCollateralSide",
            calldata: step.steward_calldata.as_ref(),
        });
        calls.extend(step.changes.iter().map(|change| Call {
            route: "risk admin, step by step",
            not_before,
            to: configurator,
            function: "configureReserveAsCollateral",
            calldata: change.configurator_calldata.as_ref(),
        }));
        let one = step.changes.len() == 1;
        calls.push(Call {
            route: "risk oracle",
            not_before,
            to: None,
            function: if one {
                "publishRiskParameterUpdate"
            } else {
                "publishBulkRiskParameterUpdates"
            },
            calldata: step.oracle_calldata.as_ref(),
        });
    }
    if let Some(payload) = &proposal.payload {
        calls.push(Call {
            route: "governance, by the config engine",
            not_before: None,
            to: None,
            function: "updateCollateralSide",
            calldata: payload.engine_calldata.as_ref(),
        });
        calls.extend(payload.changes.iter().map(|change| Call {
            route: "risk admin, at once",
            not_before: None,
            to: configurator,
            function: "configureReserveAsCollateral",
            calldata: change.configurator_calldata.as_ref(),
        }));
    }
    Ok(format!("{}\n", serde_json::to_string_pretty(&calls)?))
}
