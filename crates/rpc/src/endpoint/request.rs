//! A request and its response.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::endpoint_error::EndpointError;

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) params: Value,
}

/// The response to one request.
pub(crate) type Response = Result<Box<RawValue>, EndpointError>;
