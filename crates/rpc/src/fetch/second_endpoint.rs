//! Compares the logs of a window with a second endpoint's.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use alloy_primitives::Address;

use super::FetchPass;
use super::bloom::BloomTester;
use super::error::FetchError;
use super::window::request_window;
use crate::endpoint::Endpoint;
use crate::endpoint_error::EndpointError;
use crate::header::Header;
use crate::log::Log;

impl FetchPass<'_> {
    /// The number of blocks whose logs a second endpoint confirms, 0 if there is none or it does not
    /// respond; or the error of `endpoint` if it withheld logs that the second has.
    ///
    /// A second endpoint that withholds logs is penalized.
    pub(super) async fn compare_with_second(
        &self,
        endpoint: &Endpoint,
        range: RangeInclusive<u64>,
        logs: &[Log],
    ) -> Result<Result<u64, EndpointError>, FetchError> {
        let pool = self.client.pool();
        let second = pool.select(Some(pool.index_of(endpoint)), &[pool.index_of(endpoint)])?;
        if std::ptr::eq(second, endpoint) {
            return Ok(Ok(0));
        }
        let (from, to) = range.into_inner();
        let response = request_window(self.client, second, &self.request.filter, from, to).await;
        let mut others = match response {
            Ok(response) => response.logs,
            Err(error) => {
                tracing::debug!(endpoint = second.name(), %error, "cannot be compared with");
                return Ok(Ok(0));
            }
        };
        others.retain(|log| self.request.filter.matches(log) && (from..=to).contains(&log.block));
        let differing = differing_blocks(logs, &others);
        for header in self.client.headers_of(&differing).await? {
            let withheld_by_first = real_logs_without(&header, &others, logs);
            let withheld_by_second = real_logs_without(&header, logs, &others);
            if let Some(contract) = withheld_by_first {
                return Ok(Err(EndpointError::WithheldLogs { block: header.number, contract }));
            }
            if withheld_by_second.is_some() {
                second.health().record_withheld_logs();
            }
            let what = if withheld_by_second.is_some() { "withholds" } else { "forges" };
            pool.penalize(second, &format!("{what} logs of block {}", header.number));
        }
        Ok(Ok(to - from + 1))
    }
}

/// The blocks of which one list has logs that the other has not.
fn differing_blocks(logs: &[Log], others: &[Log]) -> Vec<u64> {
    let key = |log: &Log| (log.block, log.log_index, log.block_hash, log.address);
    let logs: BTreeSet<_> = logs.iter().map(key).collect();
    let others: BTreeSet<_> = others.iter().map(key).collect();
    let mut blocks: Vec<u64> = logs.symmetric_difference(&others).map(|key| key.0).collect();
    blocks.dedup();
    blocks
}

/// The contract of a log of the block that is in its bloom and that the other list lacks.
fn real_logs_without(header: &Header, logs: &[Log], others: &[Log]) -> Option<Address> {
    let mut tester = BloomTester::default();
    let bloom = header.logs_bloom.filter(|bloom| !bloom.is_zero());
    let is_real = |log: &&Log| {
        log.block_hash == header.hash
            && bloom.as_ref().is_none_or(|bloom| tester.may_contain(bloom, log))
            && !others.contains(log)
    };
    logs.iter().find(is_real).map(|log| log.address)
}
