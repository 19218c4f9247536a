//! `config.ts`, the input of the generator of `aave-proposals-v3`.

use std::fmt::Write;

use super::names::{ArtifactNames, SHORT_NAME, format_percent};
use crate::policy::{AipPolicy, EngineAbi};
use crate::proposal::document::{GovernancePayload, Proposal};
use crate::proposal::steward::CollateralUpdate;

/// Source: `generator/types.ts` and `generator/features` of `aave-dao/aave-proposals-v3`.
pub(super) fn render_config(
    proposal: &Proposal,
    payload: &GovernancePayload,
    aip: &AipPolicy,
    names: &ArtifactNames,
) -> String {
    let ceiling = proposal.steward.abi == EngineAbi::UpTo36;
    let updates: String =
        payload.changes.iter().map(|change| update_line(&change.update, ceiling)).collect();
    let mut text = String::from("import {ConfigFile} from '../../generator/types';\n\n");
    let ArtifactNames { pool, date, title, .. } = names;
    let (author, discussion) = (quoted(&aip.author), quoted(&aip.discussions));
    let block = proposal.as_of.block.unwrap_or_default();
    write!(
        text,
        "export const config: ConfigFile = {{
  rootOptions: {{
    author: {author},
    pools: ['{pool}'],
    title: {},
    shortName: '{SHORT_NAME}',
    date: '{date}',
    discussion: {discussion},
    snapshot: '',
    votingNetwork: 'AVALANCHE',
  }},
  poolOptions: {{
    {pool}: {{
      configs: {{
        COLLATERALS_UPDATE: [
{updates}        ],
      }},
      cache: {{blockNumber: {block}}},
    }},
  }},
}};
",
        quoted(title)
    )
    .expect("a string takes everything");
    text
}

fn update_line(update: &CollateralUpdate, ceiling: bool) -> String {
    let told = |bps: Option<u16>| bps.map(format_percent).unwrap_or_default();
    let ceiling = if ceiling { "debtCeiling: '', " } else { "" };
    format!(
        "          {{asset: {}, ltv: '{}', liqThreshold: '{}', liqBonus: '{}', {ceiling}liqProtocolFee: ''}},\n",
        quoted(&update.asset),
        told(update.max_ltv_bps),
        told(update.liquidation_threshold_bps),
        told(update.liquidation_bonus_bps),
    )
}

/// A single-quoted TypeScript string.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', " "))
}
