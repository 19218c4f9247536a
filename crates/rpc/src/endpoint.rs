//! One endpoint: what it is asked, how much at a time, and how it bears it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use alloy_rpc_client::RpcClient;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::health::Health;
use super::name::Name;
use super::pace::Pace;
use super::transport::Http;
use super::window::Window;
use super::{Fault, Limit, RpcOptions};

/// One request.
#[derive(Debug, Clone)]
pub struct Ask {
    pub method: &'static str,
    pub params: Value,
}

/// What one request was answered.
pub type Reply = Result<Box<RawValue>, Fault>;

/// One endpoint and what was learned about it.
pub struct Endpoint {
    name: Name,
    /// The chain it said it serves, once it was asked.
    pub(crate) chain: OnceLock<u64>,
    rpc: RpcClient,
    permits: Semaphore,
    pace: Pace,
    batch: AtomicUsize,
    in_flight: AtomicUsize,
    health: Mutex<Health>,
    window: Mutex<Window>,
}

impl Endpoint {
    pub(crate) fn new(client: reqwest::Client, url: Url, name: Name, options: &RpcOptions) -> Self {
        let kept = options.requests_per_s.map_or(usize::MAX, |rate| rate as usize);
        let way = Http { client, url, name: name.clone(), timeout: options.timeout };
        Self {
            name,
            chain: OnceLock::new(),
            rpc: RpcClient::new(way, false),
            permits: Semaphore::new(options.concurrency.max(1)),
            pace: Pace::new(options.requests_per_s),
            batch: AtomicUsize::new(options.batch_size.min(kept).max(1)),
            in_flight: AtomicUsize::new(0),
            health: Mutex::default(),
            window: Mutex::new(Window::new(options.window_blocks)),
        }
    }

    /// Its name without its secrets.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// How many requests it takes at once.
    pub fn batch(&self) -> usize {
        self.batch.load(Ordering::Relaxed)
    }

    /// How many blocks' logs it is asked for at once.
    pub fn window(&self) -> u64 {
        self.lock_window().blocks()
    }

    /// Learns from a window of `asked` blocks that went over a limit.
    pub fn exceeded(&self, limit: Limit, asked: u64) {
        self.lock_window().exceeded(limit, asked);
    }

    /// Learns from a window of `asked` blocks that was answered.
    pub fn answered(&self, asked: u64) {
        self.lock_window().worked(asked);
    }

