//! Retries of one request over the endpoints.

use tokio::time::Instant;

use crate::endpoint::Endpoint;
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;
use crate::pool::EndpointPool;

/// The attempts at one request.
pub(crate) struct Retry<'a> {
    pool: &'a EndpointPool,
    method: &'static str,
    about: String,
    attempts: u32,
    sent_at: Instant,
    /// The endpoint that failed last; others are preferred.
    avoided: Option<usize>,
    /// Endpoints at which a retry of this request cannot succeed.
    excluded: Vec<usize>,
}

impl<'a> Retry<'a> {
    pub(crate) fn new(pool: &'a EndpointPool, method: &'static str, about: String) -> Self {
        let (avoided, excluded) = (None, Vec::new());
        Self { pool, method, about, attempts: 0, sent_at: Instant::now(), avoided, excluded }
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
        let index = self.pool.index_of(endpoint);
        self.avoided = Some(index);
        if error.warrants_penalty() {
            self.pool.penalize(endpoint, &error.to_string());
        }
        if error.is_transient() {
            let share = self.pool.jitter();
            endpoint.back_off(&error, self.sent_at, &self.pool.options, share);
        } else if !self.excluded.contains(&index) {
            self.excluded.push(index);
        }
        let all_refused = self.excluded.len() >= self.pool.usable_count();
        if all_refused || self.attempts >= self.pool.options.max_attempts {
            return Err(self.retries_exhausted(name, error));
        }
        Ok(())
    }

    fn retries_exhausted(&self, endpoint: &str, source: EndpointError) -> RpcError {
        RpcError::RetriesExhausted {
            endpoint: endpoint.to_owned(),
            method: self.method,
            about: self.about.clone(),
            attempts: self.attempts,
            source,
        }
    }
}
