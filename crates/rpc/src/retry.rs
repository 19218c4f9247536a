//! Retries of one request over the endpoints.

use std::time::Duration;

use tokio::time::Instant;

use crate::endpoint::Endpoint;
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;
use crate::pool::EndpointPool;

/// How long a first connection is waited for.
const FIRST_CONNECTION_WAIT: Duration = Duration::from_secs(20);

/// How many times as long a request waits at most, if others succeed meanwhile.
const MAX_EXTENSION: u32 = 3;

/// The attempts at one request.
pub(crate) struct Retry<'a> {
    pool: &'a EndpointPool,
    method: &'static str,
    about: String,
    attempts: u32,
    /// Attempts that failed although the endpoint was neither busy nor out of reach.
    counted: u32,
    sent_at: Instant,
    first_failure: Option<Instant>,
    /// The endpoint that failed last; others are preferred.
    avoided: Option<usize>,
    /// Endpoints at which a retry of this request cannot succeed.
    excluded: Vec<usize>,
}

impl<'a> Retry<'a> {
    pub(crate) fn new(pool: &'a EndpointPool, method: &'static str, about: String) -> Self {
        Self {
            pool,
            method,
            about,
            attempts: 0,
            counted: 0,
            sent_at: Instant::now(),
            first_failure: None,
            avoided: None,
            excluded: Vec::new(),
        }
    }

    /// Prefers any other endpoint to this one.
    pub(crate) fn avoid(mut self, endpoint: Option<&Endpoint>) -> Self {
        self.avoided = endpoint.map(|endpoint| self.pool.index_of(endpoint));
        self
    }

    /// The endpoint of the next attempt; it serves the expected chain.
    ///
    /// # Errors
    /// [`RpcError`] if none is left or the attempts are used up.
    pub(crate) async fn next_endpoint(&mut self) -> Result<&'a Endpoint, RpcError> {
        loop {
            let endpoint = self.pool.select(self.avoided, &self.excluded)?;
            self.sent_at = Instant::now();
            match self.pool.verify_chain(endpoint).await {
                Ok(true) => return Ok(endpoint),
                Ok(false) => {}
                Err(error) => self.record_failure(endpoint, error)?,
            }
        }
    }

    /// The number of failed attempts.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Records a failed attempt, so that the next one goes to another endpoint or waits.
    ///
    /// # Errors
    /// [`RpcError::RetriesExhausted`] if there is no next one.
    pub(crate) fn record_failure(
        &mut self,
        endpoint: &Endpoint,
        error: EndpointError,
    ) -> Result<(), RpcError> {
        let name = endpoint.name();
        tracing::debug!(endpoint = name, method = self.method, about = self.about, %error);
        self.attempts += 1;
        let first_failure = *self.first_failure.get_or_insert_with(Instant::now);
        let index = self.pool.index_of(endpoint);
        self.avoided = Some(index);
        if error.warrants_penalty() {
            self.pool.penalize(endpoint, &error.to_string());
        }
        if matches!(error, EndpointError::WithheldLogs { .. }) {
            endpoint.health().record_withheld_logs();
        }
        if error.is_transient() {
            let share = self.pool.jitter();
            endpoint.back_off(&error, self.sent_at, &self.pool.options, share);
        } else if !self.excluded.contains(&index) {
            self.excluded.push(index);
        }
        let gives_up = if self.excluded.len() >= self.pool.usable_count() {
            true
        } else if error.is_outage() {
            self.has_waited_enough(first_failure, endpoint, &error)
        } else {
            self.counted += 1;
            self.counted >= self.pool.options.max_attempts
        };
        if gives_up { Err(self.retries_exhausted(name, error)) } else { Ok(()) }
    }

    /// Whether the endpoints have been busy or out of reach for too long; logs what is waited for.
    ///
    /// A limit of the rate is no evidence against this request as long as others succeed.
    fn has_waited_enough(
        &self,
        first_failure: Instant,
        endpoint: &Endpoint,
        error: &EndpointError,
    ) -> bool {
        let last_success = self.pool.last_success().filter(|_| error.is_rate_limit());
        let since = last_success.map_or(first_failure, |success| success.max(first_failure));
        let (waited, longest) = (since.elapsed(), self.longest_wait(error));
        if waited >= longest || first_failure.elapsed() >= longest * MAX_EXTENSION {
            return true;
        }
        let about = format!("{} of {}", self.method, self.about);
        self.pool.report_wait(endpoint, &about, error, (waited, longest));
        false
    }

    /// How long the endpoints are waited for. Where none ever responded and there is no connection, the
    /// URL is probably wrong.
    fn longest_wait(&self, error: &EndpointError) -> Duration {
        let longest = self.pool.options.give_up_after;
        let is_unreachable = matches!(error, EndpointError::Connection(_));
        let has_responded = self.pool.last_success().is_some();
        if is_unreachable && !has_responded { longest.min(FIRST_CONNECTION_WAIT) } else { longest }
    }

    fn retries_exhausted(&self, endpoint: &str, source: EndpointError) -> RpcError {
        RpcError::RetriesExhausted {
            endpoint: endpoint.to_owned(),
            method: self.method,
            about: self.about.clone(),
            attempts: self.attempts,
            elapsed_s: self.first_failure.map_or(0, |since| since.elapsed().as_secs() as u32),
            source,
        }
    }
}
