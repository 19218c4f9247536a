//! A proposal's files: for machines, for readers, for governance, for signers.

mod calldata;
mod config_ts;
mod markdown;
mod names;
mod payload_sol;

use super::document::Proposal;
use crate::AipPolicy;
use names::Names;

/// A file and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Artifact {
    /// Its name.
    pub(super) name: String,
    /// Its text.
    pub(super) text: String,
}

/// The name of the file that holds everything.
pub(super) const DOCUMENT: &str = "proposal.json";

/// Writes a proposal out: equal proposals give equal bytes. Where nothing is to be changed, or no
/// contract is known, only the document and the text are there, which say so.
///
/// # Errors
/// [`serde_json::Error`] if the proposal cannot be told as JSON.
pub(super) fn artifacts(
    proposal: &Proposal,
    aip: &AipPolicy,
) -> Result<Vec<Artifact>, serde_json::Error> {
    let names = Names::of(proposal, aip);
    let artifact = |name: &str, text: String| Artifact { name: name.to_owned(), text };
    let mut files = vec![
        artifact(DOCUMENT, format!("{}\n", serde_json::to_string_pretty(proposal)?)),
        artifact("proposal.md", markdown::markdown(proposal, aip, &names)),
    ];
    // Without addresses there is nothing to call.
    if let Some(payload) = proposal.payload.as_ref().filter(|p| p.engine_calldata.is_some()) {
        files.push(artifact("config.ts", config_ts::config(proposal, payload, aip, &names)));
        let contract = payload_sol::payload(proposal, payload, aip, &names);
        files.push(artifact(&format!("{}.sol", names.contract), contract));
        files.push(artifact("calldata.json", calldata::calldata(proposal)?));
    }
    Ok(files)
}
