//! Alerts to borrowers: subscriptions, evaluation, and delivery by webhook.

pub(crate) mod delivery_task;
pub(crate) mod error;
pub(crate) mod evaluation;
pub(crate) mod message;
pub(crate) mod operator_token;
pub(crate) mod sent_alert;
pub(crate) mod service;
pub(crate) mod store;
pub(crate) mod subscription;
pub(crate) mod watch;
pub(crate) mod webhook;
