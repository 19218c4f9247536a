//! `config.ts`, from which the generator of `aave-proposals-v3` makes a whole folder.

use std::fmt::Write;

use super::names::{Names, SHORT_NAME, percent};
use crate::AipPolicy;
use crate::proposal::abi::EngineAbi;
use crate::proposal::document::{Payload, Proposal};
use crate::proposal::update::CollateralUpdate;

/// Source: `generator/types.ts` and `generator/features` of `aave-dao/aave-proposals-v3`.
pub(super) fn config(
    proposal: &Proposal,
    payload: &Payload,
    aip: &AipPolicy,
    names: &Names,
) -> String {
    let ceiling = proposal.steward.abi == EngineAbi::UpTo36;
    let updates: String =
        payload.changes.iter().map(|change| line(&change.update, ceiling)).collect();
    let mut text = String::from("import {ConfigFile} from '../../generator/types';\n\n");
    let Names { pool, date, title, .. } = names;
    let (author, discussion) = (quoted(&aip.author), quoted(&aip.discussions));
    let block = proposal.at.block.unwrap_or_default();
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

fn line(update: &CollateralUpdate, ceiling: bool) -> String {
    let told = |bps: Option<u16>| bps.map(percent).unwrap_or_default();
    let ceiling = if ceiling { "debtCeiling: '', " } else { "" };
    format!(
        "          {{asset: {}, ltv: '{}', liqThreshold: '{}', liqBonus: '{}', {ceiling}liqProtocolFee: ''}},\n",
        quoted(&update.asset),
        told(update.max_ltv_bps),
        told(update.liquidation_threshold_bps),
        told(update.liquidation_bonus_bps),
    )
}

/// A text in single quotes, as TypeScript reads it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', " "))
}