    pub(crate) fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().expect("nothing panics while it holds the health")
    }

    fn lock_window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().expect("nothing panics while it holds the window")
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Asks in as few HTTP requests as it lets; replies come in the order of the asks.
    ///
    /// # Errors
    /// [`Fault`] if a request as a whole failed; single entries fail by their own reply.
    pub async fn ask(&self, asks: &[Ask]) -> Result<Vec<Reply>, Fault> {
        let mut replies = Vec::with_capacity(asks.len());
        while replies.len() < asks.len() {
            let rest = &asks[replies.len()..];
            let some = &rest[..rest.len().min(self.batch())];
            match self.admitted(some).await {
                Ok(more) => replies.extend(more),
                Err(fault) if some.len() > 1 && fault.is_of_batches(some.len()) => {
                    self.shrink_batch(some.len(), &fault);
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(replies)
    }

    async fn admitted(&self, asks: &[Ask]) -> Result<Vec<Reply>, Fault> {
        let _counted = Counted::new(&self.in_flight);
        let _permit = self.permits.acquire().await.expect("the endpoint never closes its gate");
        self.end_of_rest().await;
        self.pace.wait(asks.len()).await;
        let replies = match asks {
            [ask] => vec![self.send_one(ask).await],
            asks => self.send_batch(asks).await?,
        };
        if replies.iter().any(Result::is_ok) {
            self.health().worked();
        }
        Ok(replies)
    }

    async fn end_of_rest(&self) {
        loop {
            let Some(until) = self.health().rests_until() else { return };
            sleep_until(until).await;
        }
    }

    async fn send_one(&self, ask: &Ask) -> Reply {
        let answer = self.rpc.request::<_, Box<RawValue>>(ask.method, &ask.params).await;
        answer.map_err(|error| self.fault(error))
    }

    async fn send_batch(&self, asks: &[Ask]) -> Result<Vec<Reply>, Fault> {
        let mut batch = self.rpc.new_batch();
        let mut waiters = Vec::with_capacity(asks.len());
        for ask in asks {
            let waiter = batch.add_call::<_, Box<RawValue>>(ask.method, &ask.params);
            waiters.push(waiter.map_err(|error| self.fault(error))?);
        }
        batch.send().await.map_err(|error| self.fault(error))?;
        let mut replies = Vec::with_capacity(asks.len());
        for waiter in waiters {
            replies.push(waiter.await.map_err(|error| self.fault(error)));
        }
        refused_one_by_one(&replies).map_or(Ok(replies), |text| Err(Fault::Batch(text)))
    }

    fn fault(&self, error: alloy_transport::TransportError) -> Fault {
        Fault::of(error, |text| self.name.clean(text))
    }

    fn shrink_batch(&self, entries: usize, fault: &Fault) {
        let fewer = fewer(entries, fault.said().or_else(|| batch_text(fault)).as_deref());
        self.batch.fetch_min(fewer, Ordering::Relaxed);
        tracing::debug!(endpoint = self.name(), %fault, "batches of {entries} are too large, {fewer} are tried");
    }

    /// Lets it rest after a failure: as long as it asks for, or by chance up to a time that
    /// doubles with every failure in a row.
    pub(crate) fn rest(&self, fault: &Fault, sent_at: Instant, options: &RpcOptions, share: f64) {
        let mut health = self.health();
        let doublings = health.failed(sent_at).saturating_sub(1).min(16);
        let longest = (options.backoff * (1 << doublings)).min(options.max_rest);
        let asked = fault.retry_after().map(|asked| asked.min(options.max_rest));
        health.rest(asked.unwrap_or_else(|| longest.mul_f64(share)));
    }

    /// How unwilling one should be to ask it now: the time it still rests, more if it was blamed.
    pub(crate) fn reluctance(&self) -> Duration {
        let health = self.health();
        let rest =
            health.rests_until().map(|until| until.saturating_duration_since(Instant::now()));
        let behind = if health.is_behind() { BEHIND } else { Duration::ZERO };
        rest.unwrap_or_default() + behind
    }
}

/// How long one waits for a good endpoint before one that was blamed is asked.
const BEHIND: Duration = Duration::from_secs(10);

/// A request that is counted while it is on its way.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn batch_text(fault: &Fault) -> Option<String> {
    match fault {
        Fault::Batch(text) => Some(text.to_ascii_lowercase()),
        _ => None,
    }
}

/// Some providers refuse a batch by refusing each of its entries.
fn refused_one_by_one(replies: &[Reply]) -> Option<String> {
    let speaks_of_batches = |reply: &Reply| match reply {
        Err(Fault::Refused { text, .. }) => text.to_ascii_lowercase().contains("batch"),
        _ => false,
    };
    let all = !replies.is_empty() && replies.iter().all(speaks_of_batches);
    all.then(|| replies[0].as_ref().err().map(Fault::to_string)).flatten()
}

/// How many entries to try after a batch was refused: the number it names, or none at all.
fn fewer(entries: usize, said: Option<&str>) -> usize {
    let never = ["not supported", "unsupported", "not allowed", "disabled", "not available"];
    let said = said.unwrap_or_default();
    if never.iter().any(|word| said.contains(word)) {
        return 1;
    }
    let numbers =
        said.split(|letter: char| !letter.is_ascii_digit()).filter_map(|n| n.parse().ok());
    let named = numbers.filter(|number| (2..entries).contains(number)).max();
    named.unwrap_or(entries / 4).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_batch_shrinks_to_what_is_named() {
        assert_eq!(fewer(100, Some("error -32600: batch limit of 20 requests exceeded")), 20);
        assert_eq!(fewer(100, Some("batch requests are not supported")), 1);
        assert_eq!(fewer(100, Some("batch too large")), 25);
        assert_eq!(fewer(100, None), 25);
        assert_eq!(fewer(2, None), 1);
    }
}
