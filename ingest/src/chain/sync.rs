//! From a market file to its history in a lake: discover, plan, fetch, decode, write.

mod chunk;
mod deployment_block;
pub(super) mod plan;
mod reorg;
mod restore_state;
pub(super) mod summary;
mod write_batch;

use std::time::Duration;

use futures_util::future::try_join_all;
use futures_util::{StreamExt, stream};
use indicatif::ProgressBar;
use plimsoll_lake::{LakeError, Store};
use plimsoll_rpc::{BlockTag, Client, Header, LogFilter};

use super::adapter::stream_root::{Discovery, StreamRoot};
use super::adapter::stream_roots;
use super::error::ChainError;
use super::market_file::MarketFile;
use super::stream::Stream;
use chunk::fetch_chunk;
use plan::{ChainPlan, SegmentPlan};
use reorg::{check_continuity, handle_reorg, truncate_uncommitted};
use restore_state::{DecoderStates, stored_discovery_logs};
use summary::ChainSummary;
use write_batch::{StreamReader, WriteBatch};

/// Chunks in flight; with their size this limits the memory.
const CHUNKS_IN_FLIGHT: usize = 4;
/// Attempts to read a chain that changes meanwhile.
const MAX_ATTEMPTS: u32 = 8;

/// Options of an ingestion.
#[derive(Debug, Clone)]
pub struct ChainOptions {
    /// The first block; the market's first if `None`.
    pub from: Option<u64>,
    /// The last block.
    pub to: BlockTag,
    /// How long to wait for the next block when following.
    pub poll: Duration,
    /// The deepest reorg that is accepted, blocks.
    pub max_reorg: u64,
}

impl Default for ChainOptions {
    fn default() -> Self {
        let poll = Duration::from_secs(2);
        Self { from: None, to: BlockTag::Latest, poll, max_reorg: 256 }
    }
}

/// The ingestion of a market.
pub struct ChainIngest {
    client: Client,
    market: MarketFile,
    store: Store,
    options: ChainOptions,
    roots: Vec<StreamRoot>,
    states: DecoderStates,
    summary: ChainSummary,
    /// Whether rows of an interrupted run were removed.
    is_truncated: bool,
}

impl ChainIngest {
    /// Connects to the endpoints, which must serve the market's chain.
    ///
    /// # Errors
    /// [`ChainError`] if none does, or the market file names an unknown protocol.
    pub async fn new(
        client: Client,
        market: MarketFile,
        store: Store,
        options: ChainOptions,
    ) -> Result<Self, ChainError> {
        let roots = stream_roots(&market)?;
        client.connect(market.chain_id()).await?;
        let summary = ChainSummary::new(&market);
        let memory = DecoderStates::default();
        Ok(Self {
            client,
            market,
            store,
            options,
            roots,
            states: memory,
            summary,
            is_truncated: false,
        })
    }

    /// What is missing in the lake, up to the newest requested block.
    ///
    /// # Errors
    /// [`ChainError`] if the endpoints or the lake fail.
    pub async fn plan(&mut self) -> Result<ChainPlan, ChainError> {
        let head = self.client.header(self.options.to).await?;
        self.plan_to(&head).await
    }

    /// Brings the lake up to the newest requested block; `bar` counts blocks.
    ///
    /// # Errors
    /// [`ChainError`] if the endpoints or the lake fail; rows written before remain.
    pub async fn run(&mut self, bar: &ProgressBar) -> Result<ChainSummary, ChainError> {
        if !std::mem::replace(&mut self.is_truncated, true) {
            truncate_uncommitted(&self.store, self.market.chain())?;
        }
        let mut attempt = 1;
        loop {
            let outcome = match self.client.header(self.options.to).await {
                Ok(head) => self.run_to(&head, bar).await,
                Err(error) => Err(error.into()),
            };
            match outcome {
                Err(error) if error.is_transient() && attempt < MAX_ATTEMPTS => {
                    self.penalize_endpoints(&error);
                    self.states.clear();
                    tokio::time::sleep(self.options.poll / 4).await;
                    attempt += 1;
                }
                Err(error) => return Err(error),
                Ok(()) => return Ok(self.summary.clone()),
            }
        }
    }

    /// Brings the lake up to the newest block, and adds every new one until `stop` is done.
    ///
    /// # Errors
    /// As [`ChainIngest::run`].
    pub async fn follow(
        &mut self,
        bar: &ProgressBar,
        stop: impl Future<Output = ()>,
    ) -> Result<ChainSummary, ChainError> {
        let (mut stop, mut is_first) = (std::pin::pin!(stop), true);
        loop {
            // What is interrupted before it is written is read again by the next run.
            let outcome = tokio::select! {
                biased;
                () = &mut stop => return Ok(self.summary.clone()),
                outcome = self.run(bar) => outcome,
            };
            match outcome {
                // A failure of the endpoints does not end a follower.
                Err(error) if !is_first && error.is_endpoint_failure() => {
                    tracing::warn!("{error}: retrying later");
                    self.states.clear();
                }
                outcome => drop(outcome?),
            }
            is_first = false;
            tokio::select! {
                () = &mut stop => return Ok(self.summary.clone()),
                () = self.client.wait_for_head(self.options.poll) => {}
            }
        }
    }

