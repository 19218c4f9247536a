//! Arguments that several subcommands share, one group a file.

pub(crate) mod alert_rule;

mod alert_database;
mod duration;
mod egress;
mod follow;
mod format;
mod json;
mod lake;
mod landmarks;
mod market_rpc;
mod resampling;
mod rpc;
mod time;
mod webhook_secret;

pub(crate) use alert_database::AlertDatabaseArgs;
pub(crate) use egress::EgressArgs;
pub(crate) use follow::FollowArgs;
pub(crate) use format::FormatArgs;
pub(crate) use json::JsonArgs;
pub(crate) use lake::{LakeArgs, TargetLakeArgs};
pub(crate) use landmarks::LandmarkArgs;
pub(crate) use market_rpc::MarketRpcArgs;
pub(crate) use resampling::ResamplingArgs;
pub(crate) use rpc::RpcArgs;
pub(crate) use time::parse_time;
pub(crate) use webhook_secret::WebhookSecretArgs;
