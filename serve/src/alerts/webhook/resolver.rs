//! DNS resolution that leaves out addresses the egress policy refuses.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::alerts::webhook::egress::EgressPolicy;

/// Resolves names to the addresses that the policy allows.
///
/// The client connects only to the addresses returned here, so that a name that is public when it is
/// checked and private when it is used (DNS rebinding) is still refused.
#[derive(Debug, Clone)]
pub(crate) struct GuardedResolver(pub(crate) Arc<EgressPolicy>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let egress = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed = allowed_addresses(&egress, name.as_str(), found)?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// The allowed addresses of a name; the first refusal if there are none.
fn allowed_addresses(
    egress: &EgressPolicy,
    host: &str,
    found: impl Iterator<Item = SocketAddr>,
) -> Result<Vec<SocketAddr>, super::egress::EgressError> {
    let (mut allowed, mut refused) = (Vec::new(), None);
    for address in found {
        match egress.check_address(host, address.ip()) {
            Ok(()) => allowed.push(address),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    match refused {
        Some(error) if allowed.is_empty() => Err(error),
        _ => Ok(allowed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket_addresses(texts: &[&str]) -> Vec<SocketAddr> {
        let address = |text: &&str| SocketAddr::new(text.parse().expect("an address"), 0);
        texts.iter().map(address).collect()
    }

    #[test]
    fn only_public_addresses_of_a_name_are_used() {
        let found = socket_addresses(&["10.0.0.1", "1.1.1.1", "::1"]);
        let public =
            allowed_addresses(&EgressPolicy::default(), "rebind.example", found.into_iter());
        assert_eq!(public, Ok(socket_addresses(&["1.1.1.1"])));
    }

    #[test]
    fn name_with_only_private_addresses_is_refused() {
        let found = socket_addresses(&["192.168.1.1", "fd00::1"]);
        let error =
            allowed_addresses(&EgressPolicy::default(), "inside.example", found.into_iter());
        let error = error.expect_err("it is refused").to_string();
        assert_eq!(error, "192.168.1.1 is refused: it is not a public address (private)");
    }

    #[tokio::test]
    async fn localhost_is_refused_unless_allowed() {
        let resolve = |egress: EgressPolicy| {
            let name = "localhost".parse().expect("a name");
            GuardedResolver(Arc::new(egress)).resolve(name)
        };
        assert!(resolve(EgressPolicy::default()).await.is_err());
        let open = EgressPolicy { allow_private: true, ..EgressPolicy::default() };
        assert!(resolve(open).await.expect("it resolves").all(|a| a.ip().is_loopback()));
    }
}
