//! Hashes of a proposal's inputs.

use plimsoll_lake::sha256_hex;
use serde::{Deserialize, Serialize};

/// Hashes of everything that a proposal depends on: equal inputs give equal proposals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalInputs {
    /// SHA-256 of the lake's files, without observations and forecasts, which are derived from the
    /// others.
    pub data_sha256: String,
    /// SHA-256 of the features' names, in order; their definition is in the sources.
    pub features_sha256: String,
    /// SHA-256 of the model's manifest, which contains the hashes of its weights.
    pub model_sha256: String,
    /// SHA-256 of the effective policy, including defaults.
    pub policy_sha256: String,
    /// SHA-256 of the chain data that is not in the lake: reserves and steward.
    pub chain_sha256: String,
    /// Version of the program.
    pub version: String,
    /// SHA-256 of the program's sources and lock file.
    pub source_sha256: String,
}

impl ProposalInputs {
    /// SHA-256 of these inputs together with a market and a block or time.
    #[must_use]
    pub fn reference_id(&self, market: &str, at: &str) -> String {
        let Self {
            data_sha256,
            features_sha256,
            model_sha256,
            policy_sha256,
            chain_sha256,
            version,
            source_sha256,
        } = self;
        let parts = [
            ("market", market),
            ("at", at),
            ("data", data_sha256),
            ("features", features_sha256),
            ("model", model_sha256),
            ("policy", policy_sha256),
            ("chain", chain_sha256),
            ("version", version),
            ("source", source_sha256),
        ];
        let lines: String = parts.iter().map(|(name, part)| format!("{name} {part}\n")).collect();
        sha256_hex(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_changes_the_reference_id() {
        let inputs = ProposalInputs {
            data_sha256: "a".to_owned(),
            features_sha256: "b".to_owned(),
            model_sha256: "c".to_owned(),
            policy_sha256: "d".to_owned(),
            chain_sha256: "e".to_owned(),
            version: "f".to_owned(),
            source_sha256: "g".to_owned(),
        };
        let other = |change: fn(&mut ProposalInputs)| {
            let mut other = inputs.clone();
            change(&mut other);
            other.reference_id("m", "1")
        };
        let references = std::collections::BTreeSet::from([
            inputs.reference_id("m", "1"),
            inputs.reference_id("m", "2"),
            inputs.reference_id("n", "1"),
            other(|inputs| inputs.data_sha256.push('x')),
            other(|inputs| inputs.features_sha256.push('x')),
            other(|inputs| inputs.model_sha256.push('x')),
            other(|inputs| inputs.policy_sha256.push('x')),
            other(|inputs| inputs.chain_sha256.push('x')),
            other(|inputs| inputs.version.push('x')),
            other(|inputs| inputs.source_sha256.push('x')),
        ]);
        assert_eq!(references.len(), 10);
    }
}
