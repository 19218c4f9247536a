//! The routes of the HTML pages; the OpenAPI document leaves them out.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use maud::Markup;
use plimsoll_report::STYLE;
use serde::Deserialize;

use crate::api::accounts::account_response;
use crate::api::problem::Problem;
use crate::api::problem::kind::ProblemKind;
use crate::limits::truncate;
use crate::page::account::account_page;
use crate::page::accounts::accounts_page;
use crate::page::frame::ICON;
use crate::page::market::market_page;
use crate::page::overview::overview_page;
use crate::page::response::cacheable_html_response;
use crate::state::market_state::MarketState;
use crate::state::server_snapshot::ServerSnapshot;

/// May be cached forever: the path changes with the content.
const CACHE_FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const CACHE_ONE_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// The page of the only market, or the overview of all markets.
pub(crate) async fn home(
    snapshot: ServerSnapshot,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    render_page(snapshot, headers, |snapshot| {
        let mut markets = snapshot.markets();
        match (markets.next(), markets.next()) {
            (Some(only), None) => {
                market_page(snapshot, only).map_err(|error| Problem::internal(&error))
            }
            _ => Ok(overview_page(snapshot)),
        }
    })
    .await
}

/// `GET /markets/{chain}/{protocol}/{market}`, also without the chain.
pub(crate) async fn market(
    State(snapshot): State<ServerSnapshot>,
    name: Result<Path<Vec<String>>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    render_page(snapshot, headers, |snapshot| {
        let market = find_market(snapshot, name)?;
        market_page(snapshot, market).map_err(|error| Problem::internal(&error))
    })
    .await
}

/// The page number of a list, from 1.
#[derive(Debug, Deserialize)]
pub(crate) struct PageQuery {
    #[serde(default = "first_page")]
    page: usize,
}

const fn first_page() -> usize {
    1
}

/// `GET /markets/{chain}/{protocol}/{market}/accounts`, also without the chain.
pub(crate) async fn accounts(
    State(snapshot): State<ServerSnapshot>,
    name: Result<Path<Vec<String>>, PathRejection>,
    paging: Result<Query<PageQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    render_page(snapshot, headers, |snapshot| {
        let market = find_market(snapshot, name)?;
        let unknown = |detail| Problem::new(ProblemKind::UnknownPath, detail);
        let Query(PageQuery { page }) =
            paging.map_err(|_| unknown("page must be a number from 1".to_owned()))?;
        let rendered =
            accounts_page(snapshot, market, page).map_err(|error| Problem::internal(&error))?;
        let open = market.open_count();
        rendered.ok_or_else(|| unknown(format!("no page {page}: there are {open} open accounts")))
    })
    .await
}

/// `GET /accounts/{id}`.
pub(crate) async fn account(
    State(snapshot): State<ServerSnapshot>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    render_page(snapshot, headers, |snapshot| {
        let account = account_response(snapshot, id, &[])?;
        account_page(snapshot, &account).map_err(|error| Problem::internal(&error))
    })
    .await
}

/// The stylesheet.
pub(crate) async fn style() -> impl IntoResponse {
    let css = HeaderValue::from_static("text/css; charset=utf-8");
    ([(CONTENT_TYPE, css), (CACHE_CONTROL, CACHE_FOREVER)], STYLE)
}

/// The icon.
pub(crate) async fn icon() -> impl IntoResponse {
    let svg = HeaderValue::from_static("image/svg+xml");
    ([(CONTENT_TYPE, svg), (CACHE_CONTROL, CACHE_ONE_DAY)], ICON)
}

/// Renders a page on a blocking thread.
async fn render_page(
    snapshot: ServerSnapshot,
    headers: HeaderMap,
    draw: impl FnOnce(&ServerSnapshot) -> Result<Markup, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let task = tokio::task::spawn_blocking(move || draw(&snapshot));
    let page = task.await.map_err(|error| Problem::internal(&error))??;
    Ok(cacheable_html_response(&headers, &page))
}

fn find_market(
    snapshot: &ServerSnapshot,
    name: Result<Path<Vec<String>>, PathRejection>,
) -> Result<&MarketState, Problem> {
    let unknown = |named: &str, reason: &str| {
        let detail = format!("no market {:?}: it {reason}", truncate(named));
        Problem::new(ProblemKind::UnknownPath, detail)
    };
    let Path(parts) = name.map_err(|_| unknown("", "is not UTF-8"))?;
    let name = parts.join("/");
    snapshot.find_market(&name).map_err(|reason| unknown(&name, &reason))
}
