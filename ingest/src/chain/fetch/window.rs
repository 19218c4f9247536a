//! The logs of one window of blocks, asked for until they fit the headers.

use std::ops::RangeInclusive;

use super::check::{self, Flaw};
use super::todo::Todo;
use super::{Fetch, FetchError, Part};
use plimsoll_rpc::{Ask, BlockTag, Endpoint, Limit, Reply, header, read_header};
use plimsoll_rpc::{Client, Fault, Header, Log, LogFilter, RpcError};

/// An endpoint's answer about a window, and its word for the window's last block.
pub(super) struct Answer {
    pub(super) logs: Vec<Log>,
    last: Header,
}

/// Asks for logs together with the last block's header: the same node answers both, so one
/// that has not come so far shows by the header.
pub(super) async fn ask(
    client: &Client,
    endpoint: &Endpoint,
    filter: &LogFilter,
    from: u64,
    to: u64,
) -> Result<Answer, Fault> {
    let logs = Ask { method: "eth_getLogs", params: filter.in_range(from, to) };
    let asks = [logs, header(BlockTag::Number(to))];
    let mut replies = client.ask(endpoint, &asks).await?;
    let last = replies.pop().ok_or(Fault::Missing)?;
    // What the node says about the logs weighs more: it may name a limit.
    let logs = read_logs(replies.pop().ok_or(Fault::Missing)?)?;
    Ok(Answer { logs, last: read_header(to, last)? })
}

impl Fetch<'_> {
    /// The logs of a window; blocks of it that an endpoint's limit cuts off are put back.
    pub(super) async fn window(
        &self,
        mut range: RangeInclusive<u64>,
        todo: &Todo,
    ) -> Result<Part, FetchError> {
        let about = format!("blocks {} to {}", range.start(), range.end());
        let mut tries = self.client.pool().tries("eth_getLogs", about);
        loop {
            let endpoint = tries.endpoint().await?;
            range = todo.trim(range, endpoint.window());
            let (from, to) = (*range.start(), *range.end());
            let outcome = match ask(self.client, endpoint, self.filter, from, to).await {
                Ok(answer) => {
                    endpoint.answered(to - from + 1);
                    self.believed(endpoint, from, answer).await?
                }
                Err(fault) => Err(fault),
            };
            match outcome {
                Ok(part) => return Ok(part),
                Err(fault) => {
                    if let Some(fault) = learned(endpoint, to - from + 1, fault) {
                        tries.fail(endpoint, fault).map_err(|error| too_much(error, from))?;
                    }
                }
            }
        }
    }

    /// The answer as a part if it fits the headers and hides nothing, the endpoint's fault if not.
    async fn believed(
        &self,
        endpoint: &Endpoint,
        from: u64,
        answer: Answer,
    ) -> Result<Result<Part, Fault>, FetchError> {
        let Answer { logs, last } = answer;
        let headers = self.headers_of(from, last.number).await?;
        let known = &headers[headers.len() - 1];
        if known.hash != last.hash {
            let problem = format!("it is {}, where it was {}", last.hash, known.hash);
            return Err(self.forked(endpoint, FetchError::Unstable { block: last.number, problem }));
        }
        match check::fitting(logs, headers, self.filter) {
            Ok(logs) => self.undoubted(endpoint, headers, logs).await,
            Err(Flaw::Lie(fault)) => Ok(Err(fault)),
            Err(Flaw::Fork(error)) => Err(self.forked(endpoint, error)),
        }
    }

    /// Once the chain may have changed; then the endpoint is on another one than the others.
    fn forked(&self, endpoint: &Endpoint, error: FetchError) -> FetchError {
        if !self.is_first {
            self.client.pool().blame(endpoint, &error.to_string());
        }
        error
    }
}

/// The logs of a reply.
pub(super) fn read_logs(reply: Reply) -> Result<Vec<Log>, Fault> {
    serde_json::from_str(reply?.get()).map_err(Fault::Malformed)
}

/// Learns from a window that failed; gives the fault back if asking for less is no answer to it.
pub(super) fn learned(endpoint: &Endpoint, asked: u64, fault: Fault) -> Option<Fault> {
    let limit = Limit::of(&fault);
    if let Some(limit) = limit.filter(|_| asked > 1) {
        endpoint.exceeded(limit, asked);
        tracing::debug!(endpoint = endpoint.name(), asked, blocks = endpoint.window(), %fault);
        return None;
    }
    match fault {
        Fault::Timeout(_) => {
            endpoint.exceeded(Limit::TooMuch, asked);
            Some(fault)
        }
        fault => Some(alone(fault)),
    }
}

/// A limit that one block alone goes over is no passing fault.
pub(super) fn alone(fault: Fault) -> Fault {
    match Limit::of(&fault) {
        Some(_) => Fault::TooMuch(fault.to_string()),
        None => fault,
    }
}

pub(super) fn too_much(error: RpcError, block: u64) -> FetchError {
    match error {
        RpcError::GaveUp { endpoint, source: source @ Fault::TooMuch(_), .. } => {
            FetchError::TooMuch { endpoint, block, source }
        }
        other => FetchError::of(other),
    }
}
