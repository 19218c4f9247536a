//! Fetching, decoding and writing of one segment of a plan.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use indicatif::ProgressBar;
use plimsoll_lake::LakeError;
use plimsoll_rpc::{Client, LogFilter};

use super::ChainIngest;
use super::chunk::{ChunkRequest, fetch_chunk};
use super::plan::SegmentPlan;
use super::probes::StreamRequest;
use super::proof_mode::ProofMode;
use super::write_batch::{StreamReader, WriteBatch};
use crate::chain::error::ChainError;
use crate::chain::lake_state::last_log_block;
use crate::chain::stream::Stream;

/// Chunks in flight; with their size this limits the memory. Chunks without all headers are small.
const FULL_CHUNKS_IN_FLIGHT: usize = 4;
const SPARSE_CHUNKS_IN_FLIGHT: usize = 16;

impl ChainIngest {
    pub(super) async fn ingest_segment(
        &mut self,
        segment: &SegmentPlan,
        streams: &mut [Option<Stream>],
        bar: &ProgressBar,
    ) -> Result<(), ChainError> {
        let chain = self.market.chain().to_owned();
        let mut segment_streams: Vec<&mut Stream> = Vec::new();
        for (index, stream) in streams.iter_mut().enumerate() {
            if let Some(stream) = stream.as_mut().filter(|_| segment.streams.contains(&index)) {
                self.states.restore(&self.store, &chain, stream, segment.blocks.0)?;
                segment_streams.push(stream);
            }
        }
        let request = Arc::new(self.chunk_request(segment, &segment_streams)?);
        let names: Vec<String> = segment_streams.iter().map(|stream| stream.name.clone()).collect();
        let state = self.states.get_many(segment_streams.iter().map(|stream| stream.name.as_str()));
        let readings = segment_streams
            .into_iter()
            .zip(state)
            .map(|(stream, state)| StreamReader::new(stream, state));
        let mut batch = WriteBatch::new(&chain, segment.proof, readings.collect());
        let fetches = segment.chunks().map(|blocks| {
            let (client, request) = (self.client.clone(), Arc::clone(&request));
            // A separate task continues while this one decodes and writes.
            let task = tokio::spawn(fetch_chunk(client, request, blocks));
            async move { task.await? }
        });
        let mut fetches = stream::iter(fetches).buffered(chunks_in_flight(segment.proof));
        while let Some(chunk) = fetches.next().await {
            let chunk = chunk?;
            check_withholding(&self.client, self.sampled_from, self.withholding)?;
            let (from, to) = chunk.blocks;
            self.summary.add_chunk(&chunk, segment.proof);
            let full = tokio::task::block_in_place(|| batch.add(chunk))?;
            if full {
                self.summary.logs += tokio::task::block_in_place(|| batch.write(&self.store))?;
            }
            bar.inc(to - from + 1);
            bar.set_message(format!("{} logs", self.summary.logs_read));
        }
        self.summary.logs += tokio::task::block_in_place(|| batch.write(&self.store))?;
        drop(batch);
        self.states.set_last_block(names.iter().map(String::as_str), segment.blocks.1);
        Ok(())
    }

    /// What is fetched of each chunk of a segment.
    fn chunk_request(
        &self,
        segment: &SegmentPlan,
        streams: &[&mut Stream],
    ) -> Result<ChunkRequest, LakeError> {
        let (first, chain) = (segment.blocks.0, self.market.chain());
        let mut headers: Vec<u64> = Vec::new();
        let mut requests = Vec::new();
        for stream in streams {
            headers.extend(stream.probes.iter().map(|probe| probe.from_block));
            headers.extend(stream.decoder.blocks_without_logs(segment.blocks));
            let last_log_block = match stream.probes.is_empty() {
                true => None,
                false => last_log_block(&self.store, chain, &stream.name, first)?,
            };
            let (filter, probes) = (stream.filter.clone(), stream.probes.clone());
            requests.push(StreamRequest { filter, probes, last_log_block });
        }
        headers.sort_unstable();
        headers.dedup();
        let (filter, proof) = (union_filter(streams), segment.proof.of_final_blocks(self.audit));
        Ok(ChunkRequest { first, filter, streams: requests, headers, proof })
    }
}

const fn chunks_in_flight(proof: ProofMode) -> usize {
    match proof {
        ProofMode::Full => FULL_CHUNKS_IN_FLIGHT,
        ProofMode::Sampled | ProofMode::Logs => SPARSE_CHUNKS_IN_FLIGHT,
    }
}

/// Whether no endpoint was found to withhold logs since the first block that was verified by a sample.
fn check_withholding(
    client: &Client,
    sampled_from: Option<u64>,
    known: usize,
) -> Result<(), ChainError> {
    let Some(from) = sampled_from else { return Ok(()) };
    let found = client.withholding_endpoints();
    match found.get(known..).and_then(<[String]>::first) {
        Some(_) => Err(ChainError::WithholdingEndpoint { endpoint: found.join(", "), from }),
        None => Ok(()),
    }
}

/// The filter of all streams together; a stream's reader skips logs of the others.
pub(super) fn union_filter(streams: &[&mut Stream]) -> LogFilter {
    let mut filter = LogFilter::default();
    for stream in streams {
        filter.addresses.extend(&stream.filter.addresses);
        filter.topics.extend(&stream.filter.topics);
    }
    filter.addresses.sort_unstable();
    filter.addresses.dedup();
    filter.topics.sort_unstable();
    filter.topics.dedup();
    filter
}
