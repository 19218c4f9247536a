//! Blocks without logs whose bloom says otherwise.

use alloy_primitives::Address;
use serde_json::json;

use super::bloom::{self, BloomTester};
use super::error::FetchError;
use super::window::{parse_logs, single_block_limit};
use super::{FetchPass, FetchStats, WindowLogs};
use crate::endpoint::{Endpoint, Request, Response};
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;
use crate::header::Header;
use crate::log::Log;

/// A block is doubted if chance alone would give it such a bloom less often than this.
const SUSPECT_BELOW: f64 = 0.1;

/// Below this chance only all of the block's logs clear it, since together they make the bloom.
const FULL_CHECK_BELOW: f64 = 1e-4;

/// A block that came without logs though its bloom holds a wanted pair.
struct SuspectBlock<'a> {
    header: &'a Header,
    contract: Address,
    false_positive_probability: f64,
}

impl SuspectBlock<'_> {
    fn withheld_error(&self) -> EndpointError {
        EndpointError::WithheldLogs { block: self.header.number, contract: self.contract }
    }
}

impl FetchPass<'_> {
    /// Settles the doubts about an endpoint's logs: a part if there are none left, its fault if
    /// logs were withheld.
    pub(super) async fn verify_absences(
        &self,
        endpoint: &Endpoint,
        headers: &[Header],
        logs: Vec<Log>,
    ) -> Result<Result<WindowLogs, EndpointError>, FetchError> {
        let (doubts, unjudged) = self.find_suspects(headers, &logs);
        if let Some(fault) = self.check_suspects(endpoint, &doubts).await? {
            return Ok(Err(fault));
        }
        let settled = doubts.len() as u64;
        let stats = FetchStats {
            requests: 0,
            suspect_blocks: settled,
            bloom_false_positives: settled,
            saturated_blooms: unjudged,
        };
        Ok(Ok(WindowLogs { from: headers.first().map_or(0, |header| header.number), logs, stats }))
    }

    /// The blocks to doubt, and the number of those that cannot be judged.
    fn find_suspects<'a>(
        &self,
        headers: &'a [Header],
        logs: &[Log],
    ) -> (Vec<SuspectBlock<'a>>, u64) {
        let (mut doubts, mut unjudged) = (Vec::new(), 0);
        let mut logs = logs.iter().peekable();
        for header in headers {
            let mut has_logs = false;
            while logs.next_if(|log| log.block == header.number).is_some() {
                has_logs = true;
            }
            if has_logs {
                continue;
            }
            let Some(contract) = self.probe.matching_address(&header.logs_bloom) else { continue };
            let odds = self.probe.false_positive_probability(&header.logs_bloom);
            if odds < SUSPECT_BELOW {
                doubts.push(SuspectBlock { header, contract, false_positive_probability: odds });
            } else {
                unjudged += 1;
            }
        }
        (doubts, unjudged)
    }

    async fn check_suspects(
        &self,
        endpoint: &Endpoint,
        doubts: &[SuspectBlock<'_>],
    ) -> Result<Option<EndpointError>, FetchError> {
        let found = self.refetch_suspects(endpoint, doubts).await?;
        if found.is_some() {
            return Ok(found);
        }
        let grave: Vec<&SuspectBlock> = doubts
            .iter()
            .filter(|doubt| doubt.false_positive_probability < FULL_CHECK_BELOW)
            .collect();
        self.refetch_all_logs(endpoint, &grave).await
    }

    /// Asks for the doubted blocks one by one; logs that come now were withheld before.
    async fn refetch_suspects(
        &self,
        endpoint: &Endpoint,
        doubts: &[SuspectBlock<'_>],
    ) -> Result<Option<EndpointError>, FetchError> {
        let ask = |doubt: &SuspectBlock| Request {
            method: "eth_getLogs",
            params: self.filter.block_params(doubt.header.hash),
        };
        let asks: Vec<Request> = doubts.iter().map(ask).collect();
        let read = |place: usize, reply: Response| -> Result<usize, EndpointError> {
            self.count_wanted(doubts[place].header, &parse_block_logs(doubts[place].header, reply)?)
        };
        let about = format!("{} doubted blocks", doubts.len());
        let counts = self
            .client
            .request_all(&asks, &about, Some(endpoint), read)
            .await
            .map_err(|error| map_unknown_block(error, doubts))?;
        Ok(first_withheld(doubts.iter().zip(counts)))
    }

    /// Asks for all logs of the blocks, whosever they are: they must make up the bloom.
    async fn refetch_all_logs(
        &self,
        endpoint: &Endpoint,
        doubts: &[&SuspectBlock<'_>],
    ) -> Result<Option<EndpointError>, FetchError> {
        let ask = |doubt: &&SuspectBlock| Request {
            method: "eth_getLogs",
            params: json!([{ "blockHash": doubt.header.hash }]),
        };
        let asks: Vec<Request> = doubts.iter().map(ask).collect();
        let read =
            |place: usize, reply: Response| self.count_wanted_in_full_block(doubts[place], reply);
        let about = format!("all logs of {} doubted blocks", doubts.len());
        let counts = self.client.request_all(&asks, &about, Some(endpoint), read).await;
        let counts = counts.map_err(FetchError::from_rpc_error)?;
        Ok(first_withheld(doubts.iter().copied().zip(counts)))
    }

    fn count_wanted_in_full_block(
        &self,
        doubt: &SuspectBlock<'_>,
        reply: Response,
    ) -> Result<usize, EndpointError> {
        let header = doubt.header;
        let logs = parse_block_logs(header, reply)?;
        if bloom::logs_bloom(&logs).contains(&header.logs_bloom) {
            return self.count_wanted(header, &logs);
        }
        Err(doubt.withheld_error())
    }

    /// How many of a block's logs are wanted; all of those must be in its bloom.
    fn count_wanted(&self, header: &Header, logs: &[Log]) -> Result<usize, EndpointError> {
        let mut tester = BloomTester::default();
        let wanted: Vec<&Log> = logs.iter().filter(|log| self.filter.matches(log)).collect();
        match wanted.iter().find(|log| !tester.may_contain(&header.logs_bloom, log)) {
            Some(log) => Err(EndpointError::Contradiction(format!(
                "answered a log of {} that is not in the bloom of block {}",
                log.address, header.number
            ))),
            None => Ok(wanted.len()),
        }
    }
}

fn parse_block_logs(header: &Header, reply: Response) -> Result<Vec<Log>, EndpointError> {
    let logs = parse_logs(reply.map_err(single_block_limit))?;
    match logs.iter().find(|log| log.block_hash != header.hash) {
        Some(log) => Err(EndpointError::Contradiction(format!(
            "answered a log of block {} when asked for block {}",
            log.block_hash, header.hash
        ))),
        None => Ok(logs),
    }
}

fn first_withheld<'a>(
    mut counts: impl Iterator<Item = (&'a SuspectBlock<'a>, usize)>,
) -> Option<EndpointError> {
    counts.find(|(_, count)| *count > 0).map(|(doubt, _)| doubt.withheld_error())
}

/// A block that nobody knows by its hash any more was taken back.
fn map_unknown_block(error: RpcError, doubts: &[SuspectBlock<'_>]) -> FetchError {
    let unknown = ["unknown block", "block not found", "header not found"];
    match (&error, doubts.first()) {
        (RpcError::RetriesExhausted { source, .. }, Some(doubt))
            if source
                .node_message()
                .is_some_and(|said| unknown.iter().any(|text| said.contains(text))) =>
        {
            let problem = "it is not known by its hash any more".to_owned();
            FetchError::Unstable { block: doubt.header.number, problem }
        }
        _ => FetchError::from_rpc_error(error),
    }
}
