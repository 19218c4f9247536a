//! Content negotiation by the `Accept` header.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// Whether the request lists `text/html`, with a weight no lower than JSON's: browsers do, programs do not.
pub(crate) fn prefers_html(asked: &HeaderMap) -> bool {
    let listed = asked.get_all(ACCEPT).iter().filter_map(|types| types.to_str().ok());
    let listed: Vec<(String, f64)> =
        listed.flat_map(|types| types.split(',')).map(parse_media_range).collect();
    let weight = |wanted: &str| {
        let own = listed.iter().filter(|(named, _)| named == wanted);
        own.map(|(_, weight)| *weight).fold(0.0, f64::max)
    };
    let html = weight("text/html");
    html > 0.0 && html >= weight("application/json")
}

/// A media type and its weight; an unreadable weight counts as 0.
fn parse_media_range(listed: &str) -> (String, f64) {
    let mut parts = listed.split(';').map(str::trim);
    let named = parts.next().unwrap_or_default().to_ascii_lowercase();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
    (named, weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn prefers_html_for(types: &str) -> bool {
        let value = HeaderValue::from_str(types).expect("a value");
        prefers_html(&HeaderMap::from_iter([(ACCEPT, value)]))
    }

    #[test]
    fn browsers_get_html_and_programs_get_json() {
        assert!(prefers_html_for(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        ));
        assert!(prefers_html_for("application/json;q=0.5, Text/HTML ; q=0.6"));
        for types in [
            "*/*",
            "application/json",
            "application/json, text/html;q=0.9",
            "text/html;q=0",
            "text/html;q=x",
        ] {
            assert!(!prefers_html_for(types), "{types}");
        }
        assert!(!prefers_html(&HeaderMap::new()));
    }
}
