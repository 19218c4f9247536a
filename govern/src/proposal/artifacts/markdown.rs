//! `proposal.md`: an AIP, with the sections that governance expects.

use std::fmt::Write;

use super::names::{ArtifactNames, format_percent};
use crate::parameters::CollateralField;
use crate::policy::AipPolicy;
use crate::proposal::accounts::{AccountChange, AffectedAccounts};
use crate::proposal::document::{CollateralChange, Proposal, ProposedCollateral, StewardStep};
use crate::time::format_utc;

const INFALLIBLE: &str = "writing to a string cannot fail";
/// Most accounts in the table; the document contains all.
const MAX_LISTED_ACCOUNTS: usize = 20;

pub(super) fn render_markdown(
    proposal: &Proposal,
    aip: &AipPolicy,
    names: &ArtifactNames,
) -> String {
    let one_line = |text: &str| text.replace('\n', " ");
    let ArtifactNames { title, .. } = names;
    let mut text = format!(
        "---\ntitle: \"{title}\"\nauthor: \"{}\"\ndiscussions: \"{}\"\n---\n\n",
        one_line(&aip.author),
        one_line(&aip.discussions),
    );
    summary(&mut text, proposal);
    motivation(&mut text, proposal);
    specification(&mut text, proposal);
    text.push_str(&references(proposal));
    text.push_str(
        "## Copyright\n\nCopyright and related rights waived via [CC0](https://creativecommons.org/publicdomain/zero/1.0/).\n",
    );
    text
}

fn summary(text: &mut String, proposal: &Proposal) {
    let changed = proposal.collaterals.iter().filter(|c| !c.no_change).count();
    let considered = proposal.collaterals.len();
    let market = &proposal.market.name;
    text.push_str("## Simple Summary\n\n");
    if proposal.is_no_change() {
        writeln!(
            text,
            "No change: of {considered} collaterals of `{market}` none should be changed.\n"
        )
        .expect(INFALLIBLE);
        return;
    }
    writeln!(
        text,
        "Changes the parameters of {changed} of {considered} collaterals of `{market}`, as of {}.\n",
        format_as_of(proposal)
    )
    .expect(INFALLIBLE);
    if let Some(accounts) = &proposal.accounts {
        writeln!(text, "{}\n", accounts_summary(accounts)).expect(INFALLIBLE);
    }
}

fn format_as_of(proposal: &Proposal) -> String {
    let time = format_utc(proposal.as_of.time);
    match proposal.as_of.block {
        Some(block) => format!("block {block} ({time})"),
        None => time,
    }
}

fn accounts_summary(accounts: &AffectedAccounts) -> String {
    let AffectedAccounts { holders, affected, liquidatable, liquidatable_debt_usd, .. } = accounts;
    let mut text = format!(
        "Of {holders} indebted accounts that count them as collateral, {affected} have another health factor or max LTV afterwards; {liquidatable}, owing {liquidatable_debt_usd:.2} USD, could be liquidated that cannot be now."
    );
    if !accounts.unverified.is_empty() {
        write!(text, " {} of them could not be verified.", accounts.unverified.len())
            .expect(INFALLIBLE);
    }
    text
}

fn motivation(text: &mut String, proposal: &Proposal) {
    text.push_str("## Motivation\n\n");
    for collateral in &proposal.collaterals {
        let ProposedCollateral { before, verdict, reasons, .. } = collateral;
        writeln!(text, "### {}: {verdict}\n", before.asset).expect(INFALLIBLE);
        for reason in reasons {
            writeln!(text, "- {reason}").expect(INFALLIBLE);
        }
        text.push('\n');
    }
}

fn specification(text: &mut String, proposal: &Proposal) {
    text.push_str("## Specification\n\n");
    text.push_str("| Asset | Parameter | Current | Recommended |\n|---|---|---|---|\n");
    for collateral in &proposal.collaterals {
        let asset = &collateral.before.asset;
        if collateral.no_change {
            writeln!(text, "| {asset} | all | as it is | no change |").expect(INFALLIBLE);
        }
        for field in CollateralField::ALL {
            let [from, to] =
                [&collateral.current, &collateral.recommended].map(|side| field.get(side));
            if from != to {
                let (from, to) = (format_percent(from), format_percent(to));
                writeln!(text, "| {asset} | {field} | {from} % | {to} % |").expect(INFALLIBLE);
            }
        }
    }
    text.push('\n');
    refusals(text, proposal);
    steps(text, proposal);
    if let Some(accounts) = &proposal.accounts {
        accounts_table(text, accounts);
    }
}

fn refusals(text: &mut String, proposal: &Proposal) {
    for ProposedCollateral { steward_refuses, payload_refuses, .. } in &proposal.collaterals {
        for (route, refused) in [("steward's way", steward_refuses), ("payload", payload_refuses)] {
            if let Some(reason) = refused {
                writeln!(text, "Not on the {route}: {reason}.\n").expect(INFALLIBLE);
            }
        }
    }
}

fn steps(text: &mut String, proposal: &Proposal) {
    if proposal.steps.is_empty() {
        return;
    }
    let source =
        if proposal.steward.limits_from_chain { "read from the steward" } else { "of the policy" };
    writeln!(text, "A risk steward takes it in these steps (limits {source}):\n")
        .expect(INFALLIBLE);
    text.push_str("| Not before | Asset | Parameters set | |\n|---|---|---|---|\n");
    for StewardStep { not_before, changes, .. } in &proposal.steps {
        let time = format_utc(*not_before);
        for CollateralChange { update, notes, .. } in changes {
            let set: Vec<String> = update
                .changes()
                .map(|(field, bps)| format!("{field} {} %", format_percent(bps)))
                .collect();
            let (set, notes) = (set.join(", "), notes.join("; "));
            writeln!(text, "| {time} | {} | {set} | {notes} |", update.asset).expect(INFALLIBLE);
        }
    }
    text.push('\n');
}

fn accounts_table(text: &mut String, accounts: &AffectedAccounts) {
    let listed: Vec<&AccountChange> =
        accounts.list.iter().filter(|a| a.before != a.after).take(MAX_LISTED_ACCOUNTS).collect();
    if listed.is_empty() {
        return;
    }
    writeln!(
        text,
        "The {} least healthy of {} affected accounts, at the prices of the block:\n",
        listed.len(),
        accounts.affected
    )
    .expect(INFALLIBLE);
    text.push_str("| Account | Debt, USD | Health factor | afterwards |\n|---|---|---|---|\n");
    for AccountChange { account, debt_usd, before, after, .. } in listed {
        let [before, after] = [before.health_factor, after.health_factor];
        writeln!(text, "| `{account}` | {debt_usd:.2} | {before:.4} | {after:.4} |")
            .expect(INFALLIBLE);
    }
    text.push('\n');
}

fn references(proposal: &Proposal) -> String {
    let inputs = &proposal.inputs;
    format!(
        "## References

- Reference: `{}`, the hash of everything that this was made from:
  - data `{}`
  - features `{}`
  - model `{}`
  - policy `{}`
  - chain `{}`
  - program {}, sources `{}`

",
        proposal.reference_id,
        inputs.data_sha256,
        inputs.features_sha256,
        inputs.model_sha256,
        inputs.policy_sha256,
        inputs.chain_sha256,
        inputs.version,
        inputs.source_sha256,
    )
}
