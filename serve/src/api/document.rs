//! The OpenAPI document.

use utoipa::OpenApi;

use crate::alerts::message::AlertBody;
use crate::api::{accounts, alerts, healthz, index, openapi, score};

/// The OpenAPI 3.1 document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Plimsoll",
        description = "When will an on-chain loan be liquidated, and how surely?\n\n\
            All answers stand at `as_of`, the end of what the server knows, which moves on as its \
            lake does. Every error is `application/problem+json` (RFC 9457).\n\n\
            Alerts go out as Standard Webhooks 1.0; their bodies are of the type `AlertBody`. What \
            lies under `/v1/alerts` needs the operator's token, as `Authorization: Bearer`."
    ),
    paths(
        index::get,
        healthz::get,
        openapi::get,
        accounts::get,
        score::post,
        alerts::subscriptions::list,
        alerts::subscriptions::post,
        alerts::subscriptions::get,
        alerts::subscriptions::delete,
        alerts::secrets::post,
        alerts::secrets::delete,
        alerts::sent::get,
        alerts::events::get
    ),
    components(schemas(AlertBody))
)]
pub(crate) struct ApiDocument;
