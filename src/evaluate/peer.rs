//! Reading a peer's forecasts.

use std::path::Path;

use anyhow::ensure;
use plimsoll_lake::tables::PeerForecast;
use plimsoll_lake::{parquet_columns, read_parquet};

/// Reads a peer's file.
///
/// # Errors
/// If it cannot be read, has no account or time, or no probability of a horizon.
pub(super) fn read_peer(file: &Path) -> anyhow::Result<Vec<PeerForecast>> {
    let peer: Vec<PeerForecast> = read_parquet(file)?;
    let columns = parquet_columns(file)?;
    let known = PeerForecast::P_LIQUIDATED_COLUMNS;
    ensure!(
        columns.iter().any(|column| known.contains(&column.as_str())),
        "{} has none of the columns {}; it has {}",
        file.display(),
        known.join(", "),
        columns.join(", "),
    );
    ensure!(
        peer.iter().any(|row| row.p_liquidated().iter().any(Option::is_some)),
        "{} contains no probability of {}",
        file.display(),
        known.join(", "),
    );
    Ok(peer)
}
