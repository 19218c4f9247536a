//! `config.ts`, the input of the generator of `aave-proposals-v3`.

use super::names::{ArtifactNames, SHORT_NAME, format_percent};
use super::template::render;
use crate::policy::{AipPolicy, EngineAbi};
use crate::proposal::document::{GovernancePayload, Proposal};
use crate::proposal::steward::CollateralUpdate;

const CONFIG: &str = include_str!("templates/config.ts");
const UPDATE: &str = include_str!("templates/config_update.ts");
const DEBT_CEILING: &str = "debtCeiling: '', ";

/// Source: `generator/types.ts` and `generator/features` of `aave-dao/aave-proposals-v3`.
pub(super) fn render_config(
    proposal: &Proposal,
    payload: &GovernancePayload,
    aip: &AipPolicy,
    names: &ArtifactNames,
) -> String {
    let debt_ceiling = match proposal.steward.abi {
        EngineAbi::UpTo36 => DEBT_CEILING,
        EngineAbi::From37 => "",
    };
    let updates: String =
        payload.changes.iter().map(|change| update_line(&change.update, debt_ceiling)).collect();
    render(
        CONFIG,
        &[
            ("author", &quoted(&aip.author)),
            ("pool", &names.pool),
            ("title", &quoted(&names.title)),
            ("short_name", SHORT_NAME),
            ("date", &names.date),
            ("discussions", &quoted(&aip.discussions)),
            ("updates", &updates),
            ("block", &proposal.as_of.block.unwrap_or_default().to_string()),
        ],
    )
}

fn update_line(update: &CollateralUpdate, debt_ceiling: &str) -> String {
    let percent = |bps: Option<u16>| bps.map(format_percent).unwrap_or_default();
    render(
        UPDATE,
        &[
            ("asset", &quoted(&update.asset)),
            ("ltv", &percent(update.max_ltv_bps)),
            ("liq_threshold", &percent(update.liquidation_threshold_bps)),
            ("liq_bonus", &percent(update.liquidation_bonus_bps)),
            ("debt_ceiling", debt_ceiling),
        ],
    )
}

/// A single-quoted TypeScript string.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', " "))
}
