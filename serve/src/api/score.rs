//! `POST /v1/score`: positions that the caller makes up.

mod check;
mod request;
mod response;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

pub use request::{Holding, Position, ScoreRequest};
pub use response::{PositionStatus, ScoreResponse, ScoredPosition};

use crate::body::JsonBody;
use crate::scorer::score;
use crate::valued_position::ValuedPosition;
use crate::{Problem, ServerSnapshot};

/// Scores positions: health, distance to liquidation and probabilities.
///
/// The results are in the order of the request, and none depends on the positions beside it.
///
/// Each position is one that its owner opens at `as_of`, or, with `account`, one of an owner whose
/// history is known. At most 10,000 positions, 64 assets on a side and 8 MiB; an asset may stand on
/// a side once, and an amount is at most 1e24 tokens.
#[utoipa::path(
    post,
    path = "/v1/score",
    operation_id = "score_positions",
    tag = "score",
    request_body = ScoreRequest,
    responses(
        (status = 200, description = "The scores.", body = ScoreResponse),
        (status = 400, description = "The body is not JSON.",
            body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.",
            body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body does not say that it is JSON.",
            body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The body asks for what cannot be answered.",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The answer took too long.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn post(
    State(state): State<ServerSnapshot>,
    body: JsonBody,
) -> Result<Response, Problem> {
    // Reading, scoring and writing thousands of positions would starve the other requests.
    let task =
        tokio::task::spawn_blocking(move || score_positions(&state, &body).map(json_response));
    task.await.map_err(|error| Problem::internal(&error))?
}

fn score_positions(state: &ServerSnapshot, body: &JsonBody) -> Result<ScoreResponse, Problem> {
    let request: ScoreRequest = body.read()?;
    let (market, states) = check::validate(state, &request)?;
    let valued: Vec<ValuedPosition> =
        states.iter().map(|position| market.value_position(position)).collect();
    let scores = score(state.model(), &valued).map_err(|error| Problem::internal(&error))?;
    Ok(ScoreResponse::new(market, request, valued, scores))
}

fn json_response(answer: ScoreResponse) -> Response {
    Json(answer).into_response()
}
