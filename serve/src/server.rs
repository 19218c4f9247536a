//! The server on a TCP socket.

use std::future::Future;

use tokio::net::TcpListener;

use crate::error::ServeError;
use crate::router::app;
use crate::state::app_state::AppState;

/// Serves requests on a socket, and delivers alerts if they are enabled, until `shutdown`; then
/// finishes the requests in progress.
///
/// # Errors
/// [`ServeError::Socket`] if the socket fails.
pub async fn serve(
    listener: TcpListener,
    state: impl Into<AppState>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let state = state.into();
    let alerts = state.alerts().cloned();
    let delivery_task = alerts.clone().map(|alerts| tokio::spawn(alerts.deliver()));
    let stop = async move {
        shutdown.await;
        // Event streams do not end by themselves.
        if let Some(alerts) = alerts {
            alerts.stop();
        }
    };
    axum::serve(listener, app(state)).with_graceful_shutdown(stop).await?;
    if let Some(delivery_task) = delivery_task {
        delivery_task.await.map_err(std::io::Error::other)?;
    }
    Ok(())
}
