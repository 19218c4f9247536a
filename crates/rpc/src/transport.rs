//! JSON-RPC over HTTP, with the server's status and `Retry-After` in sight.

use std::task::{Context, Poll};
use std::time::Duration;

use alloy_json_rpc::{RequestPacket, ResponsePacket, ResponsePayload};
use alloy_transport::{TransportError, TransportErrorKind, TransportFut};
use chrono::Utc;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use tower::Service;
use url::Url;

use super::name::Name;
use super::retry_after::retry_after;
use super::{Fault, Limit};

/// The way to one endpoint.
#[derive(Clone)]
pub(super) struct Http {
    pub(super) client: reqwest::Client,
    pub(super) url: Url,
    pub(super) name: Name,
    pub(super) timeout: Duration,
}

impl Service<RequestPacket> for Http {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, packet: RequestPacket) -> Self::Future {
        let way = self.clone();
        Box::pin(async move { way.post(packet).await.map_err(TransportErrorKind::custom) })
    }
}

impl Http {
    async fn post(&self, packet: RequestPacket) -> Result<ResponsePacket, Fault> {
        let is_batch = packet.as_batch().is_some();
        let body: Box<str> = packet.serialize().map_err(Fault::Malformed)?.into();
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .timeout(self.timeout)
            .body(String::from(body));
        let response = request.send().await.map_err(|error| self.broken(error))?;
        match self.read(response).await? {
            ResponsePacket::Single(single) if is_batch => Err(self.refused(&single.payload)),
            packet => Ok(packet),
        }
    }

    async fn read(&self, response: Response) -> Result<ResponsePacket, Fault> {
        let status = response.status();
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| retry_after(value.to_str().ok()?, Utc::now()));
        let body = response.bytes().await.map_err(|error| self.broken(error))?;
        let held_off = status == StatusCode::TOO_MANY_REQUESTS || retry_after.is_some();
        let text = || self.name.clean(&String::from_utf8_lossy(&body));
        match serde_json::from_slice(&body) {
            // Some nodes send JSON-RPC errors with the status of an HTTP error.
            Ok(packet) if status.is_success() || !held_off => Ok(packet),
            Err(source) if status.is_success() => Err(Fault::Body { text: text(), source }),
            _ => Err(Fault::Status { status: status.as_u16(), text: text(), retry_after }),
        }
    }

    /// One answer to a whole batch: a refusal of what is in it, or of batches themselves.
    fn refused(&self, payload: &ResponsePayload) -> Fault {
        let Some(error) = payload.as_error() else {
            return Fault::Batch("answered with one object".to_owned());
        };
        let fault = Fault::refused(error, |text| self.name.clean(text));
        let of_batches = error.message.to_ascii_lowercase().contains("batch");
        if !of_batches && (fault.is_passing() || Limit::of(&fault).is_some()) {
            fault
        } else {
            Fault::Batch(self.name.clean(&error.message))
        }
    }

    /// The URL is taken out of the error, since it may hold a key.
    fn broken(&self, error: reqwest::Error) -> Fault {
        if error.is_timeout() {
            Fault::Timeout(self.timeout)
        } else {
            Fault::Connection(error.without_url())
        }
    }
}
