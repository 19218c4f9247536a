//! The logs of one window of blocks, asked for until they fit the headers.

use std::ops::RangeInclusive;

use super::block_queue::BlockQueue;
use super::consistency::{self, LogFlaw};
use super::error::FetchError;
use super::{FetchPass, WindowLogs};
use crate::block_tag::BlockTag;
use crate::client::{Client, header_request, parse_header};
use crate::endpoint::{Endpoint, LogLimit, Request, Response};
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;
use crate::header::Header;
use crate::log::{Log, LogFilter};

/// An endpoint's answer about a window, and its word for the window's last block.
pub(super) struct WindowResponse {
    pub(super) logs: Vec<Log>,
    last_header: Header,
}

/// Asks for logs together with the last block's header: the same node answers both, so one
/// that has not come so far shows by the header.
pub(super) async fn request_window(
    client: &Client,
    endpoint: &Endpoint,
    filter: &LogFilter,
    from: u64,
    to: u64,
) -> Result<WindowResponse, EndpointError> {
    let logs = Request { method: "eth_getLogs", params: filter.range_params(from, to) };
    let asks = [logs, header_request(BlockTag::Number(to))];
    let mut replies = client.request(endpoint, &asks).await?;
    let last = replies.pop().ok_or(EndpointError::MissingResponse)?;
    // What the node says about the logs weighs more: it may name a limit.
    let logs = parse_logs(replies.pop().ok_or(EndpointError::MissingResponse)?)?;
    Ok(WindowResponse { logs, last_header: parse_header(to, last)? })
}

impl FetchPass<'_> {
    /// The logs of a window; blocks of it that an endpoint's limit cuts off are put back.
    pub(super) async fn fetch_window(
        &self,
        mut range: RangeInclusive<u64>,
        todo: &BlockQueue,
    ) -> Result<WindowLogs, FetchError> {
        let about = format!("blocks {} to {}", range.start(), range.end());
        let mut tries = self.client.retry("eth_getLogs", about);
        loop {
            let endpoint = tries.next_endpoint().await?;
            range = todo.split_to(range, endpoint.window_blocks());
            let (from, to) = (*range.start(), *range.end());
            let outcome = match request_window(self.client, endpoint, self.filter, from, to).await {
                Ok(answer) => {
                    endpoint.on_window_success(to - from + 1);
                    self.verify_window(endpoint, from, answer).await?
                }
                Err(fault) => Err(fault),
            };
            match outcome {
                Ok(part) => return Ok(part),
                Err(fault) => {
                    if let Some(fault) = adapt_window(endpoint, to - from + 1, fault) {
                        tries
                            .record_failure(endpoint, fault)
                            .map_err(|error| map_block_too_large(error, from))?;
                    }
                }
            }
        }
    }

    /// The answer as a part if it fits the headers and hides nothing, the endpoint's fault if not.
    async fn verify_window(
        &self,
        endpoint: &Endpoint,
        from: u64,
        answer: WindowResponse,
    ) -> Result<Result<WindowLogs, EndpointError>, FetchError> {
        let WindowResponse { logs, last_header: last } = answer;
        let headers = self.headers_between(from, last.number).await?;
        let known = &headers[headers.len() - 1];
        if known.hash != last.hash {
            let problem = format!("it is {}, where it was {}", last.hash, known.hash);
            return Err(
                self.penalize_fork(endpoint, FetchError::Unstable { block: last.number, problem })
            );
        }
        match consistency::consistent_logs(logs, headers, self.filter) {
            Ok(logs) => self.verify_absences(endpoint, headers, logs).await,
            Err(LogFlaw::Contradiction(fault)) => Ok(Err(fault)),
            Err(LogFlaw::Fork(error)) => Err(self.penalize_fork(endpoint, error)),
        }
    }

    /// Once the chain may have changed; then the endpoint is on another one than the others.
    fn penalize_fork(&self, endpoint: &Endpoint, error: FetchError) -> FetchError {
        if !self.is_first_pass {
            self.client.pool().penalize(endpoint, &error.to_string());
        }
        error
    }
}

/// The logs of a reply.
pub(super) fn parse_logs(reply: Response) -> Result<Vec<Log>, EndpointError> {
    serde_json::from_str(reply?.get()).map_err(EndpointError::Malformed)
}

/// Learns from a window that failed; gives the fault back if asking for less is no answer to it.
pub(super) fn adapt_window(
    endpoint: &Endpoint,
    asked: u64,
    fault: EndpointError,
) -> Option<EndpointError> {
    let limit = LogLimit::from_error(&fault);
    if let Some(limit) = limit.filter(|_| asked > 1) {
        endpoint.on_limit_exceeded(limit, asked);
        tracing::debug!(endpoint = endpoint.name(), asked, blocks = endpoint.window_blocks(), %fault);
        return None;
    }
    match fault {
        EndpointError::Timeout(_) => {
            endpoint.on_limit_exceeded(LogLimit::TooManyLogs, asked);
            Some(fault)
        }
        fault => Some(single_block_limit(fault)),
    }
}

/// A limit that one block alone goes over is no passing fault.
pub(super) fn single_block_limit(fault: EndpointError) -> EndpointError {
    match LogLimit::from_error(&fault) {
        Some(_) => EndpointError::LimitExceeded(fault.to_string()),
        None => fault,
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
