//! The payload's Solidity contract.

use super::names::ArtifactNames;
use super::template::render;
use crate::policy::{AipPolicy, EngineAbi};
use crate::proposal::document::{CollateralChange, GovernancePayload, Proposal};
use crate::proposal::steward::CollateralUpdate;

const CONTRACT: &str = include_str!("templates/payload.sol");
/// Functions that a market outside the address book needs.
const CONSTRUCTOR: &str = include_str!("templates/payload_constructor.sol");
const UPDATE: &str = include_str!("templates/payload_update.sol");
const DEBT_CEILING: &str = "      debtCeiling: EngineFlags.KEEP_CURRENT,\n";

/// Tokens are given by address as read from the chain, with the checksum that the compiler requires;
/// the address book's constants would have to be trusted.
pub(super) fn render_contract(
    proposal: &Proposal,
    payload: &GovernancePayload,
    aip: &AipPolicy,
    names: &ArtifactNames,
) -> String {
    let plain = |text: &str| text.replace("*/", "").replace('\n', " ");
    let (base, base_file) = base_contract(aip.address_book.as_deref());
    let assets = constant_names(payload);
    let constructor = match aip.address_book {
        Some(_) => String::new(),
        None => render(CONSTRUCTOR, &[("pool", &names.pool)]),
    };
    render(
        CONTRACT,
        &[
            ("base", &base),
            ("base_file", &base_file),
            ("title", &names.title),
            ("author", &plain(&aip.author)),
            ("discussions", &plain(&aip.discussions)),
            ("reference_id", &proposal.reference_id),
            ("contract", &names.contract),
            ("constants", &constants(payload, &assets)),
            ("constructor", &constructor),
            ("count", &assets.len().to_string()),
            ("updates", &updates(proposal.steward.abi, payload, &assets)),
        ],
    )
}

/// The contract to inherit from and its file, for a market of the address book or another one.
fn base_contract(address_book: Option<&str>) -> (String, String) {
    match address_book {
        Some(book) => {
            let base = format!("AaveV3Payload{book}");
            let file = format!("aave-helpers/src/v3-config-engine/{base}.sol");
            (base, file)
        }
        None => {
            let folder = "aave-v3-origin/contracts/extensions/v3-config-engine";
            ("AaveV3Payload".to_owned(), format!("{folder}/AaveV3Payload.sol"))
        }
    }
}

fn constants(payload: &GovernancePayload, assets: &[String]) -> String {
    let constant = |(asset, change): (&String, &CollateralChange)| {
        let address = change.update.address.unwrap_or_default().to_checksum(None);
        format!("  address internal constant {asset} = {address};\n")
    };
    assets.iter().zip(&payload.changes).map(constant).collect()
}

fn updates(abi: EngineAbi, payload: &GovernancePayload, assets: &[String]) -> String {
    let debt_ceiling = match abi {
        EngineAbi::UpTo36 => DEBT_CEILING,
        EngineAbi::From37 => "",
    };
    let update = |(index, (asset, change)): (usize, (&String, &CollateralChange))| {
        let update = &change.update;
        render(
            UPDATE,
            &[
                ("index", &index.to_string()),
                ("asset", asset),
                ("ltv", &format_flag(update.max_ltv_bps)),
                ("liq_threshold", &format_flag(update.liquidation_threshold_bps)),
                ("liq_bonus", &format_flag(update.liquidation_bonus_bps)),
                ("debt_ceiling", debt_ceiling),
            ],
        )
    };
    assets.iter().zip(&payload.changes).enumerate().map(update).collect()
}

/// Formats 8250 as `82_50`, the notation of governance, or `KEEP_CURRENT`.
fn format_flag(bps: Option<u16>) -> String {
    bps.map_or("EngineFlags.KEEP_CURRENT".to_owned(), |bps| {
        format!("{}_{:02}", bps / 100, bps % 100)
    })
}

/// The names of the assets' constants, each once: labels may differ in other characters only.
fn constant_names(payload: &GovernancePayload) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (index, change) in payload.changes.iter().enumerate() {
        let name = constant_name(index, &change.update);
        names.push(if names.contains(&name) { format!("ASSET_{index}_{name}") } else { name });
    }
    names
}

/// `USDC.e` becomes `USDCe`; a symbol that cannot begin an identifier is prefixed with its index.
fn constant_name(index: usize, update: &CollateralUpdate) -> String {
    let name: String =
        update.asset.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        format!("{name}_UNDERLYING")
    } else {
        format!("ASSET_{index}_{name}")
    }
}
