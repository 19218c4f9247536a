//! Many requests of one kind, in concurrent batches.

use std::mem;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::Client;
use crate::endpoint::{Endpoint, Request, Response};
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;

impl Client {
    /// Retries until `read` accepts a response to each request, if possible not at the endpoint
    /// `avoid`; results are in the requests' order.
    ///
    /// # Errors
    /// [`RpcError`] if one fails at every endpoint.
    pub(crate) async fn request_all<T>(
        &self,
        requests: &[Request],
        about: &str,
        avoid: Option<&Endpoint>,
        read: impl Fn(usize, Response) -> Result<T, EndpointError>,
    ) -> Result<Vec<T>, RpcError> {
        let size = self.pool().options.batch_size.max(1);
        let read = &read;
        let mut chunks = Vec::new();
        for (number, requests) in requests.chunks(size).enumerate() {
            let read = move |index, response| read(number * size + index, response);
            chunks.push(self.request_chunk(requests, about, avoid, read));
        }
        let width = self.pool().concurrency();
        let chunks: Vec<Vec<T>> = stream::iter(chunks).buffered(width).try_collect().await?;
        Ok(chunks.into_iter().flatten().collect())
    }

    async fn request_chunk<T>(
        &self,
        requests: &[Request],
        about: &str,
        avoid: Option<&Endpoint>,
        read: impl Fn(usize, Response) -> Result<T, EndpointError>,
    ) -> Result<Vec<T>, RpcError> {
        let mut retry = self.retry(requests[0].method, about).avoid(avoid);
        let mut results: Vec<Option<T>> = requests.iter().map(|_| None).collect();
        let mut pending: Vec<usize> = (0..requests.len()).collect();
        while !pending.is_empty() {
            let endpoint = retry.next_endpoint().await?;
            let remaining: Vec<Request> =
                pending.iter().map(|index| requests[*index].clone()).collect();
            let responses = match self.request(endpoint, &remaining).await {
                Ok(responses) => responses,
                Err(error) => {
                    retry.record_failure(endpoint, error)?;
                    continue;
                }
            };
            let mut failed = None;
            for (index, response) in mem::take(&mut pending).into_iter().zip(responses) {
                match read(index, response) {
                    Ok(result) => results[index] = Some(result),
                    Err(error) => {
                        pending.push(index);
                        failed = Some(more_severe(failed, error));
                    }
                }
            }
            if let Some(error) = failed {
                retry.record_failure(endpoint, error)?;
            }
        }
        Ok(results.into_iter().flatten().collect())
    }
}

/// Of two errors the one that a retry would not resolve.
fn more_severe(one: Option<EndpointError>, other: EndpointError) -> EndpointError {
    match one {
        Some(one) if other.is_transient() => one,
        _ => other,
    }
}
