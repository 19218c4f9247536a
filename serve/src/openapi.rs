//! The API's document, made from the routes and their types.

use utoipa::OpenApi;

use crate::routes::{accounts, healthz, index, openapi, score};

/// The OpenAPI 3.1 document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Plimsoll",
        description = "When will an on-chain loan be liquidated, and how surely?\n\n\
            All answers stand at `as_of`, the end of what the server knows; nothing in them \
            changes while it runs. Every error is `application/problem+json` (RFC 9457)."
    ),
    paths(index::get, healthz::get, openapi::get, accounts::get, score::post)
)]
pub(crate) struct ApiDocument;
