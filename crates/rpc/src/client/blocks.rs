//! Requests for headers.

use std::ops::RangeInclusive;

use futures_util::future::join_all;
use serde_json::json;

use super::Client;
use crate::block_tag::BlockTag;
use crate::endpoint::{Endpoint, Request, Response};
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;
use crate::header::Header;

const METHOD: &str = "eth_getBlockByNumber";

impl Client {
    /// The header of a block; of [`BlockTag::Latest`] and [`BlockTag::Finalized`] the highest that an
    /// endpoint reports and confirms.
    ///
    /// # Errors
    /// [`RpcError::NoFinalizedBlock`] if no endpoint returns a finalized block,
    /// [`RpcError::ImplausibleHead`] if none confirms what it reports, [`RpcError`] if none responds.
    pub async fn header(&self, tag: BlockTag) -> Result<Header, RpcError> {
        match tag {
            BlockTag::Number(number) => {
                let header = self.headers(number..=number).await?.pop();
                Ok(header.expect("one request has one response"))
            }
            BlockTag::Latest => self.confirmed_head(tag).await,
            BlockTag::Finalized => self.confirmed_head(tag).await.map_err(map_no_finalized),
        }
    }

    /// The headers of a range of blocks, in order; after a reorg they may not be linked.
    ///
    /// # Errors
    /// [`RpcError`] if no endpoint has one of them.
    pub async fn headers(&self, range: RangeInclusive<u64>) -> Result<Vec<Header>, RpcError> {
        self.headers_of(&range.collect::<Vec<u64>>()).await
    }

    /// The headers of some blocks, in their order.
    ///
    /// # Errors
    /// As [`Client::headers`].
    pub async fn headers_of(&self, numbers: &[u64]) -> Result<Vec<Header>, RpcError> {
        let requests: Vec<Request> =
            numbers.iter().map(|number| header_request(BlockTag::Number(*number))).collect();
        let about = match numbers {
            [block] => format!("block {block}"),
            [first, .., last] => format!("{} blocks from {first} to {last}", numbers.len()),
            [] => return Ok(Vec::new()),
        };
        let blooms = &self.pool().blooms;
        self.request_all(&requests, &about, None, |index, response| {
            parse_header(numbers[index], response).inspect(|header| blooms.record(header))
        })
        .await
    }

    /// A block's header of every endpoint that returns one.
    pub(crate) async fn header_of_each(&self, number: u64) -> Vec<(&Endpoint, Header)> {
        let request = [header_request(BlockTag::Number(number))];
        let request = &request;
        let requests = self.pool().endpoints.iter().map(|endpoint| async move {
            let response = self.request(endpoint, request).await.ok()?.remove(0);
            Some((endpoint, parse_header(number, response).ok()?))
        });
        join_all(requests).await.into_iter().flatten().collect()
    }

    /// The header of a tag from the endpoint that will likely answer soonest.
    pub(super) async fn tagged_header(&self, tag: BlockTag) -> Result<Header, RpcError> {
        let read = |_, response: Response| {
            parse_optional_header(&response?)?.ok_or_else(|| unknown_block(tag))
        };
        let mut headers =
            self.request_all(&[header_request(tag)], &format!("block {tag}"), None, read).await?;
        Ok(headers.pop().expect("one request has one response"))
    }
}

/// The request for a header.
pub(crate) fn header_request(tag: BlockTag) -> Request {
    Request { method: METHOD, params: json!([tag.to_param(), false]) }
}

/// The header of a block that must exist.
pub(crate) fn parse_header(number: u64, response: Response) -> Result<Header, EndpointError> {
    let header: Header =
        parse_optional_header(&response?)?.ok_or(EndpointError::MissingBlock(number))?;
    if header.number == number {
        Ok(header)
    } else {
        Err(EndpointError::Contradiction(format!(
            "returned block {} for block {number}",
            header.number
        )))
    }
}

pub(super) fn parse_optional_header(
    answer: &serde_json::value::RawValue,
) -> Result<Option<Header>, EndpointError> {
    serde_json::from_str(answer.get()).map_err(EndpointError::malformed)
}

/// The header of a tag from one endpoint.
pub(super) async fn header_of_tag(
    client: &Client,
    endpoint: &Endpoint,
    tag: BlockTag,
) -> Result<Header, EndpointError> {
    let response = client.request(endpoint, &[header_request(tag)]).await?.remove(0)?;
    parse_optional_header(&response)?.ok_or_else(|| unknown_block(tag))
}

fn unknown_block(tag: BlockTag) -> EndpointError {
    EndpointError::ErrorResponse { code: 0, text: format!("it knows no {tag} block") }
}

fn map_no_finalized(error: RpcError) -> RpcError {
    match error {
        RpcError::RetriesExhausted { endpoint, source, .. }
            if matches!(source, EndpointError::ErrorResponse { .. }) =>
        {
            RpcError::NoFinalizedBlock { endpoint, source }
        }
        other => other,
    }
}
