//! `GET /v1/alerts/events`: messages as they are made (server-sent events).

use std::collections::VecDeque;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{Stream, unfold};
use tokio::sync::watch;

use super::admin::Admin;
use super::problem;
use crate::Told;
use crate::limits::clip;
use crate::{AlertError, Alerts, Problem, ProblemKind};

/// Messages read from the outbox at once.
const BATCH: usize = 64;
/// A comment tells both ends, and whatever lies between, that the stream is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Messages as they are made, to all subscriptions, whether or not endpoints have them.
///
/// A stream of server-sent events: `id` is the message's id, `event` its type, `data` its body. With
/// `Last-Event-ID` it goes on after that message, without it with the next one that is made.
#[utoipa::path(
    get,
    path = "/v1/alerts/events",
    operation_id = "stream_events",
    tag = "alerts",
    params(("last-event-id" = Option<String>, Header, description = "Goes on after this message.")),
    responses(
        (status = 200, description = "The stream.", body = String, content_type = "text/event-stream"),
        (status = 401, description = "The token is missing or wrong.",
            body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No message has this id.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn get(
    Admin(alerts): Admin,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, AlertError>>>, Problem> {
    let news = alerts.news();
    let last =
        headers.get("last-event-id").map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned());
    let place = match last.clone().filter(|id| !id.is_empty()) {
        Some(id) => alerts.ask(move |store| store.place(&id)).await.map_err(problem)?,
        None => Some(*news.borrow()),
    };
    let unknown = || {
        let id = clip(&last.unwrap_or_default());
        Problem::new(
            ProblemKind::InvalidRequest,
            format!("last-event-id: no message has the id {id:?}"),
        )
    };
    let place = place.ok_or_else(unknown)?;
    let stopping = alerts.stopping();
    let reader = Reader { alerts, news, stopping, place, read: VecDeque::new() };
    let stream = unfold(reader, |mut reader| async { Some((reader.next().await?, reader)) });
    let comment = KeepAlive::new().interval(HEARTBEAT).text("still here");
    Ok(Sse::new(stream).keep_alive(comment))
}

/// One client's way through the outbox.
struct Reader {
    alerts: Alerts,
    news: watch::Receiver<i64>,
    stopping: watch::Receiver<bool>,
    place: i64,
    read: VecDeque<Told>,
}

impl Reader {
    /// The next message; `None` once the server stops.
    async fn next(&mut self) -> Option<Result<Event, AlertError>> {
        while self.read.is_empty() {
            // Marked before the outbox is read, so that what comes in between is not slept over.
            self.news.borrow_and_update();
            let place = self.place;
            match self.alerts.ask(move |store| store.after(place, BATCH)).await {
                Ok(told) => self.read = told.into(),
                Err(error) => return Some(Err(error)),
            }
            if self.read.is_empty() {
                tokio::select! {
                    changed = self.news.changed() => changed.ok()?,
                    _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                }
            }
        }
        let told = self.read.pop_front()?;
        self.place = told.sequence;
        Some(Ok(Event::default().id(told.id).event(told.kind).data(told.body)))
    }
}
