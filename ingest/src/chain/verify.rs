//! Verifies a lake's chain tables: coverage, hashes, uniqueness, agreement with the chain.

mod chain_verifier;
mod verification;

use plimsoll_lake::tables::{Block, Row};
use plimsoll_lake::{LakeError, Store, format_address};
use plimsoll_rpc::Client;

use super::error::ChainError;
use chain_verifier::ChainVerifier;
pub use verification::{ChainCounts, Verification};

/// Verifies a lake's chain tables against each other.
///
/// # Errors
/// [`LakeError`] if a file cannot be read; a fault of the content is not an error.
pub fn verify(store: &Store) -> Result<Verification, LakeError> {
    let mut verification = Verification::default();
    for chain in chains(store)? {
        let mut counts = ChainCounts::default();
        let mut check = ChainVerifier {
            store,
            chain: &chain,
            verification: &mut verification,
            counts: &mut counts,
        };
        let sparse = check.sparse_ranges()?;
        let proven = check.verify_blocks(&sparse)?;
        check.verify_streams(&proven)?;
        verification.chains.insert(chain, counts);
    }
    Ok(verification)
}

/// Compares one chain's block hashes with the endpoints'.
///
/// # Errors
/// [`ChainError`] if no endpoint responds or the lake cannot be read.
pub async fn verify_hashes(
    client: &Client,
    store: &Store,
    chain: &str,
    verification: &mut Verification,
) -> Result<(), ChainError> {
    for file in store.files(const { &Block::TABLE })? {
        if file.partition.values() != [chain] {
            continue;
        }
        let rows: Vec<Block> = store.file_rows(&file)?;
        let blocks: Vec<u64> = rows.iter().map(|row| row.block).collect();
        let headers = client.headers_of(&blocks).await?;
        for (row, header) in rows.iter().zip(&headers) {
            if row.block == header.number && row.hash == format_address(header.hash) {
                let counts = verification.chains.entry(chain.to_owned()).or_default();
                counts.blocks_confirmed += 1;
            } else {
                let (block, stored, found) = (row.block, &row.hash, header.hash);
                verification.add_fault(format!(
                    "{chain}: block {block} is {stored}, but {found} on the chain"
                ));
            }
        }
    }
    Ok(())
}

fn chains(store: &Store) -> Result<Vec<String>, LakeError> {
    let files = store.files(const { &Block::TABLE })?;
    let mut chains: Vec<String> =
        files.iter().flat_map(|file| file.partition.values().first().cloned()).collect();
    chains.dedup();
    Ok(chains)
}
