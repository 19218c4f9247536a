//! Requests to one endpoint: batches, lists of addresses, permits and back-off.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use serde_json::value::RawValue;
use tokio::time::sleep_until;

use super::batch_size::batch_refused_per_entry;
use super::call_queue::QueuedCall;
use super::filter_split;
use super::{Endpoint, Request, Response};
use crate::endpoint_error::EndpointError;
use crate::refusal::Refusal;

/// Requests are collected with others if a batch has room for so many times their number.
const COLLECTED_SHARE: usize = 4;

impl Endpoint {
    /// Sends requests in as few HTTP requests as its limits allow; responses are in the order of the
    /// requests.
    ///
    /// # Errors
    /// [`EndpointError`] if an HTTP request failed; an entry of a batch fails by its own response.
    pub(crate) async fn request(
        &self,
        requests: &[Request],
    ) -> Result<Vec<Response>, EndpointError> {
        if requests.iter().any(filter_split::is_for_logs) {
            self.request_logs(requests).await
        } else if requests.len().saturating_mul(COLLECTED_SHARE) <= self.batch_size() {
            Ok(self.request_collected(requests).await)
        } else {
            self.request_batches(requests).await
        }
    }

    /// Splits lists of addresses and topics as the endpoint needs.
    async fn request_logs(&self, requests: &[Request]) -> Result<Vec<Response>, EndpointError> {
        let longest = requests.iter().map(filter_split::longest_list).max().unwrap_or_default();
        loop {
            let max_items = self.max_items();
            let parts: Vec<Vec<Request>> =
                requests.iter().map(|request| filter_split::split(request, max_items)).collect();
            let mut responses = self.request_batches(&parts.concat()).await?.into_iter();
            let refused = responses.as_slice().iter().find_map(|response| {
                match self.classify(response.as_ref().err()?) {
                    Refusal::TooManyItems(permitted) => Some(permitted),
                    _ => None,
                }
            });
            let sent = longest.min(max_items);
            if refused.is_some_and(|permitted| self.lock_items().on_exceeded(permitted, sent)) {
                continue;
            }
            let merge = |parts: &Vec<Request>| {
                filter_split::merge(responses.by_ref().take(parts.len()).collect())
            };
            return Ok(parts.iter().map(merge).collect());
        }
    }

    /// Sends requests together with those that other tasks make at the same time.
    async fn request_collected(&self, requests: &[Request]) -> Vec<Response> {
        loop {
            let (receivers, sender) = self.calls.add(requests);
            if let Some(sender) = sender {
                let mut calls = sender.collect().await;
                let mut batches = Vec::new();
                while !calls.is_empty() {
                    let rest = calls.split_off(calls.len().min(self.batch_size()));
                    batches.push(self.answer_calls(std::mem::replace(&mut calls, rest)));
                }
                join_all(batches).await;
            }
            if let Some(responses) = receivers.receive().await {
                return responses;
            }
        }
    }

    async fn answer_calls(&self, calls: Vec<QueuedCall>) {
        let requests: Vec<Request> = calls.iter().map(|call| call.request.clone()).collect();
        match self.request_batches(&requests).await {
            Ok(responses) => {
                calls.into_iter().zip(responses).for_each(|(call, one)| call.answer(one));
            }
            Err(error) => calls.into_iter().for_each(|call| call.answer(Err(error.clone()))),
        }
    }

    async fn request_batches(&self, requests: &[Request]) -> Result<Vec<Response>, EndpointError> {
        let mut responses = Vec::with_capacity(requests.len());
        while responses.len() < requests.len() {
            let remaining = &requests[responses.len()..];
            let chunk = &remaining[..remaining.len().min(self.batch_size())];
            match self.send_admitted(chunk).await {
                Ok(more) => responses.extend(more),
                Err(error) if chunk.len() > 1 && error.is_batch_failure(chunk.len()) => {
                    if error.is_timeout() || !chunk.iter().any(filter_split::is_for_logs) {
                        self.shrink_batch(chunk.len(), &error);
                    } else {
                        responses.extend(self.request_separately(chunk, &error).await?);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(responses)
    }

    /// Sends the entries of a refused batch one by one. The refusal was one of batches only if each
    /// entry succeeds alone; otherwise it was one of the logs.
    async fn request_separately(
        &self,
        requests: &[Request],
        refusal: &EndpointError,
    ) -> Result<Vec<Response>, EndpointError> {
        let mut responses = Vec::with_capacity(requests.len());
        for request in requests {
            responses.extend(self.send_admitted(std::slice::from_ref(request)).await?);
        }
        if responses.iter().all(Result::is_ok) {
            self.shrink_batch(requests.len(), refusal);
        }
        Ok(responses)
    }

    async fn send_admitted(&self, requests: &[Request]) -> Result<Vec<Response>, EndpointError> {
        let _counted = InFlightGuard::new(&self.in_flight);
        let _permit = self.permits.acquire().await.expect("the semaphore is never closed");
        self.wait_for_back_off().await;
        self.rate_limiter.acquire(requests.len()).await;
        let responses = match requests {
            [request] => vec![self.send_one(request).await],
            requests => self.send_batch(requests).await?,
        };
        if responses.iter().any(Result::is_ok) {
            self.health().record_success();
        }
        Ok(responses)
    }

    async fn wait_for_back_off(&self) {
        loop {
            let Some(until) = self.health().backs_off_until() else { return };
            sleep_until(until).await;
        }
    }

    async fn send_one(&self, request: &Request) -> Response {
        let response = self.rpc.request::<_, Box<RawValue>>(request.method, &request.params).await;
        response.map_err(|error| self.endpoint_error(error))
    }

    async fn send_batch(&self, requests: &[Request]) -> Result<Vec<Response>, EndpointError> {
        let mut batch = self.rpc.new_batch();
        let mut waiters = Vec::with_capacity(requests.len());
        for request in requests {
            let waiter = batch.add_call::<_, Box<RawValue>>(request.method, &request.params);
            waiters.push(waiter.map_err(|error| self.endpoint_error(error))?);
        }
        batch.send().await.map_err(|error| self.endpoint_error(error))?;
        let mut responses = Vec::with_capacity(requests.len());
        for waiter in waiters {
            responses.push(waiter.await.map_err(|error| self.endpoint_error(error)));
        }
        batch_refused_per_entry(&responses)
            .map_or(Ok(responses), |text| Err(EndpointError::BatchRefused(text)))
    }

    fn endpoint_error(&self, error: alloy_transport::TransportError) -> EndpointError {
        EndpointError::from_transport(error, |text| self.name.redact(text))
    }
}

/// Counts a request while it is in flight.
struct InFlightGuard<'a>(&'a AtomicUsize);

impl<'a> InFlightGuard<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
