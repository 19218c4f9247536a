//! All endpoints: which one to select next, and which ones never.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

use alloy_primitives::{B256, U64};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use tokio::time::Instant;
use url::Url;

use crate::bloom_evidence::BloomEvidence;
use crate::endpoint::{Endpoint, RedactedUrl, Request};
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;
use crate::options::RpcOptions;
use crate::traffic::TrafficCounter;

/// The delay that is accepted before an endpoint that just failed is selected again.
const AVOIDED_PENALTY: Duration = Duration::from_secs(5);

/// How long a request waits before a warning is logged.
const WAIT_BEFORE_REPORT: Duration = Duration::from_secs(4);

/// The time between two warnings that a request waits.
const WAIT_REPORT_INTERVAL: Duration = Duration::from_secs(30);

/// All endpoints of one chain.
pub(crate) struct EndpointPool {
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) options: RpcOptions,
    /// The id of the chain they must serve, once it is known.
    pub(crate) expected_chain_id: OnceLock<u64>,
    /// What the blooms of the chain's headers prove.
    pub(crate) blooms: BloomEvidence,
    pub(crate) traffic: Arc<TrafficCounter>,
    jitter: Mutex<ChaCha8Rng>,
    last_wait_report: Mutex<Option<Instant>>,
    /// Number and hash of the newest block that was confirmed.
    confirmed_head: Mutex<Option<(u64, B256)>>,
}

impl EndpointPool {
    pub(crate) fn new(urls: &[Url], options: RpcOptions) -> Result<Self, RpcError> {
        if urls.is_empty() {
            return Err(RpcError::NoEndpoint);
        }
        // The process may have installed a provider already; any will do.
        rustls::crypto::ring::default_provider().install_default().ok();
        let client = reqwest::Client::builder()
            .connect_timeout(options.timeout)
            .build()
            .map_err(RpcError::HttpClient)?;
        let traffic = Arc::<TrafficCounter>::default();
        let mut endpoints: Vec<Endpoint> = Vec::with_capacity(urls.len());
        for url in urls {
            let name = unique_redacted_url(url, &endpoints)?;
            let (client, traffic) = (client.clone(), Arc::clone(&traffic));
            endpoints.push(Endpoint::new(client, url.clone(), name, traffic, &options));
        }
        let jitter = Mutex::new(ChaCha8Rng::seed_from_u64(options.seed));
        Ok(Self {
            endpoints,
            options,
            expected_chain_id: OnceLock::new(),
            blooms: BloomEvidence::default(),
            traffic,
            jitter,
            last_wait_report: Mutex::default(),
            confirmed_head: Mutex::default(),
        })
    }

    pub(crate) fn index_of(&self, endpoint: &Endpoint) -> usize {
        let same = |other: &Endpoint| std::ptr::eq(other, endpoint);
        self.endpoints.iter().position(same).expect("the endpoint belongs to the pool")
    }

    /// The endpoint that will likely respond soonest.
    pub(crate) fn select(
        &self,
        avoided: Option<usize>,
        refused: &[usize],
    ) -> Result<&Endpoint, RpcError> {
        let willing = |(index, endpoint): &(usize, &Endpoint)| {
            let penalty = if avoided == Some(*index) { AVOIDED_PENALTY } else { Duration::ZERO };
            (
                refused.contains(index),
                endpoint.selection_penalty() + penalty,
                endpoint.in_flight(),
                *index,
            )
        };
        let usable =
            self.endpoints.iter().enumerate().filter(|(_, end)| !self.serves_wrong_chain(end));
        let best = usable.min_by_key(willing).map(|(_, endpoint)| endpoint);
        best.ok_or_else(|| self.wrong_chain_error())
    }

    /// Blocks per request for logs of the endpoint that would be selected now.
    pub(crate) fn window_blocks(&self) -> u64 {
        self.select(None, &[]).map_or(1, Endpoint::window_blocks)
    }

    pub(crate) fn usable_count(&self) -> usize {
        self.endpoints.iter().filter(|endpoint| !self.serves_wrong_chain(endpoint)).count()
    }

    /// How many requests may be in flight.
    pub(crate) fn concurrency(&self) -> usize {
        self.usable_count().max(1) * self.options.concurrency.max(1)
    }

