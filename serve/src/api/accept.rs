//! Content negotiation by the `Accept` header.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use mediatype::names::{APPLICATION, HTML, JSON, TEXT};
use mediatype::{MediaType, MediaTypeList, Name, ReadParams};

const Q: Name<'_> = Name::new_unchecked("q");

/// Whether the request lists `text/html` with a weight no lower than JSON's: browsers do, programs
/// do not.
pub(crate) fn prefers_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let accepted: Vec<MediaType<'_>> = accepted.flat_map(MediaTypeList::new).flatten().collect();
    let weight_of = |media_type: MediaType<'_>| {
        let listed = accepted.iter().filter(|listed| listed.essence() == media_type);
        listed.map(weight).fold(0.0, f64::max)
    };
    let html = weight_of(MediaType::new(TEXT, HTML));
    html > 0.0 && html >= weight_of(MediaType::new(APPLICATION, JSON))
}

/// The weight of a media type; an unreadable weight counts as 0.
fn weight(listed: &MediaType<'_>) -> f64 {
    listed.get_param(Q).map_or(1.0, |weight| weight.as_str().parse().unwrap_or(0.0))
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
