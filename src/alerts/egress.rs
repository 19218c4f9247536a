//! Where messages may be sent, as options.

use clap::Args;
use plimsoll_serve::Egress;

/// Where messages may be sent besides public addresses over https.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct EgressOptions {
    /// Allow plain http to this host, wherever it lies; may be given again.
    #[arg(long, value_name = "HOST")]
    allow_http_to: Vec<String>,
    /// Allow endpoints at addresses that are not public, and plain http: for development only.
    #[arg(long)]
    allow_private: bool,
}

impl EgressOptions {
    /// Plain http to one host.
    pub(crate) fn plain_to(host: &str) -> Self {
        Self { allow_http_to: vec![host.to_owned()], allow_private: false }
    }

    pub(crate) fn egress(self) -> Egress {
        Egress { private: self.allow_private, plain_hosts: self.allow_http_to }
    }
}
