//! Decoded chunks that are not in the lake yet.

use std::collections::{BTreeMap, HashSet};

use alloy_primitives::{Address, B256};
use arrow::array::RecordBatch;
use plimsoll_lake::tables::{Block, BlockProof, QuarantinedLog, RawLog, Row};
use plimsoll_lake::{BlockSpan, DecodedRows, LakeError, Partition, Store, format_address};
use plimsoll_rpc::{FetchStats, Header, Log};

use super::chunk::Chunk;
use super::proof_mode::ProofMode;
use super::static_tables::write_static_table;
use crate::chain::decode::error::{DecodeError, UNDISCOVERED};
use crate::chain::decode::log_position::block_time;
use crate::chain::decode::probe::Sample;
use crate::chain::decode::state::DecoderState;
use crate::chain::error::ChainError;
use crate::chain::lake_state::{BlockRange, stored_blocks};
use crate::chain::stream::Stream;

/// Rows are written at this number of logs, of headers, or of blocks: a run that is killed reads no
/// more again.
const LOGS_PER_WRITE: usize = 50_000;
const HEADERS_PER_WRITE: usize = 160_000;
const BLOCKS_PER_WRITE: u64 = 1_000_000;

const WEI_PER_GWEI: f64 = 1e9;

/// One stream with its decoder's state and its rows.
pub(crate) struct StreamReader<'a> {
    pub(crate) stream: &'a mut Stream,
    pub(crate) state: &'a mut DecoderState,
    filter_sets: (HashSet<Address>, HashSet<B256>),
    rows: DecodedRows,
    logs: Vec<RawLog>,
}

/// Consecutive chunks of the same streams.
pub(crate) struct WriteBatch<'a> {
    chain: &'a str,
    readers: Vec<StreamReader<'a>>,
    /// What discovery found of the streams, until it is written.
    static_tables: Vec<(Partition, RecordBatch)>,
    headers: Vec<Header>,
    parent: Option<Header>,
    proof: ProofMode,
    /// The blocks that were added since the last write.
    blocks: Option<BlockRange>,
    blocks_with_logs: u64,
    stats: FetchStats,
}

impl<'a> StreamReader<'a> {
    pub(crate) fn new(stream: &'a mut Stream, state: &'a mut DecoderState) -> Self {
        let filter_sets = (
            stream.filter.addresses.iter().copied().collect(),
            stream.filter.topics.iter().copied().collect(),
        );
        Self { stream, state, filter_sets, rows: DecodedRows::default(), logs: Vec::new() }
    }

    fn accepts(&self, log: &Log) -> bool {
        let (addresses, topics) = &self.filter_sets;
        addresses.contains(&log.address)
            && log.topics.first().is_some_and(|topic| topics.contains(topic))
            && self.stream.decoder.accepts(log)
    }

    /// Decodes one block; its logs and samples are in order.
    fn read_block(
        &mut self,
        chain: &str,
        header: &Header,
        logs: &[Log],
        samples: &[Sample],
    ) -> Result<(), ChainError> {
        for log in logs {
            if !self.accepts(log) {
                continue;
            }
            self.logs.push(raw_log_row(chain, &self.stream.name, log, header));
            let decoder = &mut self.stream.decoder;
            match decoder.decode(log, header, self.state, &mut self.rows) {
                Ok(()) => {}
                Err(error) if error.reason == UNDISCOVERED => {
                    let (block, problem) = (log.block, error.detail);
                    let endpoints = self.stream.evidence.unverified.endpoints_for((block, block));
                    return Err(ChainError::DiscoveryMismatch { block, problem, endpoints });
                }
                Err(error) => self.quarantine(chain, log, header, error),
            }
        }
        for sample in samples {
            self.stream.decoder.decode_sample(sample, header, &mut self.rows);
        }
        self.stream.decoder.end_block(header, &mut self.rows);
        Ok(())
    }

