//! Periodic reload of the lake.

use std::time::Duration;

use crate::state::app_state::AppState;
use crate::state::server_snapshot::ServerSnapshot;

/// Evaluates alerts for the current state, then polls for a newer state at an interval, serves it if
/// there is one, and evaluates alerts again, since there may be new subscriptions.
///
/// `newer` receives the current state and returns `None` while there is no newer one; it may block.
/// A failure is logged, and the current state stays.
pub async fn refresh<E: Into<Box<dyn std::error::Error + Send + Sync>> + Send + 'static>(
    app_state: AppState,
    every: Duration,
    mut newer: impl FnMut(&ServerSnapshot) -> Result<Option<ServerSnapshot>, E> + Send + 'static,
) {
    evaluate_alerts(&app_state).await;
    loop {
        tokio::time::sleep(every).await;
        let current = app_state.current();
        let result = tokio::task::spawn_blocking(move || (newer(&current), newer)).await;
        let Ok((found, back)) = result else {
            return tracing::error!("reloading the lake panicked");
        };
        newer = back;
        match found {
            Ok(None) => {}
            Ok(Some(snapshot)) => app_state.replace(snapshot),
            Err(error) => {
                let error: Box<dyn std::error::Error + Send + Sync> = error.into();
                tracing::error!(
                    error = &*error as &(dyn std::error::Error + 'static),
                    "the lake could not be reloaded"
                );
            }
        }
        evaluate_alerts(&app_state).await;
    }
}

async fn evaluate_alerts(app_state: &AppState) {
    let Some(alerts) = app_state.alerts().cloned() else { return };
    let snapshot = app_state.current();
    match tokio::task::spawn_blocking(move || alerts.evaluate(&snapshot)).await {
        Ok(Ok(count)) => tracing::info!(count, "new alerts"),
        Ok(Err(error)) => {
            tracing::error!(
                error = &error as &(dyn std::error::Error + 'static),
                "alerts could not be evaluated"
            );
        }
        Err(_) => tracing::error!("evaluating alerts panicked"),
    }
}
