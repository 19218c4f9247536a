//! `plimsoll alerts sent`.

use clap::Args;
use plimsoll_serve::DeliveryStatus;

use crate::args::{AlertDatabaseArgs, JsonArgs};

/// Show the latest messages and the state of their delivery.
#[derive(Debug, Args)]
pub(crate) struct Sent {
    #[command(flatten)]
    database: AlertDatabaseArgs,
    /// Maximum number of messages.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    output: JsonArgs,
}

impl Sent {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let store = self.database.open_existing()?;
        let sent = store.recent(self.limit)?;
        if self.output.enabled() {
            return self.output.print(&sent, "");
        }
        for message in &sent {
            let (at, status) = (message.created_at.format("%FT%TZ"), message.status.as_str());
            println!("{at} {status} after {} attempts: {}", message.attempts, message.text);
            let failed = message.status != DeliveryStatus::Delivered;
            if let Some(error) = message.last_error.as_ref().filter(|_| failed) {
                let next = message
                    .next_at
                    .map_or(String::new(), |at| format!("; next {}", at.format("%FT%TZ")));
                println!("  {error}{next}");
            }
        }
        let counts =
            store.status_counts()?.map(|(status, count)| format!("{count} {}", status.as_str()));
        println!("{}", counts.join(", "));
        Ok(())
    }
}
