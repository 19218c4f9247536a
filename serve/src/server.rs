//! The server on a socket.

use std::future::Future;

use tokio::net::TcpListener;

use crate::router::app;
use crate::{AppState, ServeError};

/// Answers on a socket, and delivers alerts where there are any, until `shutdown`; then finishes
/// what was asked before.
///
/// # Errors
/// [`ServeError::Socket`] if the socket fails.
pub async fn serve(
    listener: TcpListener,
    served: impl Into<AppState>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let served = served.into();
    let alerts = served.alerts().cloned();
    let courier = alerts.clone().map(|alerts| tokio::spawn(alerts.deliver()));
    let stop = async move {
        shutdown.await;
        // Streams of events have no end of their own.
        if let Some(alerts) = alerts {
            alerts.stop();
        }
    };
    axum::serve(listener, app(served)).with_graceful_shutdown(stop).await?;
    if let Some(courier) = courier {
        courier.await.map_err(std::io::Error::other)?;
    }
    Ok(())
}
