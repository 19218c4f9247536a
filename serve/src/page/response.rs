//! HTTP responses with HTML pages: security headers and caching.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::Markup;

use crate::page::content_hash;

/// A page runs no script, submits no form, may not be framed, and loads its stylesheet and icon from
/// this server only.
const CONTENT_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
/// The page may be cached and must be revalidated before each use.
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// A page as a response.
pub(crate) fn html_response(markup: &Markup) -> Response {
    let headers = [
        (CONTENT_TYPE, HTML),
        (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (X_CONTENT_TYPE_OPTIONS, NO_SNIFF),
        (REFERRER_POLICY, NO_REFERRER),
    ];
    (headers, markup.0.clone()).into_response()
}

/// A page with an `ETag`: 304 without a body if the request's `If-None-Match` matches.
pub(crate) fn cacheable_html_response(request_headers: &HeaderMap, markup: &Markup) -> Response {
    let tag = format!("\"{}\"", content_hash::hex_digest(markup.0.as_bytes()));
    let mut response = html_response(markup);
    if matches_if_none_match(request_headers, &tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(CONTENT_TYPE);
    }
    let tag = HeaderValue::from_str(&tag).expect("it is hexadecimal");
    response.headers_mut().insert(ETAG, tag);
    response.headers_mut().insert(CACHE_CONTROL, NO_CACHE);
    response
}

fn matches_if_none_match(request_headers: &HeaderMap, tag: &str) -> bool {
    let values =
        request_headers.get_all(IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    let mut tags = values.flat_map(|tags| tags.split(',')).map(str::trim);
    tags.any(|listed| listed == "*" || listed.strip_prefix("W/").unwrap_or(listed) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cached_page_is_not_sent_again() {
        let page = maud::html! { p { "page" } };
        let first = cacheable_html_response(&HeaderMap::new(), &page);
        assert_eq!(first.status(), StatusCode::OK);
        let tag = first.headers()[ETAG].clone();
        let request_headers = HeaderMap::from_iter([(IF_NONE_MATCH, tag)]);
        assert_eq!(
            cacheable_html_response(&request_headers, &page).status(),
            StatusCode::NOT_MODIFIED
        );
        let other = maud::html! { p { "another" } };
        assert_eq!(cacheable_html_response(&request_headers, &other).status(), StatusCode::OK);
    }
}
