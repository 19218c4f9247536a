//! Endpoints that messages may be sent to.

use clap::Args;
use plimsoll_serve::EgressPolicy;

/// Endpoints that are allowed besides public addresses over https.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct EgressArgs {
    /// Allow plain http to this host, at any address; may be given several times.
    #[arg(long, value_name = "HOST")]
    allow_http_to: Vec<String>,
    /// Allow endpoints at addresses that are not public, and plain http: for development only.
    #[arg(long)]
    allow_private: bool,
}

impl EgressArgs {
    /// Plain http to one host.
    pub(crate) fn with_plain_host(host: &str) -> Self {
        Self { allow_http_to: vec![host.to_owned()], allow_private: false }
    }

    /// The policy that the sender applies.
    pub(crate) fn into_policy(self) -> EgressPolicy {
        EgressPolicy { allow_private: self.allow_private, plain_http_hosts: self.allow_http_to }
    }
}
