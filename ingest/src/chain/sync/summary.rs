//! The summary of an ingestion.

use std::fmt;

use indicatif::HumanCount;
use plimsoll_rpc::Traffic;
use serde::Serialize;

use super::chunk::Chunk;
use super::cost::ChainTraffic;
use super::proof_mode::ProofMode;
use super::sampled_evidence::SampledEvidence;
use crate::chain::market_file::MarketFile;

/// What an ingestion read and wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ChainSummary {
    /// The chain's name in the lake.
    pub chain: String,
    /// The market's name.
    pub market: String,
    /// The last block that the lake covers.
    pub head: u64,
    /// Blocks read.
    pub blocks: u64,
    /// Logs written.
    pub logs: u64,
    /// Calls made, discovery included; each entry of a batch counts.
    pub requests: u64,
    /// Blocks without logs whose bloom indicated some.
    pub suspect_blocks: u64,
    /// Blocks without logs whose bloom is too full to be evidence.
    pub saturated_blooms: u64,
    /// Headers whose bloom proves nothing, since the chain or the node computes none.
    pub absent_blooms: u64,
    /// Headers read.
    pub headers: u64,
    /// What was sent and received, discovery included.
    pub traffic: ChainTraffic,
    /// What the blocks show that were verified by a sample of headers; none without such blocks.
    pub sampled: Option<SampledEvidence>,
    /// Blocks that were not verified by headers.
    pub unverified_blocks: u64,
    /// First blocks of the ranges that were read again after reorgs.
    pub reorganised_from: Vec<u64>,
    /// Logs read, including those not written yet.
    #[serde(skip)]
    pub(crate) logs_read: u64,
}

impl ChainSummary {
    pub(crate) fn new(market: &MarketFile) -> Self {
        let (chain, market) = (market.chain().to_owned(), market.name().to_owned());
        Self { chain, market, ..Self::default() }
    }

    pub(crate) fn add_chunk(&mut self, chunk: &Chunk, proof: ProofMode) {
        let blocks = chunk.blocks.1 - chunk.blocks.0 + 1;
        let with_logs = chunk.logs.chunk_by(|a, b| a.block == b.block).count() as u64;
        match proof {
            ProofMode::Full => {}
            ProofMode::Sampled => {
                self.sampled.get_or_insert_default().add(blocks, with_logs, &chunk.stats);
            }
            ProofMode::Logs => self.unverified_blocks += blocks,
        }
        self.blocks += blocks;
        let fetched = chunk.headers.iter().filter(|header| header.parent_hash.is_some());
        self.headers += fetched.count() as u64;
        self.absent_blooms += chunk.stats.absent_blooms;
        self.logs_read += chunk.logs.len() as u64;
        self.suspect_blocks += chunk.stats.suspect_blocks;
        self.saturated_blooms += chunk.stats.saturated_blooms;
    }

    pub(crate) fn set_traffic(&mut self, traffic: Traffic) {
        self.requests = traffic.calls;
        self.traffic = traffic.into();
    }

    pub(crate) fn add_reorg(&mut self, block: u64) {
        self.reorganised_from.push(block);
    }

    pub(crate) fn set_head(&mut self, head: u64) {
        self.head = head;
    }
}

impl fmt::Display for ChainSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |n: u64| HumanCount(n).to_string();
        writeln!(f, "{} on {}: up to block {}", self.market, self.chain, self.head)?;
        let [blocks, logs, headers, requests] =
            [self.blocks, self.logs, self.headers, self.requests].map(count);
        writeln!(
            f,
            "  {blocks} blocks read, {logs} logs written, {headers} headers, {requests} requests"
        )?;
        if self.blocks > 0 {
            let per_million = 1e6 / self.blocks as f64;
            writeln!(
                f,
                "  {:.1} MB received in {} HTTP requests: {:.0} MB and {} calls per million blocks",
                self.traffic.received_bytes as f64 / 1e6,
                count(self.traffic.http_requests),
                self.traffic.received_bytes as f64 / 1e6 * per_million,
                count((self.requests as f64 * per_million).round() as u64),
            )?;
        }
        if let Some(sampled) = &self.sampled {
            writeln!(f, "  {sampled}")?;
        }
        if self.unverified_blocks > 0 {
            let blocks = count(self.unverified_blocks);
            writeln!(f, "  {blocks} blocks were not verified by headers (proof logs)")?;
        }
        if self.absent_blooms > 0 {
            writeln!(
                f,
                "  {} headers have empty blooms, which prove nothing: logs that every endpoint \
                 omits would not be noticed",
                count(self.absent_blooms)
            )?;
        }
        if self.suspect_blocks > 0 {
            writeln!(f, "  {} suspect blocks were fetched again", count(self.suspect_blocks))?;
        }
        if self.saturated_blooms > 0 {
            writeln!(
                f,
                "  {} blocks have blooms too full to be evidence",
                count(self.saturated_blooms)
            )?;
        }
        for block in &self.reorganised_from {
            writeln!(f, "  a reorg from block {block} on was read again")?;
        }
        Ok(())
    }
}
