//! Headers, by number or by what they are to the chain.

use std::ops::RangeInclusive;

use futures_util::future::join_all;
use serde_json::json;

use super::{Ask, BlockTag, Client, Endpoint, Fault, Reply, RpcError};
use crate::Header;

const METHOD: &str = "eth_getBlockByNumber";

impl Client {
    /// The header of a block; of [`BlockTag::Latest`] the highest that any endpoint knows.
    ///
    /// # Errors
    /// [`RpcError::NoFinalized`] if no endpoint knows which block is final,
    /// [`RpcError`] if none answers.
    pub async fn head(&self, tag: BlockTag) -> Result<Header, RpcError> {
        match tag {
            BlockTag::Number(number) => {
                let header = self.headers(number..=number).await?.pop();
                Ok(header.expect("one header was asked for and answered"))
            }
            BlockTag::Latest => self.highest().await,
            BlockTag::Finalized => self.tagged(tag).await.map_err(no_finalized),
        }
    }

    /// The headers of a range of blocks, in order; they need not be linked if the chain
    /// reorganised meanwhile.
    ///
    /// # Errors
    /// [`RpcError`] if no endpoint has one of them.
    pub async fn headers(&self, range: RangeInclusive<u64>) -> Result<Vec<Header>, RpcError> {
        let numbers: Vec<u64> = range.clone().collect();
        let asks: Vec<Ask> =
            numbers.iter().map(|number| header(BlockTag::Number(*number))).collect();
        let about = format!("blocks {} to {}", range.start(), range.end());
        self.ask_all(&asks, &about, None, |place, reply| read_header(numbers[place], reply)).await
    }

    async fn highest(&self) -> Result<Header, RpcError> {
        let pool = self.pool();
        let asked = pool.endpoints.iter().map(|endpoint| async move {
            pool.verify(endpoint).await.ok().filter(|right| *right)?;
            latest(self, endpoint).await.ok()
        });
        let heads = join_all(asked).await;
        match heads.into_iter().flatten().max_by_key(|header| header.number) {
            Some(header) => Ok(header),
            None => self.tagged(BlockTag::Latest).await,
        }
    }

    async fn tagged(&self, tag: BlockTag) -> Result<Header, RpcError> {
        let read = |_, reply: Reply| parse(&reply?)?.ok_or_else(|| unknown(tag));
        let mut headers = self.ask_all(&[header(tag)], &format!("block {tag}"), None, read).await?;
        Ok(headers.pop().expect("one header was asked for and answered"))
    }
}

/// The request for a header.
pub fn header(tag: BlockTag) -> Ask {
    Ask { method: METHOD, params: json!([tag.param(), false]) }
}

/// The header of a block that must exist.
pub fn read_header(number: u64, reply: Reply) -> Result<Header, Fault> {
    let header: Header = parse(&reply?)?.ok_or(Fault::Behind(number))?;
    if header.number == number {
        Ok(header)
    } else {
        Err(Fault::Untrue(format!("answered block {} when asked for {number}", header.number)))
    }
}

fn parse(answer: &serde_json::value::RawValue) -> Result<Option<Header>, Fault> {
    serde_json::from_str(answer.get()).map_err(Fault::Malformed)
}

async fn latest(client: &Client, endpoint: &Endpoint) -> Result<Header, Fault> {
    let tag = BlockTag::Latest;
    let reply = client.ask(endpoint, &[header(tag)]).await?.remove(0)?;
    parse(&reply)?.ok_or_else(|| unknown(tag))
}

fn unknown(tag: BlockTag) -> Fault {
    Fault::Refused { code: 0, text: format!("it knows of no {tag} block") }
}

fn no_finalized(error: RpcError) -> RpcError {
    match error {
        RpcError::GaveUp { endpoint, source, .. } if matches!(source, Fault::Refused { .. }) => {
            RpcError::NoFinalized { endpoint, source }
        }
        other => other,
    }
}
