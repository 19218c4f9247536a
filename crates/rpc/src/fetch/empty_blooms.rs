//! Blocks with logs whose bloom is empty.

use super::FetchPass;
use super::error::FetchError;
use crate::endpoint::Endpoint;
use crate::header::Header;
use crate::log::Log;

impl FetchPass<'_> {
    /// Finds out, of the first block with logs and an empty bloom, whether the endpoint's headers,
    /// the chain or the logs are to blame.
    ///
    /// If another endpoint has the bloom, those without it are avoided. If none has, the chain's
    /// blooms prove nothing, unless some header of the chain had one: then the logs are forged, which
    /// the comparison with the bloom finds.
    ///
    /// # Errors
    /// [`FetchError::Unstable`] if another endpoint has the bloom: the range is fetched again.
    pub(super) async fn check_empty_blooms(
        &self,
        headers: &[Header],
        logs: &[Log],
    ) -> Result<(), FetchError> {
        let blooms = &self.client.pool().blooms;
        if blooms.is_absent() {
            return Ok(());
        }
        let empty = logs.iter().find_map(|log| {
            let at = headers.binary_search_by_key(&log.block, |header| header.number).ok()?;
            let header = &headers[at];
            (header.has_empty_bloom() && header.hash == log.block_hash).then_some(header)
        });
        let Some(header) = empty else { return Ok(()) };
        let found = self.client.header_of_each(header.number).await;
        let same = || found.iter().filter(|(_, other)| other.hash == header.hash);
        if same().any(|(_, other)| !other.has_empty_bloom()) {
            let without = same().filter(|(_, other)| other.has_empty_bloom());
            without.for_each(|(endpoint, _)| record_empty_blooms(endpoint, header.number));
            let problem = "its header was returned without its bloom".to_owned();
            return Err(FetchError::Unstable { block: header.number, problem });
        }
        if !blooms.has_some() && blooms.record_absent() {
            tracing::warn!(
                "block {} has logs and an empty bloom: the blooms of this chain prove nothing, so \
                 logs that every endpoint omits cannot be detected",
                header.number
            );
        }
        Ok(())
    }
}

fn record_empty_blooms(endpoint: &Endpoint, block: u64) {
    if endpoint.health().record_empty_blooms() {
        tracing::warn!(
            endpoint = endpoint.name(),
            "returned block {block} without the bloom that another endpoint has: its headers are \
             used only where no other endpoint responds"
        );
    }
}
