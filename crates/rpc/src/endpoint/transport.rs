//! JSON-RPC over HTTP, with the server's status and `Retry-After`.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use alloy_json_rpc::{RequestPacket, ResponsePacket, ResponsePayload};
use alloy_transport::{TransportError, TransportErrorKind, TransportFut};
use chrono::Utc;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use tower::Service;
use url::Url;

use super::redacted_url::RedactedUrl;
use super::response_body::{is_json_rpc, parse_body};
use super::retry_after::parse_retry_after;
use crate::endpoint_error::EndpointError;
use crate::traffic::TrafficCounter;

/// The transport to one endpoint.
#[derive(Clone)]
pub(crate) struct HttpTransport {
    pub(crate) client: reqwest::Client,
    pub(crate) url: Url,
    pub(crate) name: RedactedUrl,
    pub(crate) timeout: Duration,
    pub(crate) traffic: Arc<TrafficCounter>,
}

impl Service<RequestPacket> for HttpTransport {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, packet: RequestPacket) -> Self::Future {
        let transport = self.clone();
        Box::pin(async move { transport.post(packet).await.map_err(TransportErrorKind::custom) })
    }
}

impl HttpTransport {
    async fn post(&self, packet: RequestPacket) -> Result<ResponsePacket, EndpointError> {
        let is_batch = packet.as_batch().is_some();
        let calls = packet.as_batch().map_or(1, <[_]>::len);
        let body: Box<str> = packet.serialize().map_err(EndpointError::malformed)?.into();
        self.traffic.add_request(calls, body.len());
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .timeout(self.timeout)
            .body(String::from(body));
        let response = request.send().await.map_err(|error| self.connection_error(error))?;
        match self.read_response(response).await? {
            ResponsePacket::Single(single) if is_batch => Err(self.batch_error(&single.payload)),
            packet => Ok(packet),
        }
    }

    async fn read_response(&self, response: Response) -> Result<ResponsePacket, EndpointError> {
        let status = response.status();
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| parse_retry_after(value.to_str().ok()?, Utc::now()));
        let body = response.bytes().await.map_err(|error| self.connection_error(error))?;
        self.traffic.add_response(body.len());
        let held_off = status == StatusCode::TOO_MANY_REQUESTS || retry_after.is_some();
        let text = || self.name.redact(&String::from_utf8_lossy(&body));
        // Nodes may send JSON-RPC errors with the status of an HTTP error; a gateway's status is its own.
        let is_of_node = !held_off && !matches!(status.as_u16(), 502..=504 | 520..=530);
        match parse_body(&body) {
            Ok(packet) if status.is_success() => Ok(packet),
            Ok(packet) if is_of_node && is_json_rpc(&packet) => Ok(packet),
            Err(source) if status.is_success() => {
                Err(EndpointError::InvalidBody { text: text(), source: Arc::new(source) })
            }
            _ => Err(EndpointError::HttpStatus {
                status: status.as_u16(),
                text: text(),
                retry_after,
            }),
        }
    }

    /// One response to a whole batch: an error of its entries, or of batches themselves.
    fn batch_error(&self, payload: &ResponsePayload) -> EndpointError {
        let Some(payload) = payload.as_error() else {
            return EndpointError::BatchRefused("the response is one object".to_owned());
        };
        let error = EndpointError::from_payload(payload, |text| self.name.redact(text));
        let is_about_batches = payload.message.to_ascii_lowercase().contains("batch");
        if !is_about_batches && error.is_transient() {
            error
        } else {
            EndpointError::BatchRefused(self.name.redact(&payload.message))
        }
    }

    /// The URL is removed from the error, since it may contain a key.
    fn connection_error(&self, error: reqwest::Error) -> EndpointError {
        if error.is_timeout() {
            EndpointError::Timeout(self.timeout)
        } else {
            EndpointError::Connection(Arc::new(error.without_url()))
        }
    }
}
