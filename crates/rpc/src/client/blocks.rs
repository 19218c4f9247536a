//! Headers, by number or by what they are to the chain.

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
    /// The header of a block; of [`BlockTag::Latest`] the highest that any endpoint knows.
    ///
    /// # Errors
    /// [`RpcError::NoFinalized`] if no endpoint knows which block is final,
    /// [`RpcError`] if none answers.
    pub async fn header(&self, tag: BlockTag) -> Result<Header, RpcError> {
        match tag {
            BlockTag::Number(number) => {
                let header = self.headers(number..=number).await?.pop();
                Ok(header.expect("one header was asked for and answered"))
            }
            BlockTag::Latest => self.highest_header().await,
            BlockTag::Finalized => self.tagged_header(tag).await.map_err(map_no_finalized),
        }
    }

    /// The headers of a range of blocks, in order; they need not be linked if the chain
    /// reorganised meanwhile.
    ///
    /// # Errors
    /// [`RpcError`] if no endpoint has one of them.
    pub async fn headers(&self, range: RangeInclusive<u64>) -> Result<Vec<Header>, RpcError> {
        let numbers: Vec<u64> = range.clone().collect();
        let asks: Vec<Request> =
            numbers.iter().map(|number| header_request(BlockTag::Number(*number))).collect();
        let about = format!("blocks {} to {}", range.start(), range.end());
        self.request_all(&asks, &about, None, |place, reply| parse_header(numbers[place], reply))
            .await
    }

    async fn highest_header(&self) -> Result<Header, RpcError> {
        let pool = self.pool();
        let asked = pool.endpoints.iter().map(|endpoint| async move {
            pool.verify_chain(endpoint).await.ok().filter(|right| *right)?;
            latest_header(self, endpoint).await.ok()
        });
        let heads = join_all(asked).await;
        match heads.into_iter().flatten().max_by_key(|header| header.number) {
            Some(header) => Ok(header),
            None => self.tagged_header(BlockTag::Latest).await,
        }
    }

    async fn tagged_header(&self, tag: BlockTag) -> Result<Header, RpcError> {
        let read =
            |_, reply: Response| parse_optional_header(&reply?)?.ok_or_else(|| unknown_block(tag));
        let mut headers =
            self.request_all(&[header_request(tag)], &format!("block {tag}"), None, read).await?;
        Ok(headers.pop().expect("one header was asked for and answered"))
    }
}

/// The request for a header.
pub(crate) fn header_request(tag: BlockTag) -> Request {
    Request { method: METHOD, params: json!([tag.to_param(), false]) }
}

/// The header of a block that must exist.
pub(crate) fn parse_header(number: u64, reply: Response) -> Result<Header, EndpointError> {
    let header: Header =
        parse_optional_header(&reply?)?.ok_or(EndpointError::MissingBlock(number))?;
    if header.number == number {
        Ok(header)
    } else {
        Err(EndpointError::Contradiction(format!(
            "answered block {} when asked for {number}",
            header.number
        )))
    }
}

fn parse_optional_header(
    answer: &serde_json::value::RawValue,
) -> Result<Option<Header>, EndpointError> {
    serde_json::from_str(answer.get()).map_err(EndpointError::Malformed)
}

async fn latest_header(client: &Client, endpoint: &Endpoint) -> Result<Header, EndpointError> {
    let tag = BlockTag::Latest;
    let reply = client.request(endpoint, &[header_request(tag)]).await?.remove(0)?;
    parse_optional_header(&reply)?.ok_or_else(|| unknown_block(tag))
}

fn unknown_block(tag: BlockTag) -> EndpointError {
    EndpointError::ErrorResponse { code: 0, text: format!("it knows of no {tag} block") }
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
