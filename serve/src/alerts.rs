//! Warnings in time: subscriptions, what they are told, and its delivery.

mod address;
mod deliver;
mod digits;
mod egress;
mod error;
mod evaluate;
mod handle;
mod measure;
mod message;
mod remedy;
mod replay;
mod reply;
mod resolver;
mod rule;
mod schedule;
mod secret;
mod sender;
mod sent;
mod signature;
mod store;
mod subscription;
mod text;
mod token;
mod watch;
mod watched;

pub use address::not_public;
pub use egress::{Egress, EgressError, LONGEST_URL};
pub use error::AlertError;
pub use handle::{AlertOptions, Alerts};
pub use measure::Measure;
pub use message::{AlertBody, AlertData, AlertProbability};
pub use remedy::{Remedy, RemedyKind};
pub use replay::{Look, Replayed, replay};
pub use reply::{Reply, Verdict};
pub use rule::{LARGEST_HEALTH_FACTOR, LONGEST_WAIT_HOURS, NewRule, Rule};
pub use schedule::{LONGEST_REST, Schedule};
pub use secret::{SECRET_BYTES, Secret, SecretError};
pub use sender::{ANSWER_WITHIN, Parcel, Sender};
pub use sent::{SentAlert, SentStatus};
pub use signature::signatures;
pub use store::{AlertStore, Told};
pub use subscription::{
    CheckedSubscription, MOST_RULES, NewSubscription, Subscription, SubscriptionSecret,
};
pub use watch::{Seen, Turn, Watch};
pub use watched::Watched;