    fn serves_wrong_chain(&self, endpoint: &Endpoint) -> bool {
        let (found, expected) = (endpoint.chain_id.get(), self.expected_chain_id.get());
        found.zip(expected).is_some_and(|(found, expected)| found != expected)
    }

    fn wrong_chain_error(&self) -> RpcError {
        let wrong = self.endpoints.iter().rfind(|endpoint| self.serves_wrong_chain(endpoint));
        let chains = wrong
            .and_then(|wrong| Some((wrong, wrong.chain_id.get()?, self.expected_chain_id.get()?)));
        let (endpoint, found, expected) =
            chains.expect("no endpoint is left only if each serves another chain");
        let endpoint = endpoint.name().to_owned();
        RpcError::WrongChain { endpoint, found: *found, expected: *expected }
    }

    /// Whether an endpoint serves the expected chain; its chain id is requested once.
    pub(crate) async fn verify_chain(&self, endpoint: &Endpoint) -> Result<bool, EndpointError> {
        let Some(&expected) = self.expected_chain_id.get() else { return Ok(true) };
        if endpoint.chain_id.get().is_none() {
            self.fetch_chain_id(endpoint, expected).await?;
        }
        Ok(!self.serves_wrong_chain(endpoint))
    }

    async fn fetch_chain_id(
        &self,
        endpoint: &Endpoint,
        expected: u64,
    ) -> Result<(), EndpointError> {
        let request = Request { method: "eth_chainId", params: json!([]) };
        let response = endpoint.request(&[request]).await?.remove(0)?;
        let found: U64 = serde_json::from_str(response.get()).map_err(EndpointError::malformed)?;
        let found = found.to();
        if endpoint.chain_id.set(found).is_ok() && found != expected {
            let endpoint = endpoint.name();
            tracing::warn!(endpoint, "serves chain {found}, not {expected}: it is not used");
        }
        Ok(())
    }

    pub(crate) fn penalize(&self, endpoint: &Endpoint, why: &str) {
        tracing::warn!(endpoint = endpoint.name(), "{why}");
        endpoint.health().penalize();
    }

    /// When any endpoint last responded without an error.
    pub(crate) fn last_success(&self) -> Option<Instant> {
        self.endpoints.iter().filter_map(|endpoint| endpoint.health().last_success()).max()
    }

    /// Logs once in a while what a request waits for.
    pub(crate) fn report_wait(
        &self,
        endpoint: &Endpoint,
        about: &str,
        error: &EndpointError,
        (waited, longest): (Duration, Duration),
    ) {
        // An endpoint that never responded may be a wrong one: that is reported at once.
        if waited < WAIT_BEFORE_REPORT && self.last_success().is_some() {
            return;
        }
        let mut last =
            self.last_wait_report.lock().expect("no thread panics while it holds the lock");
        if last.is_none_or(|last| last.elapsed() >= WAIT_REPORT_INTERVAL) {
            *last = Some(Instant::now());
            let left_s = longest.saturating_sub(waited).as_secs();
            let (endpoint, error) = (endpoint.name(), error.with_causes());
            tracing::warn!(
                "waiting for {endpoint}: {about}: {error}; gives up in {left_s} s (--give-up-after)"
            );
        }
    }

    pub(crate) fn lock_confirmed_head(&self) -> MutexGuard<'_, Option<(u64, B256)>> {
        self.confirmed_head.lock().expect("no thread panics while it holds the lock")
    }

    /// A uniform random share of the longest back-off.
    pub(crate) fn jitter(&self) -> f64 {
        self.jitter.lock().expect("no thread panics while it holds the lock").random()
    }
}

fn unique_redacted_url(url: &Url, others: &[Endpoint]) -> Result<RedactedUrl, RpcError> {
    let name = RedactedUrl::new(url);
    if !matches!(url.scheme(), "http" | "https") {
        let (endpoint, scheme) = (name.as_str().to_owned(), url.scheme().to_owned());
        return Err(RpcError::UnsupportedScheme { endpoint, scheme });
    }
    let taken = |name: &RedactedUrl| others.iter().any(|other| other.name() == name.as_str());
    let numbered = (2..).map(|number| name.clone().with_number(number));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| !taken(name));
    Ok(free.expect("numbers do not run out"))
}
