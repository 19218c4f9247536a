//! Blocks without logs whose bloom indicates some.

use alloy_primitives::Address;
use serde_json::json;

use super::bloom::{self, BloomTester};
use super::error::FetchError;
use super::window::{parse_logs, single_block_limit};
use super::{FetchPass, FetchStats};
use crate::endpoint::{Endpoint, Request, Response};
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;
use crate::header::Header;
use crate::log::Log;

/// A block is suspect if its bloom matches by chance with less than this probability.
const SUSPECT_BELOW: f64 = 0.1;

/// A block without logs whose bloom contains an address and a topic of the filter.
struct SuspectBlock<'a> {
    header: &'a Header,
    contract: Address,
}

impl SuspectBlock<'_> {
    fn withheld_error(&self) -> EndpointError {
        EndpointError::WithheldLogs { block: self.header.number, contract: self.contract }
    }
}

impl FetchPass<'_> {
    /// Verifies that the headers' blocks without logs have none: statistics, or the endpoint's error
    /// if logs were withheld.
    pub(super) async fn verify_absences(
        &self,
        endpoint: &Endpoint,
        headers: &[Header],
        logs: &[Log],
    ) -> Result<Result<FetchStats, EndpointError>, FetchError> {
        let (suspects, mut stats) = self.find_suspects(headers, logs);
        if let Some(error) = self.check_suspects(endpoint, &suspects).await? {
            return Ok(Err(error));
        }
        stats.bloom_false_positives = stats.suspect_blocks;
        stats.proven_silent_blocks += stats.suspect_blocks;
        Ok(Ok(stats))
    }

    /// The suspect blocks, and what the blooms of the others prove.
    fn find_suspects<'a>(
        &self,
        headers: &'a [Header],
        logs: &[Log],
    ) -> (Vec<SuspectBlock<'a>>, FetchStats) {
        let (mut suspects, mut stats) = (Vec::new(), FetchStats::default());
        let is_absent = self.client.pool().blooms.is_absent();
        let mut logs = logs.iter().peekable();
        for header in headers {
            let mut has_logs = false;
            while let Some(log) = logs.next_if(|log| log.block <= header.number) {
                has_logs |= log.block == header.number;
            }
            let evidence = header.logs_bloom.filter(|bloom| !(is_absent && bloom.is_zero()));
            let Some(bloom) = evidence else {
                stats.absent_blooms += 1;
                continue;
            };
            if has_logs {
                continue;
            }
            let Some(contract) = self.probe.matching_address(&bloom) else {
                stats.proven_silent_blocks += 1;
                continue;
            };
            let probability = self.probe.false_positive_probability(&bloom);
            if probability < SUSPECT_BELOW {
                stats.suspect_blocks += 1;
                suspects.push(SuspectBlock { header, contract });
            } else {
                stats.saturated_blooms += 1;
            }
        }
        (suspects, stats)
    }

    async fn check_suspects(
        &self,
        endpoint: &Endpoint,
        suspects: &[SuspectBlock<'_>],
    ) -> Result<Option<EndpointError>, FetchError> {
        let found = self.refetch_suspects(endpoint, suspects).await?;
        if found.is_some() {
            return Ok(found);
        }
        // Together all logs of a block must give its bloom.
        self.refetch_all_logs(endpoint, suspects).await
    }

    /// Requests the suspect blocks one by one; logs in the responses were withheld before.
    async fn refetch_suspects(
        &self,
        endpoint: &Endpoint,
        suspects: &[SuspectBlock<'_>],
    ) -> Result<Option<EndpointError>, FetchError> {
        let request = |suspect: &SuspectBlock| Request {
            method: "eth_getLogs",
            params: self.request.filter.block_params(suspect.header.hash),
        };
        let requests: Vec<Request> = suspects.iter().map(request).collect();
        let read = |index: usize, response: Response| -> Result<usize, EndpointError> {
            self.count_matching(
                suspects[index].header,
                &parse_block_logs(suspects[index].header, response)?,
            )
        };
        let about = format!("{} suspect blocks", suspects.len());
        let counts = self
            .client
            .request_all(&requests, &about, Some(endpoint), read)
            .await
            .map_err(|error| map_unknown_block(error, suspects))?;
        Ok(first_withheld(suspects.iter().zip(counts)))
    }

    /// Requests all logs of the blocks, of any contract: together they must give the bloom.
    async fn refetch_all_logs(
        &self,
        endpoint: &Endpoint,
        suspects: &[SuspectBlock<'_>],
    ) -> Result<Option<EndpointError>, FetchError> {
        let request = |suspect: &SuspectBlock| Request {
            method: "eth_getLogs",
            params: json!([{ "blockHash": suspect.header.hash }]),
        };
        let requests: Vec<Request> = suspects.iter().map(request).collect();
        let read = |index: usize, response: Response| {
            self.count_matching_in_full_block(&suspects[index], response)
        };
        let about = format!("all logs of {} suspect blocks", suspects.len());
        let counts = self.client.request_all(&requests, &about, Some(endpoint), read).await;
        let counts = counts.map_err(FetchError::from_rpc_error)?;
        Ok(first_withheld(suspects.iter().zip(counts)))
    }

    fn count_matching_in_full_block(
        &self,
        suspect: &SuspectBlock<'_>,
        response: Response,
    ) -> Result<usize, EndpointError> {
        let header = suspect.header;
        let logs = parse_block_logs(header, response)?;
        if bloom::logs_bloom(&logs).contains(&header.logs_bloom.unwrap_or_default()) {
            return self.count_matching(header, &logs);
        }
        Err(suspect.withheld_error())
    }

    /// The number of logs of a block that match the filter; each must be in its bloom.
    fn count_matching(&self, header: &Header, logs: &[Log]) -> Result<usize, EndpointError> {
        let mut tester = BloomTester::default();
        let matching: Vec<&Log> =
            logs.iter().filter(|log| self.request.filter.matches(log)).collect();
        match matching
            .iter()
            .find(|log| !tester.may_contain(&header.logs_bloom.unwrap_or_default(), log))
        {
            Some(log) => Err(EndpointError::Contradiction(format!(
                "returned a log of {} that is not in the bloom of block {}",
                log.address, header.number
            ))),
            None => Ok(matching.len()),
        }
    }
}

fn parse_block_logs(header: &Header, response: Response) -> Result<Vec<Log>, EndpointError> {
    let logs = parse_logs(response.map_err(single_block_limit))?;
    match logs.iter().find(|log| log.block_hash != header.hash) {
        Some(log) => Err(EndpointError::Contradiction(format!(
            "returned a log of block {} for block {}",
            log.block_hash, header.hash
        ))),
        None => Ok(logs),
    }
}

fn first_withheld<'a>(
    mut counts: impl Iterator<Item = (&'a SuspectBlock<'a>, usize)>,
) -> Option<EndpointError> {
    counts.find(|(_, count)| *count > 0).map(|(suspect, _)| suspect.withheld_error())
}

/// A block that is unknown by its hash was removed by a reorg.
fn map_unknown_block(error: RpcError, suspects: &[SuspectBlock<'_>]) -> FetchError {
    let unknown = ["unknown block", "block not found", "header not found"];
    match (&error, suspects.first()) {
        (RpcError::RetriesExhausted { source, .. }, Some(suspect))
            if source
                .node_message()
                .is_some_and(|message| unknown.iter().any(|text| message.contains(text))) =>
        {
            let problem = "it is no longer known by its hash".to_owned();
            FetchError::Unstable { block: suspect.header.number, problem }
        }
        _ => FetchError::from_rpc_error(error),
    }
}
