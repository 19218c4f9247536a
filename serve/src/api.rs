//! The JSON API: one module per group of routes, and what they share.

pub(crate) mod accept;
pub(crate) mod accounts;
pub(crate) mod alerts;
pub(crate) mod fallback;
pub(crate) mod healthz;
pub(crate) mod horizon_hours;
pub(crate) mod index;
pub(crate) mod json_body;
pub(crate) mod layers;
pub(crate) mod openapi;
pub(crate) mod problem;
pub(crate) mod score;