    fn quarantine(&mut self, chain: &str, log: &Log, header: &Header, error: DecodeError) {
        let row = QuarantinedLog {
            chain: chain.to_owned(),
            stream: self.stream.name.clone(),
            block: log.block,
            log_index: log.log_index,
            time: block_time(header),
            tx: format_address(log.tx),
            address: format_address(log.address),
            reason: error.reason.to_owned(),
            detail: error.detail,
        };
        tracing::warn!(
            "log {} of transaction {} cannot be decoded: {}",
            row.log_index,
            row.tx,
            row.detail
        );
        self.rows.quarantined_logs.push(row);
    }
}

impl<'a> WriteBatch<'a> {
    pub(crate) fn new(
        chain: &'a str,
        proof: ProofMode,
        mut readers: Vec<StreamReader<'a>>,
    ) -> Self {
        let found = readers.iter_mut().map(|reader| &mut reader.stream.static_tables);
        let static_tables = found.flat_map(std::mem::take).collect();
        Self {
            chain,
            readers,
            static_tables,
            headers: Vec::new(),
            parent: None,
            proof,
            blocks: None,
            blocks_with_logs: 0,
            stats: FetchStats::default(),
        }
    }

    /// Decodes the next chunk; returns whether the batch is full.
    pub(crate) fn add(&mut self, chunk: Chunk) -> Result<bool, ChainError> {
        for StreamReader { stream, .. } in &self.readers {
            if let Some(block) = stream.evidence.first_disagreement(chunk.blocks, &chunk.logs) {
                let problem = format!("{} was discovered by other logs", stream.name);
                let endpoints = stream.evidence.unverified.endpoints_for((block, block));
                return Err(ChainError::DiscoveryMismatch { block, problem, endpoints });
            }
        }
        if let Some(parent) = &chunk.parent {
            self.parent = Some(parent.clone());
        }
        self.blocks = Some((self.blocks.map_or(chunk.blocks.0, |(from, _)| from), chunk.blocks.1));
        self.blocks_with_logs += chunk.logs.chunk_by(|a, b| a.block == b.block).count() as u64;
        self.stats.add(chunk.stats);
        let mut parent = self.headers.last().or(self.parent.as_ref()).cloned();
        let mut logs = chunk.logs.as_slice();
        let mut samples: Vec<&[Sample]> = chunk.samples.iter().map(Vec::as_slice).collect();
        for header in &chunk.headers {
            check_parent(parent.as_ref(), header)?;
            let (here, later) = logs.split_at(logs.partition_point(|l| l.block <= header.number));
            logs = later;
            for (reading, samples) in self.readers.iter_mut().zip(&mut samples) {
                let due = samples.partition_point(|sample| sample.block <= header.number);
                let (now, later_samples) = samples.split_at(due);
                *samples = later_samples;
                reading.read_block(self.chain, header, here, now)?;
            }
            parent = Some(header.clone());
        }
        self.headers.extend(chunk.headers);
        let logs: usize = self.readers.iter().map(|reading| reading.logs.len()).sum();
        let blocks = self.blocks.map_or(0, |(from, to)| to - from + 1);
        Ok(logs >= LOGS_PER_WRITE
            || self.headers.len() >= HEADERS_PER_WRITE
            || blocks >= BLOCKS_PER_WRITE)
    }

    /// Writes everything; the logs last, since their files define the coverage.
    pub(crate) fn write(&mut self, store: &Store) -> Result<u64, LakeError> {
        let Some((blocks, last)) = self.blocks.zip(self.headers.last()) else { return Ok(0) };
        let _lock = store.lock_chain(self.chain)?;
        let span = BlockSpan::new(blocks, self.parent.as_ref().map(block_time), block_time(last))?;
        // Rows name assets, so the assets are written first; a run that reads nothing writes none.
        for (partition, rows) in std::mem::take(&mut self.static_tables) {
            write_static_table(store, &partition, &rows)?;
        }
        let mut logs = 0;
        for reading in &mut self.readers {
            let rows = std::mem::take(&mut reading.rows);
            rows.write(store, &reading.stream.partitions, span)?;
        }
        let rows = self.block_rows(store, blocks)?;
        let partition = Partition::new(const { &Block::TABLE }, &[self.chain])?;
        store.overwrite(&partition, span.blocks, &Block::to_batch(&rows)?)?;
        for reading in &self.readers {
            let stream = &reading.stream.name;
            let partition = Partition::new(const { &BlockProof::TABLE }, &[self.chain, stream])?;
            let rows: Vec<BlockProof> = self.block_proof(stream, blocks).into_iter().collect();
            store.overwrite(&partition, span.blocks, &BlockProof::to_batch(&rows)?)?;
        }
        for reading in &mut self.readers {
            let raw = std::mem::take(&mut reading.logs);
            logs += raw.len() as u64;
            let names = [self.chain, &reading.stream.name];
            let partition = Partition::new(const { &RawLog::TABLE }, &names)?;
            store.overwrite(&partition, span.blocks, &RawLog::to_batch(&raw)?)?;
        }
        self.parent = self.headers.pop();
        self.headers.clear();
        (self.blocks, self.blocks_with_logs, self.stats) = (None, 0, FetchStats::default());
        Ok(logs)
    }

