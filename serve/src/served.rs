//! What the server answers from now, and what it warns with.

use std::sync::{Arc, PoisonError, RwLock};

use axum::extract::FromRef;

use crate::{Alerts, ServeState};

/// The latest state, and the alerts where there are any; a clone shares both.
#[derive(Debug, Clone)]
pub struct Served {
    current: Arc<RwLock<ServeState>>,
    alerts: Option<Alerts>,
}

impl Served {
    /// A state to answer from, and alerts to send of it.
    #[must_use]
    pub fn new(state: ServeState, alerts: Option<Alerts>) -> Self {
        Self { current: Arc::new(RwLock::new(state)), alerts }
    }

    /// The latest state, which a request keeps to the end.
    #[must_use]
    pub fn current(&self) -> ServeState {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers from another state from now on.
    pub fn replace(&self, state: ServeState) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// The alerts, if they are on.
    #[must_use]
    pub const fn alerts(&self) -> Option<&Alerts> {
        self.alerts.as_ref()
    }
}

impl From<ServeState> for Served {
    fn from(state: ServeState) -> Self {
        Self::new(state, None)
    }
}

impl FromRef<Served> for ServeState {
    fn from_ref(served: &Served) -> Self {
        served.current()
    }
}

impl FromRef<Served> for Option<Alerts> {
    fn from_ref(served: &Served) -> Self {
        served.alerts.clone()
    }
}
