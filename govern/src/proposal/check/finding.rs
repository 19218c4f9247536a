//! Proposed values compared with those found on the node.

use std::fmt;

use alloy_primitives::{Address, U256};
use serde::Serialize;

use crate::parameters::CollateralField;
use crate::proposal::state::decode_parameters;
use crate::proposal::steward::ReserveState;

/// The state of the node in which a value was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckedState {
    /// The node before anything was executed.
    Before,
    /// The same calls from an account without the role.
    #[serde(rename = "stranger")]
    Unauthorized,
    /// The steward's steps.
    Steps,
    /// All changes at once.
    Payload,
}

/// One value, as proposed and as found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its subject.
    pub subject: CheckedState,
    /// A collateral's symbol, or an account.
    pub whose: String,
    /// Name of the value.
    pub what: &'static str,
    /// The value in the proposal.
    pub proposed: String,
    /// The value on the node.
    pub found: String,
    /// Whether they are equal.
    pub agrees: bool,
    /// Whether it belongs to an account.
    pub is_of_account: bool,
}

/// All findings of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProposalCheck {
    /// The node's newest block before the execution.
    pub block: u64,
    /// The executing account.
    pub risk_admin: Address,
    /// The findings, in order.
    pub findings: Vec<Finding>,
}

impl ProposalCheck {
    pub(super) const fn new(block: u64, risk_admin: Address) -> Self {
        Self { block, risk_admin, findings: Vec::new() }
    }

    /// Whether all values are equal.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.findings.iter().all(|finding| finding.agrees)
    }

    pub(super) fn add(
        &mut self,
        subject: CheckedState,
        asset: &str,
        what: &'static str,
        proposed: impl fmt::Display,
        found: impl fmt::Display,
    ) {
        let values = [proposed.to_string(), found.to_string()];
        self.push((subject, asset.to_owned(), false), what, values);
    }

    pub(super) fn add_account(
        &mut self,
        subject: CheckedState,
        account: Address,
        what: &'static str,
        values: [String; 2],
    ) {
        self.push((subject, account.to_string(), true), what, values);
    }

    fn push(
        &mut self,
        (subject, whose, is_of_account): (CheckedState, String, bool),
        what: &'static str,
        [proposed, found]: [String; 2],
    ) {
        let agrees = proposed == found;
        let finding = Finding { subject, whose, what, proposed, found, agrees, is_of_account };
        self.findings.push(finding);
    }

    /// Compares a reserve's collateral side with its configuration and its pending max LTV.
    pub(super) fn add_reserve(
        &mut self,
        subject: CheckedState,
        expected: &ReserveState,
        (configuration, pending): (U256, Option<u16>),
    ) {
        let (asset, found) = (&expected.asset, decode_parameters(configuration));
        for (field, what) in CollateralField::ALL.into_iter().zip(FIELD_NAMES) {
            self.add(subject, asset, what, field.get(&expected.stored), field.get(&found));
        }
        let format =
            |pending: Option<u16>| pending.map_or("none".to_owned(), |bps| bps.to_string());
        self.add(subject, asset, "pending LTV", format(expected.pending_ltv_bps), format(pending));
    }
}

const FIELD_NAMES: [&str; 3] = ["max LTV", "liquidation threshold", "liquidation bonus"];

/// A configuration without its lowest three fields of sixteen bits: caps, fees, flags and the rest.
pub(super) fn other_fields(configuration: U256) -> String {
    format!("{:#x}", configuration >> 48)
}

impl fmt::Display for CheckedState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Before => "before",
            Self::Unauthorized => "stranger",
            Self::Steps => "steps",
            Self::Payload => "payload",
        })
    }
}

impl fmt::Display for ProposalCheck {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "at block {}, as {}", self.block, self.risk_admin)?;
        writeln!(out, "{:9} {:8} {:29} {:>22} {:>22}", "", "asset", "", "proposed", "found")?;
        for finding in self.findings.iter().filter(|f| !f.is_of_account || !f.agrees) {
            let Finding { subject, whose, what, proposed, found, agrees, .. } = finding;
            let mark = if *agrees { "" } else { "  DIFFERS" };
            writeln!(out, "{subject:9} {whose:8} {what:29} {proposed:>22} {found:>22}{mark}")?;
        }
        let accounts = self.findings.iter().filter(|f| f.is_of_account);
        let (equal, all) = accounts
            .fold((0, 0), |(equal, all), finding| (equal + usize::from(finding.agrees), all + 1));
        writeln!(out, "accounts' health factors, thresholds and max LTVs: {equal} of {all} equal")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_difference_is_shown_and_fails_the_check() {
        let mut check = ProposalCheck::new(7, Address::ZERO);
        check.add(CheckedState::Steps, "WETH", "max LTV", 8_000, 8_000);
        assert!(check.agrees());
        let values = ["1.05".to_owned(), "1.04".to_owned()];
        check.add_account(CheckedState::Payload, Address::ZERO, "health factor", values);
        assert!(!check.agrees());
        let text = check.to_string();
        assert!(text.contains("DIFFERS") && text.contains("0 of 1 equal"), "{text}");
    }
}
