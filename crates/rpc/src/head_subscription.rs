//! Notifications of new blocks over WebSocket: `eth_subscribe` to `newHeads`.
//!
//! A notification is only a reason to look: the block itself is read over HTTP, and confirmed.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Error, Message};
use url::Url;

use crate::endpoint::RedactedUrl;

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// Without a message for so long a connection counts as broken; a chain with fewer blocks is polled.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(120);

/// The delay before the first new connection; it doubles up to the longest.
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// A connection that lasted so long was a good one: the delay starts anew.
const LASTING: Duration = Duration::from_secs(60);

/// Subscriptions to new blocks at some endpoints.
pub(crate) struct HeadSubscription {
    urls: Vec<Url>,
    new_block: Arc<Notify>,
    tasks: OnceLock<Vec<JoinHandle<()>>>,
}

impl HeadSubscription {
    /// Subscriptions at some URLs of ws or wss; none is made yet.
    pub(crate) fn new(urls: Vec<Url>) -> Self {
        Self { urls, new_block: Arc::default(), tasks: OnceLock::new() }
    }

    /// Waits for the next block, at most for a time; the first call subscribes.
    pub(crate) async fn wait(&self, at_most: Duration) {
        self.tasks.get_or_init(|| {
            let task =
                |url: &Url| tokio::spawn(keep_subscribed(url.clone(), self.new_block.clone()));
            self.urls.iter().map(task).collect()
        });
        // A poll is needed all the same: a subscription may be silent.
        drop(timeout(at_most, self.new_block.notified()).await);
    }
}

impl Drop for HeadSubscription {
    fn drop(&mut self) {
        self.tasks.get().into_iter().flatten().for_each(JoinHandle::abort);
    }
}

/// Subscribes again whenever the connection ends.
async fn keep_subscribed(url: Url, new_block: Arc<Notify>) {
    let name = RedactedUrl::new(&url);
    let mut delay = FIRST_DELAY;
    loop {
        let connected_at = Instant::now();
        let problem = match follow_heads(&url, &new_block).await {
            Ok(()) => "it closed the connection".to_owned(),
            Err(problem) => name.redact(&problem),
        };
        if connected_at.elapsed() >= LASTING {
            delay = FIRST_DELAY;
        }
        tracing::warn!(
            "{} reports no new blocks: {problem}; polling goes on, the next attempt is in {} s",
            name.as_str(),
            delay.as_secs()
        );
        sleep(delay).await;
        delay = (delay * 2).min(LONGEST_DELAY);
    }
}

/// Notifies of each block until the connection ends.
async fn follow_heads(url: &Url, new_block: &Notify) -> Result<(), String> {
    let text = |error: Error| error.to_string();
    let connected = timeout(CONNECT_TIMEOUT, connect_async(url.as_str())).await;
    let (mut socket, _) =
        connected.map_err(|_| "no connection in time".to_owned())?.map_err(text)?;
    let subscribe =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"] });
    socket.send(Message::text(subscribe.to_string())).await.map_err(text)?;
    loop {
        let message = timeout(SILENCE_TIMEOUT, socket.next()).await;
        let message = message.map_err(|_| "no message for two minutes".to_owned())?;
        let Some(message) = message else { return Ok(()) };
        // Pings are answered by the library.
        if let Message::Text(message) = message.map_err(text)?
            && is_new_head(message.as_str())?
        {
            new_block.notify_one();
        }
    }
}

/// Whether a message is about a new block.
///
/// # Errors
/// The node's error if it refuses the subscription.
fn is_new_head(message: &str) -> Result<bool, String> {
    let Ok(message) = serde_json::from_str::<Value>(message) else { return Ok(false) };
    match message.get("error").filter(|error| !error.is_null()) {
        Some(error) => Err(format!("it refuses the subscription: {error}")),
        None => Ok(message["method"] == "eth_subscription"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_notifications_are_new_blocks() {
        let of = |message: &str| is_new_head(message);
        let head = r#"{"jsonrpc":"2.0","method":"eth_subscription","params":{"result":{}}}"#;
        assert_eq!(of(head), Ok(true));
        assert_eq!(of(r#"{"jsonrpc":"2.0","id":1,"result":"0x9ce5","error":null}"#), Ok(false));
        assert_eq!(of("hello"), Ok(false));
        let refused = of(r#"{"id":1,"error":{"code":-32601,"message":"no subscriptions"}}"#);
        assert!(refused.unwrap_err().contains("no subscriptions"));
    }
}
