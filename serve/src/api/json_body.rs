//! A request's JSON body.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use mediatype::MediaType;
use mediatype::names::{APPLICATION, JSON};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::api::layers::problem_from_status;
use crate::api::problem::Problem;
use crate::api::problem::kind::ProblemKind;
use crate::field_error::FieldError;
use crate::limits::truncate;

/// A body declared as JSON, not yet parsed: parsing a large one would block the async runtime.
#[derive(Debug)]
pub(crate) struct JsonBody(Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(unsupported_media_type(request.headers()));
        }
        let bytes = Bytes::from_request(request, state).await;
        bytes.map(Self).map_err(|rejection| problem_from_status(rejection.status()))
    }
}

impl JsonBody {
    /// Parses the body.
    ///
    /// # Errors
    /// A problem with the path, line and column of the error.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let mut reader = serde_json::Deserializer::from_slice(&self.0);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            json_problem(&path, error.inner())
        })?;
        reader.end().map_err(|error| json_problem(".", &error))?;
        Ok(value)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    // Parameters do not matter, so one that cannot be parsed does not either.
    let essence = value.and_then(|value| value.split(';').next());
    let media_type = essence.and_then(|essence| MediaType::parse(essence.trim()).ok());
    media_type.is_some_and(|media_type| {
        media_type.ty == APPLICATION && media_type.suffix.unwrap_or(media_type.subty) == JSON
    })
}

fn unsupported_media_type(headers: &HeaderMap) -> Problem {
    let found = match headers.get(CONTENT_TYPE) {
        Some(named) => truncate(&String::from_utf8_lossy(named.as_bytes())),
        None => "absent".to_owned(),
    };
    let detail = format!("the content-type is {found}: send application/json");
    Problem::new(ProblemKind::UnsupportedMediaType, detail)
}

fn json_problem(path: &str, error: &serde_json::Error) -> Problem {
    let kind = match error.classify() {
        Category::Data => ProblemKind::InvalidRequest,
        Category::Syntax | Category::Eof | Category::Io => ProblemKind::MalformedJson,
    };
    // The message may repeat the caller's text, which is truncated; the position is kept.
    let (line, column) = (error.line(), error.column());
    let full_message = error.to_string();
    let position = format!(" at line {line} column {column}");
    let message =
        truncate(full_message.strip_suffix(&position).unwrap_or(&full_message)) + &position;
    // The path of the body itself is a lone dot, or a question mark at its end.
    let error = match path {
        "." | "?" => FieldError::for_body(message),
        path => FieldError::new(&truncate(path), message),
    };
    Problem::from_field_errors(kind, vec![error])
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn json_is_recognized_whatever_its_parameters() {
        for (value, expected) in [
            ("application/json", true),
            ("application/json; charset=utf-8", true),
            ("Application/JSON ; charset", true),
            ("application/json; a=b c", true),
            ("application/vnd.api+json", true),
            ("text/json", false),
            ("application/jsonx", false),
            ("json", false),
            ("", false),
        ] {
            let value_header = HeaderValue::from_static(value);
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, value_header)]);
            assert_eq!(is_json(&headers), expected, "{value:?}");
        }
    }
}
