//! Delivery by Standard Webhooks 1.0: endpoints, secrets, signatures and retries.

pub(crate) mod egress;
pub(crate) mod endpoint_reply;
pub(crate) mod ip_ranges;
pub(crate) mod resolver;
pub(crate) mod retry_schedule;
pub(crate) mod secret;
pub(crate) mod sender;
pub(crate) mod signature;
