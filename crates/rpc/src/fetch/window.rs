//! The logs of one window of blocks, requested until they are consistent with the headers.

use std::ops::RangeInclusive;

use super::block_queue::BlockQueue;
use super::consistency::{self, LogFlaw};
use super::error::FetchError;
use super::{FetchPass, FetchStats, Proof, WindowLogs};
use crate::block_tag::BlockTag;
use crate::client::{Client, header_request, parse_header};
use crate::endpoint::{Endpoint, Request, Response};
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;
use crate::header::Header;
use crate::log::{Log, LogFilter};
use crate::refusal::{LogLimit, Refusal, RefusalTexts};

/// An endpoint's logs of a window, and its header of the window's last block.
pub(super) struct WindowResponse {
    pub(super) logs: Vec<Log>,
    last_header: Header,
}

/// Requests logs together with the last block's header: the same node returns both, so one that
/// lags is detected by the header.
pub(super) async fn request_window(
    client: &Client,
    endpoint: &Endpoint,
    filter: &LogFilter,
    from: u64,
    to: u64,
) -> Result<WindowResponse, EndpointError> {
    let logs = Request { method: "eth_getLogs", params: filter.range_params(from, to) };
    let requests = [logs, header_request(BlockTag::Number(to))];
    let mut responses = client.request(endpoint, &requests).await?;
    let last = responses.pop().ok_or(EndpointError::MissingResponse)?;
    // The error about the logs takes precedence: it may name a limit.
    let logs = parse_logs(responses.pop().ok_or(EndpointError::MissingResponse)?)?;
    Ok(WindowResponse { logs, last_header: parse_header(to, last)? })
}

impl FetchPass<'_> {
    /// The logs of a window; blocks beyond an endpoint's limit are returned to the queue.
    pub(super) async fn fetch_window(
        &self,
        mut range: RangeInclusive<u64>,
        queue: &BlockQueue,
    ) -> Result<WindowLogs, FetchError> {
        let about = format!("blocks {} to {}", range.start(), range.end());
        let mut retry = self.client.retry("eth_getLogs", about);
        loop {
            let endpoint = retry.next_endpoint().await?;
            range = queue.split_to(range, endpoint.window_blocks());
            let (from, to) = (*range.start(), *range.end());
            let outcome =
                match request_window(self.client, endpoint, &self.request.filter, from, to).await {
                    Ok(answer) => {
                        endpoint.on_window_success(to - from + 1);
                        self.verify_window(endpoint, from, answer).await?
                    }
                    Err(error) => Err(error),
                };
            match outcome {
                Ok(part) => return Ok(part),
                Err(error) => {
                    let (blocks, attempts) = (to - from + 1, retry.attempts());
                    let adapted =
                        adapt_window(endpoint, &self.request.filter, blocks, attempts, error);
                    if let Some(error) = adapted {
                        retry
                            .record_failure(endpoint, error)
                            .map_err(|error| map_block_too_large(error, from))?;
                    }
                }
            }
        }
    }

    /// The window's logs if they are consistent with the headers, the endpoint's error otherwise.
    async fn verify_window(
        &self,
        endpoint: &Endpoint,
        from: u64,
        answer: WindowResponse,
    ) -> Result<Result<WindowLogs, EndpointError>, FetchError> {
        let WindowResponse { logs, last_header: last } = answer;
        if self.request.proof != Proof::Full {
            return self.verify_sparse_window(endpoint, from, logs, last).await;
        }
        let headers = self.headers_between(from, last.number).await?;
        let known = &headers[headers.len() - 1];
        if known.hash != last.hash {
            let problem = format!("it is {}, where it was {}", last.hash, known.hash);
            return Err(
                self.penalize_fork(endpoint, FetchError::Unstable { block: last.number, problem })
            );
        }
        let logs = match self.consistent_logs(endpoint, logs, from..=last.number, headers).await? {
            Ok(logs) => logs,
            Err(error) => return Ok(Err(error)),
        };
        let verified = self.verify_absences(endpoint, headers, &logs).await?;
        Ok(verified.map(|stats| WindowLogs { from, logs, headers: Vec::new(), stats }))
    }

    /// As [`FetchPass::verify_window`], with the headers of some blocks only.
    async fn verify_sparse_window(
        &self,
        endpoint: &Endpoint,
        from: u64,
        logs: Vec<Log>,
        last: Header,
    ) -> Result<Result<WindowLogs, EndpointError>, FetchError> {
        let to = last.number;
        let blocks = self.sparse_header_blocks(from..=to, &logs);
        let mut headers = self.client.headers_of(&blocks).await?;
        headers.push(last);
        let logs = match self.consistent_logs(endpoint, logs, from..=to, &headers).await? {
            Ok(logs) => logs,
            Err(error) => return Ok(Err(error)),
        };
        let mut stats = FetchStats::default();
        if let Proof::Sampled(audit) = self.request.proof {
            match self.verify_absences(endpoint, &headers, &logs).await? {
                Ok(verified) => stats = verified,
                Err(error) => return Ok(Err(error)),
            }
            if audit.compares(from) {
                match self.compare_with_second(endpoint, from..=to, &logs).await? {
                    Ok(blocks) => stats.compared_blocks = blocks,
                    Err(error) => return Ok(Err(error)),
                }
            }
        }
        let headers = match consistency::with_log_blocks(headers, &logs) {
            Ok(headers) => headers,
            Err(error) => return Ok(Err(error)),
        };
        Ok(Ok(WindowLogs { from, logs, headers, stats }))
    }

    /// The blocks of a window whose headers are fetched, in order, without the last.
    fn sparse_header_blocks(&self, range: RangeInclusive<u64>, logs: &[Log]) -> Vec<u64> {
        let (from, to) = (*range.start(), *range.end());
        let mut blocks: Vec<u64> =
            logs.iter().filter(|log| log.block_time_s.is_none()).map(|log| log.block).collect();
        blocks.extend(&self.request.headers);
        if let Proof::Sampled(audit) = self.request.proof {
            blocks.extend(audit.blocks(range));
        }
        blocks.retain(|block| from <= *block && *block < to);
        blocks.sort_unstable();
        blocks.dedup();
        blocks
    }

    /// The logs in order, if they are consistent with the headers.
    async fn consistent_logs(
        &self,
        endpoint: &Endpoint,
        logs: Vec<Log>,
        range: RangeInclusive<u64>,
        headers: &[Header],
    ) -> Result<Result<Vec<Log>, EndpointError>, FetchError> {
        let filter = &self.request.filter;
        let has_blooms = self.request.proof != Proof::Logs;
        if has_blooms {
            self.check_empty_blooms(headers, &logs).await?;
        }
        let blooms = (has_blooms, self.client.pool().blooms.is_absent());
        match consistency::consistent_logs(logs, range, headers, filter, blooms) {
            Ok(logs) => Ok(Ok(logs)),
            Err(LogFlaw::Contradiction(error)) => Ok(Err(error)),
            Err(LogFlaw::Fork(error)) => Err(self.penalize_fork(endpoint, error)),
        }
    }

    /// In the first pass the chain may have changed; later the endpoint follows another history.
    fn penalize_fork(&self, endpoint: &Endpoint, error: FetchError) -> FetchError {
        if !self.is_first_pass {
            self.client.pool().penalize(endpoint, &error.to_string());
        }
        error
    }
}

