use plimsoll_serve::Index;

use crate::support::get;

#[tokio::test]
async fn index_lists_every_route() {
    let index: Index = get("/").await.read();
    let routes: Vec<_> =
        index.routes.iter().map(|route| (route.method.as_str(), route.path.as_str())).collect();
    assert_eq!(
        routes,
        [
            ("GET", "/"),
            ("GET", "/healthz"),
            ("GET", "/v1/accounts/{id}"),
            ("GET", "/v1/alerts/events"),
            ("GET", "/v1/alerts/sent"),
            ("GET", "/v1/alerts/subscriptions"),
            ("POST", "/v1/alerts/subscriptions"),
            ("GET", "/v1/alerts/subscriptions/{id}"),
            ("DELETE", "/v1/alerts/subscriptions/{id}"),
            ("POST", "/v1/alerts/subscriptions/{id}/secrets"),
            ("DELETE", "/v1/alerts/subscriptions/{id}/secrets"),
            ("GET", "/v1/openapi.json"),
            ("POST", "/v1/score"),
        ]
    );
    assert!(index.routes.iter().all(|route| !route.summary.is_empty()), "{index:?}");
}
