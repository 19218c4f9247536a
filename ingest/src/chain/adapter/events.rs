//! Contracts' events by their first topics.

use alloy_primitives::B256;
use alloy_sol_types::SolEventInterface;
use plimsoll_rpc::Log;

use crate::chain::decode::error::DecodeError;

/// A contract's events, all of them by their first topics.
pub(crate) trait ContractEvents: SolEventInterface {
    /// The events' first topics.
    const TOPICS: &'static [[u8; 32]];
}

/// The first topics of a contract's events.
pub(crate) fn event_topics<E: ContractEvents>() -> impl Iterator<Item = B256> {
    E::TOPICS.iter().copied().map(B256::from)
}

/// Reads one of a contract's events; `None` if the log is of another event.
pub(crate) fn decode_event<E: ContractEvents>(log: &Log) -> Result<Option<E>, DecodeError> {
    if !log.topics.first().is_some_and(|topic| E::TOPICS.contains(&topic.0)) {
        return Ok(None);
    }
    E::decode_raw_log(&log.topics, &log.data)
        .map(Some)
        .map_err(|error| DecodeError::encoding(&error))
}

/// Implements [`ContractEvents`] for enums of events.
macro_rules! impl_contract_events {
    ($($events:ty),+ $(,)?) => {
        $(impl $crate::chain::adapter::events::ContractEvents for $events {
            const TOPICS: &'static [[u8; 32]] = Self::SELECTORS;
        })+
    };
}
pub(crate) use impl_contract_events;