/// The logs of a response.
pub(super) fn parse_logs(response: Response) -> Result<Vec<Log>, EndpointError> {
    serde_json::from_str(response?.get()).map_err(EndpointError::malformed)
}

/// Adapts the endpoint's limits after a failure; returns the error if that does not resolve it.
///
/// `attempts` is the number of earlier failures of this request.
pub(super) fn adapt_window(
    endpoint: &Endpoint,
    filter: &LogFilter,
    requested: u64,
    attempts: u32,
    error: EndpointError,
) -> Option<EndpointError> {
    let (refusal, longest) = (endpoint.classify(&error), filter.longest_list());
    match refusal {
        Refusal::Limit(limit) if requested > 1 => {
            endpoint.on_limit_exceeded(limit, requested);
            tracing::debug!(endpoint = endpoint.name(), requested, blocks = endpoint.window_blocks(), %error);
            None
        }
        // Fewer contracts have fewer logs, and their list is shorter.
        Refusal::Limit(_) if is_limit(refusal, &error) && endpoint.halve_items(longest) => None,
        Refusal::Limit(_) | Refusal::TooManyItems(_) => Some(single_block_limit(error)),
        // An endpoint that fails at this request again may be overloaded by it.
        Refusal::Wait if error.is_timeout() || (attempts > 0 && !error.is_rate_limit()) => {
            endpoint.on_limit_exceeded(LogLimit::Overloaded, requested);
            Some(error)
        }
        // Plans word their limits as denials too; a real one refuses a single block as well.
        Refusal::Never if requested > 1 => {
            endpoint.on_limit_exceeded(LogLimit::Unknown, requested);
            None
        }
        Refusal::Never => Some(EndpointError::Denied(error.to_string())),
        Refusal::Wait | Refusal::Behind | Refusal::Other => Some(error),
    }
}

/// A limit that a single block exceeds is not transient.
pub(super) fn single_block_limit(error: EndpointError) -> EndpointError {
    if is_limit(RefusalTexts::default().classify(&error), &error) {
        EndpointError::LimitExceeded(error.to_string())
    } else {
        error
    }
}

/// Whether a refusal is one of the request, and not a failure that passes.
fn is_limit(refusal: Refusal, error: &EndpointError) -> bool {
    match refusal {
        Refusal::Limit(LogLimit::Unknown) => !error.is_transient(),
        Refusal::Limit(_) | Refusal::TooManyItems(_) => true,
        _ => false,
    }
}

pub(super) fn map_block_too_large(error: RpcError, block: u64) -> FetchError {
    match error {
        RpcError::RetriesExhausted {
            endpoint,
            source: source @ EndpointError::LimitExceeded(_),
            ..
        } => FetchError::BlockTooLarge { endpoint, block, source },
        other => FetchError::from_rpc_error(other),
    }
}
