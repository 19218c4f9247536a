//! `POST /v1/score`: scores of hypothetical positions.

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
/// The results are in the order of the request; each is independent of the other positions.
///
/// Each position is opened by its owner at `as_of`, or, with `account`, has an owner with a known
/// history. At most 10,000 positions, 64 assets per side and 8 MiB; an asset may appear once per
/// side, and an amount is at most 1e24 tokens.
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
        (status = 415, description = "The content type of the body is not JSON.",
            body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The content of the body is invalid.",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The request timed out.",
            body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn post(
    State(state): State<ServerSnapshot>,
    body: JsonBody,
) -> Result<Response, Problem> {
    // Parsing, scoring and serializing thousands of positions would block other requests.
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