    /// The rows of the batch's headers, and of other blocks that another market's ingestion stored.
    fn block_rows(&self, store: &Store, blocks: BlockRange) -> Result<Vec<Block>, LakeError> {
        let rows = self.headers.iter().map(|header| block_row(self.chain, header));
        if self.proof == ProofMode::Full {
            return Ok(rows.collect());
        }
        let mut rows: BTreeMap<u64, Block> = rows.map(|row| (row.block, row)).collect();
        for stored in stored_blocks(store, self.chain, blocks)? {
            let row = rows.entry(stored.block).or_insert_with(|| stored.clone());
            // A row from a header has more than one from logs.
            if row.hash == stored.hash && row.parent_hash.is_none() {
                *row = stored;
            }
        }
        Ok(rows.into_values().collect())
    }

    /// How the batch was verified, unless by every header.
    fn block_proof(&self, stream: &str, (from, to): BlockRange) -> Option<BlockProof> {
        (self.proof != ProofMode::Full).then(|| BlockProof {
            chain: self.chain.to_owned(),
            stream: stream.to_owned(),
            block: from,
            last_block: to,
            proof: self.proof.name().to_owned(),
            blocks_with_logs: self.blocks_with_logs,
            proven_silent_blocks: self.stats.proven_silent_blocks,
            compared_blocks: self.stats.compared_blocks,
        })
    }
}

/// A block's parent must be the block before it, where both are known.
pub(crate) fn check_parent(before: Option<&Header>, header: &Header) -> Result<(), ChainError> {
    let parent = before.filter(|before| before.number + 1 == header.number);
    match parent.zip(header.parent_hash) {
        Some((parent, found)) if parent.hash != found => {
            Err(ChainError::BrokenParentLink { block: header.number, expected: parent.hash, found })
        }
        _ => Ok(()),
    }
}

fn block_row(chain: &str, header: &Header) -> Block {
    Block {
        chain: chain.to_owned(),
        block: header.number,
        time: block_time(header),
        hash: format_address(header.hash),
        parent_hash: header.parent_hash.map(format_address),
        base_fee_gwei: header.base_fee_wei.map(|wei| wei as f64 / WEI_PER_GWEI),
    }
}

fn raw_log_row(chain: &str, stream: &str, log: &Log, header: &Header) -> RawLog {
    RawLog {
        chain: chain.to_owned(),
        stream: stream.to_owned(),
        block: log.block,
        log_index: log.log_index,
        time: block_time(header),
        tx: log.tx.to_vec(),
        address: log.address.to_vec(),
        topics: log.topics.iter().flat_map(|topic| topic.0).collect(),
        data: log.data.to_vec(),
    }
}

/// A log restored from its row, which lacks its block's hash.
pub(crate) fn log_from_row(raw: &RawLog) -> Option<Log> {
    Some(Log {
        address: Address::try_from(raw.address.as_slice()).ok()?,
        topics: raw.topics.chunks_exact(32).map(B256::from_slice).collect(),
        data: raw.data.clone().into(),
        block: raw.block,
        block_hash: B256::ZERO,
        tx: B256::try_from(raw.tx.as_slice()).ok()?,
        log_index: raw.log_index,
        block_time_s: None,
    })
}
