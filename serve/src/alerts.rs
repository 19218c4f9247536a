//! Alerts to borrowers: subscriptions, evaluation, and delivery by webhook.

mod delivery_task;
mod egress;
mod endpoint_reply;
mod error;
mod evaluation;
mod ip_ranges;
mod measure;
mod message;
mod operator_token;
mod remedy;
mod replay;
mod resolver;
mod retry_schedule;
mod rule;
mod secret;
mod sent_alert;
mod service;
mod signature;
mod store;
mod subscription;
mod text;
mod watch;
mod watch_target;
mod webhook_sender;

pub use egress::{EgressError, EgressPolicy, MAX_URL_BYTES};
pub use endpoint_reply::{DeliveryOutcome, EndpointReply};
pub use error::AlertError;
pub use ip_ranges::non_public_range;
pub use measure::Measure;
pub use message::{AlertBody, AlertData, AlertProbability};
pub use remedy::{Remedy, RemedyKind};
pub use replay::{ReplayObservation, ReplayResult, replay};
pub use retry_schedule::{MAX_RETRY_AFTER, RetrySchedule};
pub use rule::{MAX_HEALTH_FACTOR, MAX_WAIT_HOURS, NewRule, Rule};
pub use secret::{SECRET_LENGTHS, Secret, SecretError};
pub use sent_alert::{DeliveryStatus, SentAlert};
pub use service::{AlertOptions, AlertService};
pub use signature::signature_header;
pub use store::{AlertStore, StreamedMessage};
pub use subscription::{
    MAX_RULES, NewSubscription, Subscription, SubscriptionSecret, ValidSubscription,
};
pub use watch::{AlertTransition, Observation, Watch};
pub use watch_target::WatchTarget;
pub use webhook_sender::{DELIVERY_TIMEOUT, WebhookRequest, WebhookSender};
