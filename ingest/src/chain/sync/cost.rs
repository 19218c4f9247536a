//! What reading a history costs: calls and bytes, measured or estimated.

use std::collections::BTreeMap;
use std::fmt;

use indicatif::HumanCount;
use plimsoll_rpc::{Client, LogFilter, Traffic, fetch_unverified_logs};
use serde::Serialize;

use super::chunk_blocks::CHUNK_BLOCKS;
use super::proof_mode::ProofMode;
use crate::chain::error::ChainError;
use crate::chain::lake_state::BlockRange;

const MILLION: f64 = 1e6;
/// Windows whose logs are requested for an estimate, and the most blocks of each.
const WINDOWS: u64 = 6;
const WINDOW_BLOCKS: u64 = 1_000;

/// What was sent and received.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ChainTraffic {
    /// HTTP requests, each with one call or a batch.
    pub http_requests: u64,
    /// Bytes of the requests' bodies.
    pub sent_bytes: u64,
    /// Bytes of the responses' bodies, decompressed.
    pub received_bytes: u64,
}

impl From<Traffic> for ChainTraffic {
    fn from(traffic: Traffic) -> Self {
        let Traffic { http_requests, sent_bytes, received_bytes, .. } = traffic;
        Self { http_requests, sent_bytes, received_bytes }
    }
}

/// The estimated cost of a million blocks with each proof, from the logs of a few windows.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CostEstimate {
    /// Blocks whose logs were requested for the estimate.
    pub sampled_blocks: u64,
    /// The share of them that has logs.
    pub share_with_logs: f64,
    /// Whether the endpoints return a block's time with its logs.
    pub has_log_times: bool,
    /// The cost with each proof, by its name.
    pub per_million_blocks: BTreeMap<&'static str, Cost>,
}

/// Calls and bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Cost {
    /// Calls; each entry of a batch counts.
    pub calls: f64,
    /// Bytes of the responses, decompressed.
    pub received_bytes: f64,
}

impl CostEstimate {
    /// Measures the logs of a few windows of a range, and a few headers.
    pub(super) async fn measure(
        client: &Client,
        filter: &LogFilter,
        (from, to): BlockRange,
        audit_every_blocks: u64,
    ) -> Result<Self, ChainError> {
        let blocks = to - from + 1;
        let length = (blocks / WINDOWS).clamp(1, WINDOW_BLOCKS).min(blocks);
        let starts = (0..WINDOWS).map(|window| from + (blocks - length) * window / (WINDOWS - 1));
        let (mut log_blocks, mut logs, mut timed) = (0, 0, 0);
        let before = client.traffic();
        for start in starts.clone() {
            let window = fetch_unverified_logs(client, filter, start..=start + length - 1).await?;
            log_blocks += window.logs.chunk_by(|a, b| a.block == b.block).count();
            logs += window.logs.len();
            timed += window.logs.iter().filter(|log| log.block_time_s.is_some()).count();
        }
        let log_bytes = client.traffic().since(before).received_bytes;
        let before = client.traffic();
        let headers: Vec<u64> = starts.collect();
        client.headers_of(&headers).await?;
        let header_bytes = client.traffic().since(before).received_bytes / WINDOWS;
        let sampled_blocks = length * WINDOWS;
        // Each window's response has the header of its last block too.
        let log_bytes = log_bytes.saturating_sub(WINDOWS * header_bytes);
        let measured = Measured {
            share_with_logs: log_blocks as f64 / sampled_blocks as f64,
            log_bytes_per_block: log_bytes as f64 / sampled_blocks as f64,
            header_bytes: header_bytes as f64,
            has_log_times: logs > 0 && timed == logs,
            audit_every_blocks: audit_every_blocks as f64,
        };
        Ok(Self {
            sampled_blocks,
            share_with_logs: measured.share_with_logs,
            has_log_times: measured.has_log_times,
            per_million_blocks: ProofMode::ALL
                .into_iter()
                .map(|proof| (proof.name(), measured.per_million_blocks(proof)))
                .collect(),
        })
    }
}

/// What the windows show.
struct Measured {
    share_with_logs: f64,
    log_bytes_per_block: f64,
    header_bytes: f64,
    has_log_times: bool,
    audit_every_blocks: f64,
}

impl Measured {
    fn per_million_blocks(&self, proof: ProofMode) -> Cost {
        let windows = MILLION / CHUNK_BLOCKS as f64;
        let for_times = if self.has_log_times { 0.0 } else { self.share_with_logs * MILLION };
        let headers = match proof {
            ProofMode::Full => MILLION,
            ProofMode::Sampled => for_times + MILLION / self.audit_every_blocks,
            ProofMode::Logs => for_times,
        };
        // Each window is requested with its last header.
        let calls = headers + 2.0 * windows;
        let received_bytes =
            self.log_bytes_per_block * MILLION + (headers + windows) * self.header_bytes;
        Cost { calls, received_bytes }
    }
}

impl fmt::Display for CostEstimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "estimate per million blocks, from {} blocks of which {:.2} % have logs:",
            HumanCount(self.sampled_blocks),
            100.0 * self.share_with_logs
        )?;
        for proof in ProofMode::ALL {
            let Some(cost) = self.per_million_blocks.get(proof.name()) else { continue };
            let calls = HumanCount(cost.calls.round() as u64).to_string();
            let mb = cost.received_bytes / 1e6;
            writeln!(f, "  --proof {proof:<8} {calls:>10} calls, {mb:>8.0} MB received")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_dominate_the_cost_unless_they_are_sampled() {
        let mut measured = Measured {
            share_with_logs: 0.02,
            log_bytes_per_block: 30.0,
            header_bytes: 12_000.0,
            has_log_times: true,
            audit_every_blocks: 250.0,
        };
        let full = measured.per_million_blocks(ProofMode::Full);
        assert_eq!((full.calls, full.received_bytes), (1_000_200.0, 12_031_200_000.0));
        let sampled = measured.per_million_blocks(ProofMode::Sampled);
        assert_eq!((sampled.calls, sampled.received_bytes), (4_200.0, 79_200_000.0));
        measured.has_log_times = false;
        let logs = measured.per_million_blocks(ProofMode::Logs);
        assert_eq!((logs.calls, logs.received_bytes), (20_200.0, 271_200_000.0));
    }
}
