//! Delivery attempts: one message to one endpoint.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use plimsoll_rpc::parse_retry_after;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};

use crate::alerts::error::AlertError;
use crate::alerts::webhook::egress::{EgressError, EgressPolicy};
use crate::alerts::webhook::endpoint_reply::EndpointReply;
use crate::alerts::webhook::resolver::GuardedResolver;
use crate::alerts::webhook::secret::Secret;
use crate::alerts::webhook::signature::signature_header;

/// Time limit of a delivery attempt.
pub(crate) const DELIVERY_TIMEOUT: Duration = Duration::from_secs(15);

const USER_AGENT_VALUE: &str = concat!("plimsoll/", env!("CARGO_PKG_VERSION"));

/// A message to be posted to its endpoint.
#[derive(Debug, Clone)]
pub struct WebhookRequest {
    /// The message's id, the same in every attempt.
    pub id: String,
    /// JSON.
    pub body: String,
    /// The endpoint.
    pub url: String,
    /// The signing secrets.
    pub secrets: Vec<Secret>,
}

/// Posts messages to endpoints that the egress policy allows.
#[derive(Debug, Clone)]
pub struct WebhookSender {
    client: Client,
    egress: Arc<EgressPolicy>,
}

impl WebhookSender {
    /// A sender with an egress policy.
    ///
    /// # Errors
    /// [`AlertError::HttpClient`] if TLS is not available.
    pub fn new(egress: EgressPolicy) -> Result<Self, AlertError> {
        let egress = Arc::new(egress);
        // Another part of the process may have installed a provider already, which is fine.
        rustls::crypto::ring::default_provider().install_default().ok();
        let client = Client::builder()
            .dns_resolver(GuardedResolver(Arc::clone(&egress)))
            // A proxy would connect to any address, and a redirect may lead to any.
            .no_proxy()
            .redirect(Policy::none())
            .timeout(DELIVERY_TIMEOUT)
            .build()
            .map_err(AlertError::HttpClient)?;
        Ok(Self { client, egress })
    }

    /// The policy.
    #[must_use]
    pub fn egress(&self) -> &EgressPolicy {
        &self.egress
    }

    /// Posts a message, signed with the current time; its endpoint is checked against the policy again.
    pub async fn send(&self, webhook: &WebhookRequest) -> EndpointReply {
        let url = match self.egress.check(&webhook.url) {
            Ok(url) => url,
            Err(error) => return EndpointReply::Unreachable { cause: error.to_string() },
        };
        let WebhookRequest { id, body, secrets, .. } = webhook;
        let timestamp_s = Utc::now().timestamp();
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, USER_AGENT_VALUE)
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp_s)
            .header("webhook-signature", signature_header(secrets, id, timestamp_s, body))
            .body(body.clone());
        match request.send().await {
            Ok(response) => reply_from_response(&response),
            Err(error) => EndpointReply::Unreachable { cause: failure_cause(error) },
        }
    }
}

/// Only the status and `Retry-After` are read: the body is irrelevant and may be endless.
fn reply_from_response(response: &Response) -> EndpointReply {
    let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = header.and_then(|value| parse_retry_after(value, Utc::now()));
    EndpointReply::Answered { status: response.status().as_u16(), retry_after }
}

/// Why there was no response: the refusal of the address, or the root cause of the failure.
fn failure_cause(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no response within {} s", DELIVERY_TIMEOUT.as_secs());
    }
    let error = error.without_url();
    let mut last: &(dyn Error + 'static) = &error;
    while let Some(source) = last.source() {
        last = source;
        if let Some(refused) = last.downcast_ref::<EgressError>() {
            return refused.to_string();
        }
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook_request(url: &str) -> WebhookRequest {
        let secrets = vec![Secret::generate()];
        WebhookRequest {
            id: "msg_1".to_owned(),
            body: "{}".to_owned(),
            url: url.to_owned(),
            secrets,
        }
    }

    #[tokio::test]
    async fn name_resolving_to_loopback_is_refused() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let sender = WebhookSender::new(EgressPolicy::default()).expect("a sender");
        let reply = sender.send(&webhook_request(&format!("https://localhost:{port}/"))).await;
        let EndpointReply::Unreachable { cause } = reply else { panic!("{reply:?}") };
        assert!(
            cause.contains("not a public address (loopback)") || cause.contains("not global"),
            "{cause}"
        );
        let connection = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(connection.is_err(), "a connection was made");
    }

    #[tokio::test]
    async fn endpoint_is_checked_before_every_send() {
        let sender = WebhookSender::new(EgressPolicy::default()).expect("a sender");
        let reply = sender.send(&webhook_request("http://127.0.0.1:9/")).await;
        let cause = "http to 127.0.0.1 is refused: use https".to_owned();
        assert_eq!(reply, EndpointReply::Unreachable { cause });
    }
}