    /// Penalizes the endpoints whose logs misled discovery.
    fn penalize_endpoints(&self, error: &ChainError) {
        tracing::info!("{error}: reading again");
        if let ChainError::DiscoveryMismatch { endpoints, problem, .. } = error {
            endpoints.iter().for_each(|endpoint| self.client.penalize(endpoint, problem));
        }
    }

    async fn plan_to(&mut self, head: &Header) -> Result<ChainPlan, ChainError> {
        let origins = deployment_block::find_first_blocks(
            &self.client,
            &mut self.roots,
            self.options.from,
            head.number,
        );
        let origins = origins.await?;
        let names = self.roots.iter().map(|root| root.stream.clone());
        let streams: Vec<_> = names.zip(origins).collect();
        if let Some((_, from)) = streams.iter().find(|(_, from)| *from > head.number) {
            return Err(ChainError::EmptyRange { from: *from, to: head.number });
        }
        Ok(ChainPlan::new(&self.store, self.market.chain(), &streams, head.number)?)
    }

    async fn run_to(&mut self, head: &Header, bar: &ProgressBar) -> Result<(), ChainError> {
        let (chain, limit) = (self.market.chain().to_owned(), self.options.max_reorg);
        if let Some(block) = handle_reorg(&self.client, &self.store, &chain, head, limit).await? {
            self.states.clear();
            self.summary.add_reorg(block);
        }
        let plan = self.plan_to(head).await?;
        self.summary.set_head(head.number);
        if plan.segments.is_empty() {
            return Ok(());
        }
        bar.inc_length(plan.block_count());
        let mut streams = self.discover(&plan).await?;
        for stream in streams.iter().flatten() {
            for (partition, rows) in &stream.static_tables {
                self.replace_if_changed(partition, rows)?;
            }
        }
        for segment in &plan.segments {
            check_continuity(&self.client, &self.store, &chain, segment.blocks, limit).await?;
            self.ingest_segment(segment, &mut streams, bar).await?;
        }
        Ok(())
    }

    /// The streams that lack blocks, by their index in the plan.
    async fn discover(&self, plan: &ChainPlan) -> Result<Vec<Option<Stream>>, ChainError> {
        let chain = self.market.chain();
        let mut stored_logs = Vec::new();
        for (root, stream_plan) in self.roots.iter().zip(&plan.streams) {
            let before = stream_plan.missing.map_or(0, |(first, _)| first);
            stored_logs.push(stored_discovery_logs(&self.store, chain, root, before)?);
        }
        let discovered = self.roots.iter().zip(&plan.streams).zip(&stored_logs);
        try_join_all(discovered.map(|((root, stream_plan), stored_logs)| async move {
            let Some((first, last)) = stream_plan.missing else { return Ok(None) };
            let (client, market, origin) = (&self.client, &self.market, stream_plan.from);
            let discovery = Discovery { client, market, root, stored_logs, origin, first, last };
            root.discover(discovery).await.map(Some)
        }))
        .await
    }

    fn replace_if_changed(
        &self,
        partition: &plimsoll_lake::Partition,
        rows: &arrow::array::RecordBatch,
    ) -> Result<(), LakeError> {
        if self.store.partition_equals(partition, rows)? {
            return Ok(());
        }
        self.store.replace(partition, rows)
    }

    async fn ingest_segment(
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
        let filter = union_filter(&segment_streams);
        let probes: Vec<_> = segment_streams.iter().map(|stream| stream.probes.clone()).collect();
        let state = self.states.get_many(segment_streams.iter().map(|stream| stream.name.as_str()));
        let readings = segment_streams
            .into_iter()
            .zip(state)
            .map(|(stream, state)| StreamReader::new(stream, state));
        let mut batch = WriteBatch::new(&chain, readings.collect());
        let fetches = segment.chunks().map(|blocks| {
            let (client, filter, probes) = (self.client.clone(), filter.clone(), probes.clone());
            // A separate task continues while this one decodes and writes.
            let task = tokio::spawn(fetch_chunk(client, filter, probes, blocks));
            async move { task.await? }
        });
        let mut fetches = stream::iter(fetches).buffered(CHUNKS_IN_FLIGHT);
        while let Some(chunk) = fetches.next().await {
            let chunk = chunk?;
            let (from, to) = chunk.blocks;
            self.summary.add_chunk(&chunk);
            let full = tokio::task::block_in_place(|| batch.add(chunk))?;
            if full {
                self.summary.logs += tokio::task::block_in_place(|| batch.write(&self.store))?;
            }
            bar.inc(to - from + 1);
            bar.set_message(format!("{} logs", self.summary.logs_read));
        }
        self.summary.logs += tokio::task::block_in_place(|| batch.write(&self.store))?;
        Ok(())
    }
}

/// The filter of all streams together; a stream's reader skips logs of the others.
fn union_filter(streams: &[&mut Stream]) -> LogFilter {
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
