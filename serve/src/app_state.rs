//! What the server answers from now, and what it warns with.

use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::FromRef;

use crate::{AlertService, ServerSnapshot};

/// The latest state, and the alerts where there are any; a clone shares both.
#[derive(Debug, Clone)]
pub struct AppState {
    current: Arc<RwLock<ServerSnapshot>>,
    alerts: Option<AlertService>,
}

impl AppState {
    /// A state to answer from, and alerts to send of it.
    #[must_use]
    pub fn new(state: ServerSnapshot, alerts: Option<AlertService>) -> Self {
        Self { current: Arc::new(RwLock::new(state)), alerts }
    }

    /// The latest state, which a request keeps to the end.
    #[must_use]
    pub fn current(&self) -> ServerSnapshot {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers from another state from now on.
    pub fn replace(&self, state: ServerSnapshot) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// The alerts, if they are on.
    #[must_use]
    pub const fn alerts(&self) -> Option<&AlertService> {
        self.alerts.as_ref()
    }
}

impl From<ServerSnapshot> for AppState {
    fn from(state: ServerSnapshot) -> Self {
        Self::new(state, None)
    }
}

impl FromRef<AppState> for ServerSnapshot {
    fn from_ref(served: &AppState) -> Self {
        served.current()
    }
}

impl FromRef<AppState> for Option<AlertService> {
    fn from_ref(served: &AppState) -> Self {
        served.alerts.clone()
    }
}
