//! `POST /v1/score`: scores of hypothetical positions.

pub(crate) mod amount;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod validation;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::api::json_body::JsonBody;
use crate::api::problem::Problem;
use crate::api::score::request::ScoreRequest;
use crate::api::score::response::ScoreResponse;
use crate::api::score::validation::validate;
use crate::state::scorer::score;
use crate::state::server_snapshot::ServerSnapshot;
use crate::state::valued_position::ValuedPosition;

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
    State(snapshot): State<ServerSnapshot>,
    body: JsonBody,
) -> Result<Response, Problem> {
    // Parsing, scoring and serializing thousands of positions would block other requests.
    let task =
        tokio::task::spawn_blocking(move || score_positions(&snapshot, &body).map(json_response));
    task.await.map_err(|error| Problem::internal(&error))?
}

fn score_positions(snapshot: &ServerSnapshot, body: &JsonBody) -> Result<ScoreResponse, Problem> {
    let request: ScoreRequest = body.read()?;
    let (market, states) = validate(snapshot, &request)?;
    let valued: Vec<ValuedPosition> =
        states.iter().map(|position| market.value_position(position)).collect();
    let scores = score(snapshot.model(), (market.name(), market.assets()), &valued)
        .map_err(|error| Problem::internal(&error))?;
    Ok(ScoreResponse::new(market, request, valued, scores))
}

fn json_response(answer: ScoreResponse) -> Response {
    Json(answer).into_response()
}
