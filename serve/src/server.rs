//! The server on a socket.

use std::future::Future;

use tokio::net::TcpListener;

use crate::router::app;
use crate::{ServeError, ServeState};

/// Answers on a socket until `shutdown`, then finishes what was asked before.
///
/// # Errors
/// [`ServeError::Socket`] if the socket fails.
pub async fn serve(
    listener: TcpListener,
    state: ServeState,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    axum::serve(listener, app(state)).with_graceful_shutdown(shutdown).await?;
    Ok(())
}
