//! The application state of the server.

use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::FromRef;

use crate::alerts::service::AlertService;
use crate::state::server_snapshot::ServerSnapshot;

/// The current snapshot, and the alert service if alerts are enabled; a clone shares both.
#[derive(Debug, Clone)]
pub struct AppState {
    current: Arc<RwLock<ServerSnapshot>>,
    alerts: Option<AlertService>,
}

impl AppState {
    /// State with an initial snapshot and an optional alert service.
    #[must_use]
    pub fn new(snapshot: ServerSnapshot, alerts: Option<AlertService>) -> Self {
        Self { current: Arc::new(RwLock::new(snapshot)), alerts }
    }

    /// The current snapshot; a request keeps using the one it started with.
    #[must_use]
    pub fn current(&self) -> ServerSnapshot {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the current snapshot.
    pub fn replace(&self, snapshot: ServerSnapshot) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }

    /// The alert service, if alerts are enabled.
    #[must_use]
    pub const fn alerts(&self) -> Option<&AlertService> {
        self.alerts.as_ref()
    }
}

impl From<ServerSnapshot> for AppState {
    fn from(snapshot: ServerSnapshot) -> Self {
        Self::new(snapshot, None)
    }
}

impl FromRef<AppState> for ServerSnapshot {
    fn from_ref(state: &AppState) -> Self {
        state.current()
    }
}

impl FromRef<AppState> for Option<AlertService> {
    fn from_ref(state: &AppState) -> Self {
        state.alerts.clone()
    }
}
