//! A short summary of a proposal.

use std::fmt;
use std::path::Path;

use plimsoll_govern::{CollateralField, Proposal, ProposedCollateral};

/// A proposal and its folder.
pub(super) struct Summary<'a> {
    pub(super) proposal: &'a Proposal,
    pub(super) folder: &'a Path,
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { proposal, folder } = self;
        for collateral in &proposal.collaterals {
            write_collateral(out, collateral)?;
        }
        if proposal.is_no_change() {
            writeln!(out, "no change")?;
        }
        if let Some(last) = proposal.steps.last() {
            let (steps, time) = (proposal.steps.len(), last.not_before);
            writeln!(
                out,
                "steps of the steward: {steps}, the last not before {}",
                time.to_rfc3339()
            )?;
        }
        if let Some(accounts) = &proposal.accounts {
            writeln!(
                out,
                "accounts: {} hold it and owe, {} are affected, {} become liquidatable with {:.2} USD of debt",
                accounts.holders,
                accounts.affected,
                accounts.liquidatable,
                accounts.liquidatable_debt_usd
            )?;
            if !accounts.unverified.is_empty() {
                let count = accounts.unverified.len();
                writeln!(
                    out,
                    "accounts whose health in the lake differs from the pool's: {count}"
                )?;
            }
        }
        writeln!(out, "{}: {}", folder.display(), proposal.reference_id)
    }
}

fn write_collateral(out: &mut fmt::Formatter<'_>, collateral: &ProposedCollateral) -> fmt::Result {
    let ProposedCollateral { before, current, recommended, no_change, .. } = collateral;
    if *no_change {
        return writeln!(out, "{}: no change", before.asset);
    }
    write!(out, "{}:", before.asset)?;
    let changed = CollateralField::ALL
        .into_iter()
        .filter(|field| field.get(current) != field.get(recommended));
    for field in changed {
        write!(out, " {field} {} to {} bps", field.get(current), field.get(recommended))?;
    }
    writeln!(out)?;
    for (route, refused) in [
        ("a steward would not", &collateral.steward_refuses),
        ("not in the payload", &collateral.payload_refuses),
    ] {
        if let Some(reason) = refused {
            writeln!(out, "  {route}: {reason}")?;
        }
    }
    Ok(())
}
