//! A proposal's files: for programs, readers, governance and signers.

mod calldata;
mod config_ts;
mod markdown;
mod names;
mod payload_sol;
mod template;

use super::document::Proposal;
use crate::policy::AipPolicy;
use names::ArtifactNames;

/// A file of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Artifact {
    /// Its name.
    pub(super) name: String,
    /// Its content.
    pub(super) text: String,
}

/// Name of the file with the whole proposal.
pub(super) const DOCUMENT_FILE: &str = "proposal.json";

/// Renders a proposal's files; equal proposals give equal bytes. Without a change, or without
/// contract addresses, there are only the document and the text, which state so.
///
/// # Errors
/// [`serde_json::Error`] if the proposal cannot be serialized.
pub(super) fn render_artifacts(
    proposal: &Proposal,
    aip: &AipPolicy,
) -> Result<Vec<Artifact>, serde_json::Error> {
    let names = ArtifactNames::from_proposal(proposal, aip);
    let artifact = |name: &str, text: String| Artifact { name: name.to_owned(), text };
    let mut files = vec![
        artifact(DOCUMENT_FILE, format!("{}\n", serde_json::to_string_pretty(proposal)?)),
        artifact("proposal.md", markdown::render_markdown(proposal, aip, &names)),
    ];
    // Without addresses there are no calls.
    if let Some(payload) = proposal.payload.as_ref().filter(|p| p.engine_calldata.is_some()) {
        files.push(artifact("config.ts", config_ts::render_config(proposal, payload, aip, &names)));
        let contract = payload_sol::render_contract(proposal, payload, aip, &names);
        files.push(artifact(&format!("{}.sol", names.contract), contract));
        files.push(artifact("calldata.json", calldata::render_calldata(proposal)?));
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::parameters::CollateralParameters;
    use crate::policy::EngineAbi;
    use crate::proposal::compile::{ProposalContext, TargetParameters, compile_proposal};
    use crate::proposal::document::{AsOf, MarketFacts, StewardFacts};
    use crate::proposal::inputs::ProposalInputs;
    use crate::proposal::steward::fixtures::{limits, parameters, reserve};

    fn proposal(target: CollateralParameters, abi: EngineAbi) -> Proposal {
        let hash = |byte: &str| byte.repeat(64);
        let inputs = ProposalInputs {
            data_sha256: hash("a"),
            features_sha256: hash("b"),
            model_sha256: hash("c"),
            policy_sha256: hash("d"),
            chain_sha256: hash("e"),
            version: "1.0.0".to_owned(),
            source_sha256: hash("f"),
        };
        let market =
            MarketFacts { name: "aave-v3/core".to_owned(), chain_id: Some(1), contracts: None };
        let time = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let at = AsOf { time, block: Some(18_573_000) };
        let steward =
            StewardFacts { address: None, limits: limits(), limits_from_chain: false, abi };
        let oracle = crate::policy::OraclePolicy::default();
        let context = ProposalContext { market, as_of: at, steward, oracle, inputs };
        let target_parameters = TargetParameters {
            reserve: reserve(parameters(8_000, 8_250, 500)),
            target,
            verdict: "change".to_owned(),
            reasons: vec!["It would outlast a day's fall.".to_owned()],
            recommendation: None,
        };
        let nobody = |_: &_| Ok::<_, std::convert::Infallible>(None);
        compile_proposal(context, vec![target_parameters], nobody).unwrap()
    }

    fn text(proposal: &Proposal, name: &str) -> String {
        let aip = AipPolicy {
            author: "A's".to_owned(),
            discussions: "https://example.org/1".to_owned(),
            address_book: Some("Ethereum".to_owned()),
        };
        let files = render_artifacts(proposal, &aip).unwrap();
        let file = files.into_iter().find(|file| file.name == name);
        file.unwrap_or_else(|| panic!("no {name}")).text
    }

    #[test]
    fn title_of_another_protocol_uses_the_market_name() {
        let mut proposal = proposal(parameters(7_950, 8_100, 500), EngineAbi::UpTo36);
        proposal.market.name = "maker/eth-b".to_owned();
        let title = "title: \"Collateral parameters of maker/eth-b\"";
        assert!(text(&proposal, "proposal.md").contains(title));
    }

    #[test]
    fn markdown_has_the_sections_of_an_aip() {
        let markdown =
            text(&proposal(parameters(7_950, 8_100, 500), EngineAbi::UpTo36), "proposal.md");
        let lines: Vec<&str> = markdown.lines().collect();
        assert_eq!(lines[..2], ["---", "title: \"Collateral parameters of Aave v3 Ethereum\""]);
        let sections = lines.iter().filter(|line| line.starts_with("## "));
        let expected = [
            "## Simple Summary",
            "## Motivation",
            "## Specification",
            "## References",
            "## Copyright",
        ];
        assert_eq!(sections.copied().collect::<Vec<_>>(), expected);
        for line in [
            "| WETH | max LTV | 80 % | 79.5 % |",
            "| WETH | liquidation threshold | 82.5 % | 81 % |",
            "- It would outlast a day's fall.",
        ] {
            assert!(lines.contains(&line), "{line} is not in {markdown}");
        }
        // The third of three steps, six days later.
        let last = "| 2023-11-20 22:13:20 UTC | WETH | liquidation threshold 81 % |  |";
        assert!(lines.contains(&last), "{markdown}");
    }

    #[test]
    fn config_contains_percentages_of_changed_fields_only() {
        let target = parameters(8_000, 8_225, 500);
        let config = text(&proposal(target, EngineAbi::UpTo36), "config.ts");
        let update = "{asset: 'WETH', ltv: '', liqThreshold: '82.25', liqBonus: '', debtCeiling: '', liqProtocolFee: ''},";
        assert!(config.contains(update), "{config}");
        for line in ["author: 'A\\'s',", "pools: ['AaveV3Ethereum'],", "date: '20231114',"] {
            assert!(config.contains(line), "{line} is not in {config}");
        }
        let config = text(&proposal(target, EngineAbi::From37), "config.ts");
        assert!(!config.contains("debtCeiling"));
    }

    #[test]
    fn contract_sets_changed_fields_and_keeps_the_others() {
        let proposal = proposal(parameters(7_950, 8_100, 500), EngineAbi::UpTo36);
        let contract = text(&proposal, "AaveV3Ethereum_CollateralParameters_20231114.sol");
        let update = "    collateralUpdate[0] = IAaveV3ConfigEngine.CollateralUpdate({
      asset: WETH_UNDERLYING,
      ltv: 79_50,
      liqThreshold: 81_00,
      liqBonus: EngineFlags.KEEP_CURRENT,
      debtCeiling: EngineFlags.KEEP_CURRENT,
      liqProtocolFee: EngineFlags.KEEP_CURRENT
    });

    return collateralUpdate;
";
        assert!(contract.contains(update), "{contract}");
        assert!(contract.contains(" * @author A's\n") && !contract.contains("${"), "{contract}");
    }

    #[test]
    fn no_change_is_stated_without_calls() {
        let proposal = proposal(parameters(8_000, 8_250, 500), EngineAbi::UpTo36);
        assert!(text(&proposal, "proposal.md").contains("No change: of 1 collaterals"));
        let files = render_artifacts(&proposal, &AipPolicy::default()).unwrap();
        assert_eq!(files.len(), 2);
    }

    #[test]
    fn document_round_trips() {
        let proposal = proposal(parameters(7_950, 8_100, 550), EngineAbi::From37);
        let read = Proposal::parse(text(&proposal, DOCUMENT_FILE).as_bytes()).unwrap();
        assert_eq!(read, proposal);
    }

    #[test]
    fn collateral_without_address_has_no_calls() {
        let mut proposal = proposal(parameters(7_950, 8_100, 500), EngineAbi::UpTo36);
        proposal.payload.as_mut().unwrap().engine_calldata = None;
        assert_eq!(render_artifacts(&proposal, &AipPolicy::default()).unwrap().len(), 2);
    }
}
