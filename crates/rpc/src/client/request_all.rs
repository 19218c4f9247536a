//! Many requests of one kind, in batches side by side.

use std::mem;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::Client;
use crate::endpoint::{Endpoint, Request, Response};
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;

impl Client {
    /// Asks until each request has an answer that `read` takes, rather not the endpoint `avoid`;
    /// answers come in the order of the asks.
    ///
    /// # Errors
    /// [`RpcError`] if one is not answered by any endpoint.
    pub(crate) async fn request_all<T>(
        &self,
        asks: &[Request],
        about: &str,
        avoid: Option<&Endpoint>,
        read: impl Fn(usize, Response) -> Result<T, EndpointError>,
    ) -> Result<Vec<T>, RpcError> {
        let size = self.pool().options.batch_size.max(1);
        let read = &read;
        let mut chunks = Vec::new();
        for (number, asks) in asks.chunks(size).enumerate() {
            let read = move |place, reply| read(number * size + place, reply);
            chunks.push(self.request_chunk(asks, about, avoid, read));
        }
        let width = self.pool().concurrency();
        let chunks: Vec<Vec<T>> = stream::iter(chunks).buffered(width).try_collect().await?;
        Ok(chunks.into_iter().flatten().collect())
    }

    async fn request_chunk<T>(
        &self,
        asks: &[Request],
        about: &str,
        avoid: Option<&Endpoint>,
        read: impl Fn(usize, Response) -> Result<T, EndpointError>,
    ) -> Result<Vec<T>, RpcError> {
        let mut tries = self.retry(asks[0].method, about).avoid(avoid);
        let mut answers: Vec<Option<T>> = asks.iter().map(|_| None).collect();
        let mut open: Vec<usize> = (0..asks.len()).collect();
        while !open.is_empty() {
            let endpoint = tries.next_endpoint().await?;
            let again: Vec<Request> = open.iter().map(|place| asks[*place].clone()).collect();
            let replies = match self.request(endpoint, &again).await {
                Ok(replies) => replies,
                Err(fault) => {
                    tries.record_failure(endpoint, fault)?;
                    continue;
                }
            };
            let mut failed = None;
            for (place, reply) in mem::take(&mut open).into_iter().zip(replies) {
                match read(place, reply) {
                    Ok(answer) => answers[place] = Some(answer),
                    Err(fault) => {
                        open.push(place);
                        failed = Some(more_severe(failed, fault));
                    }
                }
            }
            if let Some(fault) = failed {
                tries.record_failure(endpoint, fault)?;
            }
        }
        Ok(answers.into_iter().flatten().collect())
    }
}

/// Of two faults the one that a further attempt would not mend.
fn more_severe(one: Option<EndpointError>, other: EndpointError) -> EndpointError {
    match one {
        Some(one) if other.is_transient() => one,
        _ => other,
    }
}
