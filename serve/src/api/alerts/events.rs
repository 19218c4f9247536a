//! `GET /v1/alerts/events`: alerts as they are created, as server-sent events.

use std::collections::VecDeque;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{Stream, unfold};
use tokio::sync::watch;

use crate::alerts::error::AlertError;
use crate::alerts::service::AlertService;
use crate::alerts::store::outbox::StreamedMessage;
use crate::api::alerts::operator::Operator;
use crate::api::problem::Problem;
use crate::api::problem::kind::ProblemKind;
use crate::limits::truncate;

/// Number of messages read from the outbox at once.
const BATCH_SIZE: usize = 64;
/// Interval of comments that keep the connection, and any proxy on it, from timing out.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Alerts of all subscriptions as they are created, whether or not they have been delivered.
///
/// A stream of server-sent events: `id` is the message's id, `event` its type, `data` its body. With
/// `Last-Event-ID` it resumes after that message, without it with the next message.
#[utoipa::path(
    get,
    path = "/v1/alerts/events",
    operation_id = "stream_events",
    tag = "alerts",
    params(("last-event-id" = Option<String>, Header, description = "Resume after this message.")),
    responses(
        (status = 200, description = "The stream.", body = String, content_type = "text/event-stream"),
        (status = 401, description = "The token is missing or wrong.",
            body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No message has this id.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn get(
    Operator(alerts): Operator,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, AlertError>>>, Problem> {
    let outbox_cursor = alerts.outbox_cursor();
    let last =
        headers.get("last-event-id").map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned());
    let position = match last.clone().filter(|id| !id.is_empty()) {
        Some(id) => alerts.with_store(move |store| store.outbox_position(&id)).await?,
        None => Some(*outbox_cursor.borrow()),
    };
    let unknown = || {
        let id = truncate(&last.unwrap_or_default());
        Problem::new(
            ProblemKind::InvalidRequest,
            format!("last-event-id: no message has the id {id:?}"),
        )
    };
    let position = position.ok_or_else(unknown)?;
    let stopping = alerts.stop_signal();
    let reader =
        EventReader { alerts, outbox_cursor, stopping, position, buffered: VecDeque::new() };
    let stream = unfold(reader, |mut reader| async { Some((reader.next().await?, reader)) });
    let comment = KeepAlive::new().interval(HEARTBEAT).text("keep-alive");
    Ok(Sse::new(stream).keep_alive(comment))
}

/// The position of one client in the outbox.
struct EventReader {
    alerts: AlertService,
    outbox_cursor: watch::Receiver<i64>,
    stopping: watch::Receiver<bool>,
    position: i64,
    buffered: VecDeque<StreamedMessage>,
}

impl EventReader {
    /// The next message; `None` once the server stops.
    async fn next(&mut self) -> Option<Result<Event, AlertError>> {
        while self.buffered.is_empty() {
            // Marked as seen before the outbox is read, so that a message written in between wakes the reader.
            self.outbox_cursor.borrow_and_update();
            let position = self.position;
            match self
                .alerts
                .with_store(move |store| store.messages_after(position, BATCH_SIZE))
                .await
            {
                Ok(messages) => self.buffered = messages.into(),
                Err(error) => return Some(Err(error)),
            }
            if self.buffered.is_empty() {
                tokio::select! {
                    changed = self.outbox_cursor.changed() => changed.ok()?,
                    _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                }
            }
        }
        let message = self.buffered.pop_front()?;
        self.position = message.sequence;
        Some(Ok(Event::default().id(message.id).event(message.kind).data(message.body)))
    }
}
