//! The payload's Solidity contract.

use std::fmt::Write;

use alloy_primitives::Address;

use super::names::ArtifactNames;
use crate::policy::{AipPolicy, EngineAbi};
use crate::proposal::document::{GovernancePayload, Proposal};
use crate::proposal::steward::CollateralUpdate;

const ENGINE: &str = "aave-v3-origin/contracts/extensions/v3-config-engine";

/// Tokens are given by address as read from the chain, with the checksum that the compiler
/// requires; the address book's constants would have to be trusted.
pub(super) fn render_contract(
    proposal: &Proposal,
    payload: &GovernancePayload,
    aip: &AipPolicy,
    names: &ArtifactNames,
) -> String {
    let book = aip.address_book.as_deref();
    let base = book.map_or("AaveV3Payload".to_owned(), |book| format!("AaveV3Payload{book}"));
    let mut text = imports(&base, book.is_some());
    title_comment(&mut text, proposal, aip, names);
    let put = "a string takes everything";
    writeln!(text, "contract {} is {base} {{", names.contract).expect(put);
    let constants: Vec<String> =
        payload.changes.iter().enumerate().map(|(i, c)| constant_name(i, &c.update)).collect();
    for (name, change) in constants.iter().zip(&payload.changes) {
        let address = checksummed(change.update.address.unwrap_or_default());
        writeln!(text, "  address internal constant {name} = {address};").expect(put);
    }
    if book.is_none() {
        text.push_str(&constructor(names));
    }
    text.push_str(&updates(proposal.steward.abi, payload, &constants));
    text.push_str("}\n");
    text
}

fn imports(base: &str, in_book: bool) -> String {
    let base_file = if in_book {
        format!("aave-helpers/src/v3-config-engine/{base}.sol")
    } else {
        format!("{ENGINE}/{base}.sol")
    };
    format!(
        "// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

import {{{base}}} from '{base_file}';
import {{EngineFlags}} from '{ENGINE}/EngineFlags.sol';
import {{IAaveV3ConfigEngine}} from '{ENGINE}/IAaveV3ConfigEngine.sol';

"
    )
}

fn title_comment(text: &mut String, proposal: &Proposal, aip: &AipPolicy, names: &ArtifactNames) {
    let plain = |text: &str| text.replace("*/", "").replace('\n', " ");
    let ArtifactNames { title, .. } = names;
    let (author, discussion) = (plain(&aip.author), plain(&aip.discussions));
    write!(
        text,
        "/**
 * @title {title}
 * @author {author}
 * - Snapshot: direct-to-AIP
 * - Discussion: {discussion}
 * - Reference: {}
 */
",
        proposal.reference_id
    )
    .expect("a string takes everything");
}

/// Functions that a market outside the address book needs.
fn constructor(names: &ArtifactNames) -> String {
    format!(
        "
  constructor(IAaveV3ConfigEngine engine) AaveV3Payload(engine) {{}}

  function getPoolContext() public pure override returns (IAaveV3ConfigEngine.PoolContext memory) {{
    return IAaveV3ConfigEngine.PoolContext({{networkName: '{}', networkAbbreviation: 'V3'}});
  }}
",
        names.pool
    )
}

fn updates(abi: EngineAbi, payload: &GovernancePayload, constants: &[String]) -> String {
    let count = constants.len();
    let updates: String = payload
        .changes
        .iter()
        .zip(constants)
        .enumerate()
        .map(|(place, (change, constant))| update(abi, place, constant, &change.update))
        .collect();
    format!(
        "
  function collateralsUpdates()
    public
    pure
    override
    returns (IAaveV3ConfigEngine.CollateralUpdate[] memory)
  {{
    IAaveV3ConfigEngine.CollateralUpdate[]
      memory collateralUpdate = new IAaveV3ConfigEngine.CollateralUpdate[]({count});

{updates}
    return collateralUpdate;
  }}
"
    )
}

fn update(abi: EngineAbi, place: usize, constant: &str, update: &CollateralUpdate) -> String {
    let ceiling = match abi {
        EngineAbi::UpTo36 => "      debtCeiling: EngineFlags.KEEP_CURRENT,\n",
        EngineAbi::From37 => "",
    };
    format!(
        "    collateralUpdate[{place}] = IAaveV3ConfigEngine.CollateralUpdate({{
      asset: {constant},
      ltv: {},
      liqThreshold: {},
      liqBonus: {},
{ceiling}      liqProtocolFee: EngineFlags.KEEP_CURRENT
    }});
",
        format_flag(update.max_ltv_bps),
        format_flag(update.liquidation_threshold_bps),
        format_flag(update.liquidation_bonus_bps),
    )
}

/// Formats 8250 as `82_50`, the notation of governance, or `KEEP_CURRENT`.
fn format_flag(bps: Option<u16>) -> String {
    bps.map_or("EngineFlags.KEEP_CURRENT".to_owned(), |bps| {
        format!("{}_{:02}", bps / 100, bps % 100)
    })
}

/// `USDC.e` becomes `USDCe`; a symbol that cannot begin an identifier is prefixed with its index.
fn constant_name(place: usize, update: &CollateralUpdate) -> String {
    let name: String =
        update.asset.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        format!("{name}_UNDERLYING")
    } else {
        format!("ASSET_{place}_{name}")
    }
}

fn checksummed(address: Address) -> String {
    address.to_checksum(None)
}
