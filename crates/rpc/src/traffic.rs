//! Counts of HTTP requests and bytes.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a client sent and received so far, over all endpoints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// HTTP requests, each with one call or a batch.
    pub http_requests: u64,
    /// Calls; each entry of a batch counts.
    pub calls: u64,
    /// Bytes of the requests' bodies.
    pub sent_bytes: u64,
    /// Bytes of the responses' bodies, decompressed.
    pub received_bytes: u64,
}

impl Traffic {
    /// The traffic since an earlier time.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Self {
        Self {
            http_requests: self.http_requests - earlier.http_requests,
            calls: self.calls - earlier.calls,
            sent_bytes: self.sent_bytes - earlier.sent_bytes,
            received_bytes: self.received_bytes - earlier.received_bytes,
        }
    }
}

/// Counts traffic.
#[derive(Debug, Default)]
pub(crate) struct TrafficCounter {
    http_requests: AtomicU64,
    calls: AtomicU64,
    sent_bytes: AtomicU64,
    received_bytes: AtomicU64,
}

impl TrafficCounter {
    pub(crate) fn add_request(&self, calls: usize, bytes: usize) {
        self.calls.fetch_add(calls as u64, Ordering::Relaxed);
        self.http_requests.fetch_add(1, Ordering::Relaxed);
        self.sent_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn add_response(&self, bytes: usize) {
        self.received_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Traffic {
        Traffic {
            http_requests: self.http_requests.load(Ordering::Relaxed),
            calls: self.calls.load(Ordering::Relaxed),
            sent_bytes: self.sent_bytes.load(Ordering::Relaxed),
            received_bytes: self.received_bytes.load(Ordering::Relaxed),
        }
    }
}
