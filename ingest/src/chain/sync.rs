//! From a market file to its history in a lake: discover, plan, fetch, decode, write.

mod chunk;
mod chunk_blocks;
pub(super) mod cost;
mod deployment_block;
mod options;
pub(super) mod plan;
mod probes;
pub(super) mod proof_mode;
mod reorg;
mod restore_state;
pub(super) mod sampled_evidence;
mod segment;
mod static_tables;
pub(super) mod summary;
mod write_batch;

use futures_util::future::try_join_all;
use indicatif::ProgressBar;
use plimsoll_lake::Store;
use plimsoll_rpc::{Audit, BlockTag, Client, FetchError, Header, RpcError};

use super::adapter::stream_root::{Discovery, StreamRoot};
use super::adapter::stream_roots;
use super::error::ChainError;
use super::market_file::MarketFile;
use super::migrate::migrate_ids;
use super::stream::Stream;
use cost::CostEstimate;
pub use options::ChainOptions;
use plan::ChainPlan;
use proof_mode::{ProofMode, unforeseeable_audit};
use reorg::{check_continuity, handle_reorg, truncate_streams, truncate_uncommitted};
use restore_state::{DecoderStates, stored_discovery_logs};
use summary::ChainSummary;

/// Attempts to read a chain that changes meanwhile.
const MAX_ATTEMPTS: u32 = 8;

/// The ingestion of a market.
pub struct ChainIngest {
    client: Client,
    market: MarketFile,
    store: Store,
    options: ChainOptions,
    roots: Vec<StreamRoot>,
    states: DecoderStates,
    summary: ChainSummary,
    audit: Audit,
    /// The first block that this run did not verify by all headers.
    sampled_from: Option<u64>,
    /// The number of endpoints that withheld logs before that.
    withholding: usize,
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
        let audit = unforeseeable_audit(options.audit_every_blocks);
        let memory = DecoderStates::default();
        Ok(Self {
            client,
            market,
            store,
            options,
            roots,
            states: memory,
            summary,
            audit,
            sampled_from: None,
            withholding: 0,
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

    /// Estimates what the missing blocks of a plan cost with each proof; none if none is missing.
    ///
    /// # Errors
    /// [`ChainError`] if the endpoints or the lake fail.
    pub async fn estimate_cost(
        &self,
        plan: &ChainPlan,
    ) -> Result<Option<CostEstimate>, ChainError> {
        let ends = plan.segments.first().zip(plan.segments.last());
        let Some(((from, _), (_, to))) = ends.map(|(first, last)| (first.blocks, last.blocks))
        else {
            return Ok(None);
        };
        let mut streams = self.discover(plan).await?;
        let streams: Vec<_> = streams.iter_mut().flatten().collect();
        let filter = segment::union_filter(&streams);
        let every = self.options.audit_every_blocks;
        CostEstimate::measure(&self.client, &filter, (from, to), every).await.map(Some)
    }

    /// Brings the lake up to the newest requested block; `bar` counts blocks.
    ///
    /// # Errors
    /// [`ChainError`] if the endpoints or the lake fail; rows written before remain.
    pub async fn run(&mut self, bar: &ProgressBar) -> Result<ChainSummary, ChainError> {
        if !std::mem::replace(&mut self.is_truncated, true) {
            migrate_ids(&self.store, &self.roots[0].stream)?;
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
                    self.discard_sampled_blocks(&error)?;
                    self.states.clear();
                    tokio::time::sleep(self.options.poll / 4).await;
                    attempt += 1;
                }
                Err(error) => {
                    self.discard_sampled_blocks(&error)?;
                    return Err(error);
                }
                Ok(()) => {
                    self.summary.set_traffic(self.client.traffic());
                    return Ok(self.summary.clone());
                }
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

    /// Removes blocks that were not verified by all headers before one of their endpoints was found to
    /// withhold logs.
    fn discard_sampled_blocks(&mut self, error: &ChainError) -> Result<(), ChainError> {
        let is_withheld = matches!(
            error,
            ChainError::WithholdingEndpoint { .. }
                | ChainError::Fetch(FetchError::WithheldLogs { .. })
        );
        let Some(from) = self.sampled_from.take_if(|_| is_withheld) else { return Ok(()) };
        tracing::warn!("blocks from {from} on that were not verified by all headers are removed");
        (self.summary.sampled, self.summary.unverified_blocks) = (None, 0);
        let streams: Vec<&str> = self.roots.iter().map(|root| root.stream.as_str()).collect();
        Ok(truncate_streams(&self.store, self.market.chain(), &streams, from)?)
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
        let final_block = self.final_block(head).await?;
        let (chain, proof) = (self.market.chain(), (self.options.proof, final_block));
        Ok(ChainPlan::new(&self.store, chain, &streams, head.number, proof)?)
    }

    /// The last block that no reorg can remove; none if all are to be verified by their headers.
    async fn final_block(&self, head: &Header) -> Result<Option<u64>, ChainError> {
        let deepest = head.number.checked_sub(self.options.max_reorg);
        if self.options.proof == ProofMode::Full || deepest.is_none() {
            return Ok(None);
        }
        match self.client.header(BlockTag::Finalized).await {
            Ok(header) => Ok(deepest.min(Some(header.number))),
            // A chain without finality has the limit of reorgs alone.
            Err(RpcError::NoFinalizedBlock { .. }) => Ok(deepest),
            Err(error) => Err(error.into()),
        }
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
        for segment in &plan.segments {
            check_continuity(&self.client, &self.store, &chain, segment.blocks, limit).await?;
            if segment.proof != ProofMode::Full && self.sampled_from.is_none() {
                self.sampled_from = Some(segment.blocks.0);
                self.withholding = self.client.withholding_endpoints().len();
            }
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
}
