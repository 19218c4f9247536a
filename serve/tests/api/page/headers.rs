use axum::body::Body;
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{Method, Request};
use plimsoll_serve::{Index, ProblemKind};

use crate::support::{Response, app, get, get_html, send};

const HTML: &str = "text/html; charset=utf-8";

async fn request_with_etag(method: Method, path: &str, etag: &str) -> Response {
    let request = Request::builder().method(method).uri(path).header(ACCEPT, "text/html");
    send(request.header(IF_NONE_MATCH, etag).body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn browser_gets_html_where_a_program_gets_json() {
    let page = get_html(app(), "/").await;
    assert_eq!((page.status, &page.headers[CONTENT_TYPE]), (200, &HTML.parse().expect("a type")));
    assert_eq!(page.headers[VARY], "accept");
    let json = get("/").await;
    assert_eq!(json.headers[VARY], "accept");
    let index: Index = json.read();
    assert_eq!(index.name, "plimsoll");
    // Under the API's own paths browsers get JSON problems, as programs do.
    get_html(app(), "/v1/accounts/1").await.problem(ProblemKind::MalformedAccountId);
}

#[tokio::test]
async fn page_runs_no_script_and_loads_nothing_external() {
    for path in
        ["/", "/markets/ethereum/maker/eth-b", "/accounts/ethereum/maker/eth-b/1", "/nowhere"]
    {
        let page = get_html(app(), path).await;
        assert_eq!(page.headers[CONTENT_TYPE], HTML, "{path}");
        let policy = page.headers[CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"));
        for inline in ["<script", "style=", "onclick", "javascript:", "<style"] {
            assert!(!page.text.contains(inline), "{inline} in {path}");
        }
        let links = page.text.split("http").skip(1);
        assert!(links.into_iter().all(|rest| rest.starts_with("://www.w3.org/2000/svg")), "{path}");
    }
}

#[tokio::test]
async fn cached_page_is_not_sent_again() {
    let page = get_html(app(), "/markets/ethereum/maker/eth-b").await;
    assert_eq!(page.headers[CACHE_CONTROL], "no-cache");
    let tag = page.headers[ETAG].to_str().expect("text");
    for etag in [tag, &format!("\"other\", W/{tag}")] {
        let again = request_with_etag(Method::GET, "/markets/ethereum/maker/eth-b", etag).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""));
        assert_eq!(again.headers[ETAG], tag);
    }
    let other = request_with_etag(Method::GET, "/markets/ethereum/aave-v3/core", tag).await;
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn head_returns_the_length_without_a_body() {
    let page = get_html(app(), "/markets/ethereum/maker/eth-b").await;
    let head = request_with_etag(Method::HEAD, "/markets/ethereum/maker/eth-b", "\"other\"").await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(head.headers[CONTENT_LENGTH], page.text.len().to_string());
    assert_eq!(head.headers[ETAG], page.headers[ETAG]);
}

#[tokio::test]
async fn stylesheet_and_icon_are_served_and_cacheable() {
    let page = get_html(app(), "/").await.text;
    let (_, rest) = page.split_once("rel=\"stylesheet\" href=\"").expect("a stylesheet");
    let path = rest.split('"').next().expect("its end");
    let style = get(path).await;
    assert_eq!((style.status, style.text.as_str()), (200, plimsoll_report::STYLE));
    assert_eq!(style.headers[CONTENT_TYPE], "text/css; charset=utf-8");
    assert_eq!(style.headers[CACHE_CONTROL], "public, max-age=31536000, immutable");
    let icon = get("/assets/icon.svg").await;
    assert_eq!((icon.status, icon.headers[CONTENT_TYPE].as_bytes()), (200, &b"image/svg+xml"[..]));
}
