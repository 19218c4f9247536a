//! `plimsoll alerts test`.

use anyhow::bail;
use chrono::Utc;
use clap::Args;
use plimsoll_serve::{DeliveryOutcome, WebhookRequest, WebhookSender};
use serde_json::json;

use crate::args::{AlertDatabaseArgs, EgressArgs};

/// Send a message of the type `alert.test` to a subscription's endpoint, once, immediately.
#[derive(Debug, Args)]
pub(crate) struct Test {
    #[command(flatten)]
    database: AlertDatabaseArgs,
    /// The subscription's id.
    id: String,
    #[command(flatten)]
    egress: EgressArgs,
}

impl Test {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = self.database.open_existing()?;
        let subscription = store.subscription(&self.id)?;
        let now = Utc::now();
        let text = format!("A test of the subscription to {}.", subscription.watch);
        let data = json!({"text": text, "subscription": subscription.id});
        let body = json!({"type": "alert.test", "timestamp": now, "data": data}).to_string();
        let parcel = WebhookRequest {
            id: format!("msg_test_{}_{}", subscription.id, now.timestamp_millis()),
            body,
            url: subscription.url,
            secrets: store.secrets(&self.id)?,
        };
        let sender = WebhookSender::new(self.egress.into_policy())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let reply = runtime.block_on(sender.send(&parcel));
        if reply.outcome() != DeliveryOutcome::Delivered {
            bail!("{}: {reply}", parcel.url);
        }
        println!("{}: {reply}", parcel.url);
        Ok(())
    }
}
