//! One message to one endpoint, once.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use plimsoll_rpc::parse_retry_after;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};

use super::egress::{EgressError, EgressPolicy};
use super::endpoint_reply::EndpointReply;
use super::error::AlertError;
use super::resolver::GuardedResolver;
use super::secret::Secret;
use super::signature::signature_header;

/// An endpoint that has not answered by then has not answered.
pub const DELIVERY_TIMEOUT: Duration = Duration::from_secs(15);

const USER_AGENT_VALUE: &str = concat!("plimsoll/", env!("CARGO_PKG_VERSION"));

/// A message on its way to its endpoint.
#[derive(Debug, Clone)]
pub struct WebhookRequest {
    /// The message's id, which stays the same however often it is sent.
    pub id: String,
    /// JSON.
    pub body: String,
    /// Where it goes.
    pub url: String,
    /// What it is signed with.
    pub secrets: Vec<Secret>,
}

/// Sends messages to where they may be sent.
#[derive(Debug, Clone)]
pub struct WebhookSender {
    client: Client,
    egress: Arc<EgressPolicy>,
}

impl WebhookSender {
    /// A sender that keeps to a policy.
    ///
    /// # Errors
    /// [`AlertError::Client`] if there is no TLS to be had.
    pub fn new(egress: EgressPolicy) -> Result<Self, AlertError> {
        let egress = Arc::new(egress);
        // Somebody else may have chosen a provider before, which is as good.
        rustls::crypto::ring::default_provider().install_default().ok();
        let client = Client::builder()
            .dns_resolver(GuardedResolver(Arc::clone(&egress)))
            // A proxy would connect to what it likes, and a redirect leads to where it likes.
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

    /// Sends a message, signed as of now; its endpoint is held against the policy once more.
    pub async fn send(&self, parcel: &WebhookRequest) -> EndpointReply {
        let url = match self.egress.check(&parcel.url) {
            Ok(url) => url,
            Err(error) => return EndpointReply::Unreachable { cause: error.to_string() },
        };
        let WebhookRequest { id, body, secrets, .. } = parcel;
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

/// The answer's body is nobody's business, and may be endless.
fn reply_from_response(response: &Response) -> EndpointReply {
    let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = asked.and_then(|value| parse_retry_after(value, Utc::now()));
    EndpointReply::Answered { status: response.status().as_u16(), retry_after }
}

/// Why there was no answer: what refused the address, or what lies at the bottom of the failure.
fn failure_cause(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", DELIVERY_TIMEOUT.as_secs());
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
            cause.contains("no public address (loopback)") || cause.contains("not global"),
            "{cause}"
        );
        let knock = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(knock.is_err(), "somebody connected");
    }

    #[tokio::test]
    async fn endpoint_is_checked_before_every_send() {
        let sender = WebhookSender::new(EgressPolicy::default()).expect("a sender");
        let reply = sender.send(&webhook_request("http://127.0.0.1:9/")).await;
        let told = "http to 127.0.0.1 is refused: use https".to_owned();
        assert_eq!(reply, EndpointReply::Unreachable { cause: told });
    }
}
