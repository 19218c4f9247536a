//! One request's way from endpoint to endpoint until one of them answers.

use tokio::time::Instant;

use super::pool::Pool;
use super::{Endpoint, Fault, RpcError};

/// The attempts at one request.
pub struct Tries<'a> {
    pool: &'a Pool,
    method: &'static str,
    about: String,
    attempts: u32,
    sent_at: Instant,
    /// The endpoint that failed last, which another one is preferred to.
    avoided: Option<usize>,
    /// Endpoints that will not answer this request, however often they are asked.
    refused: Vec<usize>,
}

impl<'a> Tries<'a> {
    pub(crate) fn new(pool: &'a Pool, method: &'static str, about: String) -> Self {
        let (avoided, refused) = (None, Vec::new());
        Self { pool, method, about, attempts: 0, sent_at: Instant::now(), avoided, refused }
    }

    /// Prefers any other endpoint to this one.
    pub fn avoid(mut self, endpoint: Option<&Endpoint>) -> Self {
        self.avoided = endpoint.map(|endpoint| self.pool.place(endpoint));
        self
    }

    /// The endpoint to ask next, which is known to serve the right chain.
    ///
    /// # Errors
    /// [`RpcError`] if none is left or the attempts are used up.
    pub async fn endpoint(&mut self) -> Result<&'a Endpoint, RpcError> {
        loop {
            let endpoint = self.pool.best(self.avoided, &self.refused)?;
            self.sent_at = Instant::now();
            match self.pool.verify(endpoint).await {
                Ok(true) => return Ok(endpoint),
                Ok(false) => {}
                Err(fault) => self.fail(endpoint, fault)?,
            }
        }
    }

    /// Notes what an attempt came to, so that the next one goes elsewhere or comes later.
    ///
    /// # Errors
    /// [`RpcError::GaveUp`] if there is no next one.
    pub fn fail(&mut self, endpoint: &Endpoint, fault: Fault) -> Result<(), RpcError> {
        let name = endpoint.name();
        tracing::debug!(endpoint = name, method = self.method, about = self.about, %fault);
        self.attempts += 1;
        let place = self.pool.place(endpoint);
        self.avoided = Some(place);
        if fault.is_blamed() {
            self.pool.blame(endpoint, &fault.to_string());
        }
        if fault.is_passing() {
            let share = self.pool.jitter();
            endpoint.rest(&fault, self.sent_at, &self.pool.options, share);
        } else if !self.refused.contains(&place) {
            self.refused.push(place);
        }
        let all_refused = self.refused.len() >= self.pool.usable();
        if all_refused || self.attempts >= self.pool.options.max_attempts {
            return Err(self.gave_up(name, fault));
        }
        Ok(())
    }

    fn gave_up(&self, endpoint: &str, source: Fault) -> RpcError {
        RpcError::GaveUp {
            endpoint: endpoint.to_owned(),
            method: self.method,
            about: self.about.clone(),
            attempts: self.attempts,
            source,
        }
    }
}
