//! The newest block, which an endpoint may report wrongly.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::join_all;
use tokio::time::{sleep, timeout};

use super::Client;
use super::blocks::{header_of_tag, header_request, parse_optional_header};
use crate::block_tag::BlockTag;
use crate::endpoint::Endpoint;
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;
use crate::header::Header;

/// How far a block's time may be after this machine's and after other endpoints' newest block.
const MAX_FUTURE_S: u64 = 15 * 60;

/// How long one of several endpoints is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// More blocks a second than any chain has.
const MAX_BLOCKS_PER_S: u64 = 100;

/// Blocks by which the nodes behind one endpoint may differ.
const MAX_SPREAD: u64 = 64;

/// Attempts at a block that the nodes behind an endpoint do not all have yet.
const CONFIRMATION_ATTEMPTS: u32 = 8;

/// The delay between two of them.
const CONFIRMATION_DELAY: Duration = Duration::from_millis(250);

/// What an endpoint reports as its newest block.
struct ReportedHead<'a> {
    endpoint: &'a Endpoint,
    header: Header,
}

/// Whether a reported head is true.
enum Verdict<'a> {
    Confirmed(Box<Header>),
    Rejected(RpcError),
    /// The endpoint failed when it was asked.
    Unknown(&'a Endpoint, EndpointError),
}

impl Client {
    /// The highest block that an endpoint reports under a tag and confirms.
    ///
    /// # Errors
    /// [`RpcError::ImplausibleHead`] if none confirms what it reports, [`RpcError`] if none responds.
    pub(super) async fn confirmed_head(&self, tag: BlockTag) -> Result<Header, RpcError> {
        // Others are not waited for while one is silent.
        let longest = self.pool().options.timeout;
        let mut patience =
            if self.pool().endpoints.len() > 1 { PATIENCE.min(longest) } else { longest };
        let mut retry = self.retry("eth_getBlockByNumber", format!("block {tag}"));
        loop {
            let reported = self.reported_heads(tag, patience).await;
            patience = longest;
            match self.highest_confirmed(&reported).await {
                Some(Verdict::Confirmed(header)) => {
                    *self.pool().lock_confirmed_head() = Some((header.number, header.hash));
                    return Ok(*header);
                }
                Some(Verdict::Rejected(error)) => return Err(error),
                Some(Verdict::Unknown(endpoint, error)) => retry.record_failure(endpoint, error)?,
                // Waits for an endpoint that responds; then all are asked again.
                None => {
                    self.tagged_header(tag).await?;
                }
            }
        }
    }

    /// The highest reported head that nothing contradicts; `None` if none is reported.
    async fn highest_confirmed<'a>(&self, reported: &[ReportedHead<'a>]) -> Option<Verdict<'a>> {
        let mut highest_first: Vec<&ReportedHead<'a>> = reported.iter().collect();
        highest_first.sort_by_key(|head| std::cmp::Reverse(head.header.number));
        let mut verdict = None;
        for head in highest_first {
            let others = reported.iter().filter(|other| !std::ptr::eq(*other, head));
            let others: Vec<&Header> = others.map(|other| &other.header).collect();
            match self.contradiction(head, &others).await {
                Ok(None) => return Some(Verdict::Confirmed(Box::new(head.header.clone()))),
                Ok(Some(problem)) => {
                    let number = head.header.number;
                    let why = format!("reports {number} as its newest block, but {problem}");
                    self.pool().penalize(head.endpoint, &why);
                    let endpoint = head.endpoint.name().to_owned();
                    let error = RpcError::ImplausibleHead { endpoint, number, problem };
                    verdict = verdict.or(Some(Verdict::Rejected(error)));
                }
                Err(error) => verdict = Some(Verdict::Unknown(head.endpoint, error)),
            }
        }
        verdict
    }

    /// What each endpoint reports; one that is backed off from is left out if another is ready.
    async fn reported_heads(&self, tag: BlockTag, patience: Duration) -> Vec<ReportedHead<'_>> {
        let pool = self.pool();
        let is_ready = |endpoint: &&Endpoint| endpoint.health().backs_off_until().is_none();
        let any_ready = pool.endpoints.iter().any(|endpoint| is_ready(&endpoint));
        let asked = pool.endpoints.iter().filter(|endpoint| !any_ready || is_ready(endpoint));
        let requests = asked.map(|endpoint| async move {
            let report = async {
                pool.verify_chain(endpoint).await.ok().filter(|right| *right)?;
                let header = header_of_tag(self, endpoint, tag).await.ok()?;
                Some(ReportedHead { endpoint, header })
            };
            timeout(patience, report).await.ok().flatten()
        });
        join_all(requests).await.into_iter().flatten().collect()
    }

    /// What contradicts a reported head, if anything does.
    ///
    /// The endpoint must have the block by its number, as the child of the one before, at a number
    /// and a time that are possible.
    async fn contradiction(
        &self,
        head: &ReportedHead<'_>,
        others: &[&Header],
    ) -> Result<Option<String>, EndpointError> {
        let header = &head.header;
        if *self.pool().lock_confirmed_head() == Some((header.number, header.hash)) {
            return Ok(None);
        }
        let now_s = unix_time_s();
        let problem = absolute_problem(header, now_s);
        let problem = problem.or_else(|| implausible_distance(header, others, now_s));
        if problem.is_some() {
            return Ok(problem);
        }
        let confirmed = self.pool().lock_confirmed_head().map(|(number, _)| number);
        let known = others.iter().map(|other| other.number).chain(confirmed).max();
        let is_near = known.is_none_or(|known| header.number <= known.saturating_add(MAX_SPREAD));
        let attempts = if is_near { CONFIRMATION_ATTEMPTS } else { 1 };
        let mut problem = None;
        for attempt in 0..attempts {
            if attempt > 0 {
                sleep(CONFIRMATION_DELAY).await;
            }
            problem = self.unlinked_problem(head).await?;
            if problem.is_none() {
                break;
            }
        }
        Ok(problem)
    }

    /// Compares the reported block with the same block by its number, and with the one before.
    async fn unlinked_problem(
        &self,
        head: &ReportedHead<'_>,
    ) -> Result<Option<String>, EndpointError> {
        let Header { number, hash, parent_hash, .. } = &head.header;
        let mut requests = vec![header_request(BlockTag::Number(*number))];
        requests.extend(number.checked_sub(1).map(BlockTag::Number).map(header_request));
        let mut headers = Vec::new();
        for response in self.request(head.endpoint, &requests).await? {
            match response {
                Ok(header) => headers.push(parse_optional_header(&header)?),
                Err(error) if error.is_outage() => return Err(error),
                // Some nodes return an error for a block that they do not have.
                Err(error) => {
                    return Ok(Some(format!("does not return it by its number: {error}")));
                }
            }
        }
        let mut headers = headers.into_iter();
        let Some(same) = headers.next().flatten() else {
            return Ok(Some("has no block of that number".to_owned()));
        };
        if same.number != *number {
            return Ok(Some(format!("returns block {} for that number", same.number)));
        }
        // A reorg may have replaced it meanwhile; then the replacement must be linked.
        let parent_hash = if same.hash == *hash { *parent_hash } else { same.parent_hash };
        let before = headers.next().flatten();
        Ok(match before {
            None if *number > 0 => Some("has no block before it".to_owned()),
            Some(before)
                if Some(before.hash) != parent_hash
                    || before.number.checked_add(1) != Some(*number) =>
            {
                Some("its block before it is another one than its parent".to_owned())
            }
            _ => None,
        })
    }
}

/// A number or time that no chain has reached since 1970, whatever other endpoints report.
fn absolute_problem(header: &Header, now_s: u64) -> Option<String> {
    if header.number > now_s.saturating_mul(MAX_BLOCKS_PER_S) {
        return Some("no chain has so many blocks".to_owned());
    }
    let is_far = header.time_s > now_s.saturating_mul(2);
    is_far.then(|| format!("its time is {} s after 1970", header.time_s))
}

/// A distance from the median of other endpoints' newest blocks that no chain has: a time far after
/// it and after this machine's, or more blocks than fit in the time between.
fn implausible_distance(header: &Header, others: &[&Header], now_s: u64) -> Option<String> {
    let mut others: Vec<(u64, u64)> =
        others.iter().map(|other| (other.number, other.time_s)).collect();
    others.sort_unstable();
    let (number, time_s) = *others.get(others.len() / 2)?;
    // The clock of a development chain may be ahead.
    let latest_s = now_s.max(time_s).saturating_add(MAX_FUTURE_S);
    if header.time_s > latest_s {
        return Some(format!("its time is {} s in the future", header.time_s - now_s));
    }
    let between_s = header.time_s.saturating_sub(time_s);
    let blocks = between_s.saturating_mul(MAX_BLOCKS_PER_S).saturating_add(MAX_SPREAD);
    let most = number.saturating_add(blocks);
    (header.number > most).then(|| {
        format!("another endpoint is at block {number}, and {between_s} s are too few for the rest")
    })
}

fn unix_time_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::{B256, Bloom};

    const NOW_S: u64 = 1_800_000_000;

    fn header(number: u64, time_s: u64) -> Header {
        let (hash, parent_hash) = (B256::ZERO, B256::ZERO);
        Header {
            number,
            hash,
            parent_hash: Some(parent_hash),
            time_s,
            logs_bloom: Some(Bloom::ZERO),
            base_fee_wei: None,
        }
    }

    fn problem(head: (u64, u64), others: &[(u64, u64)]) -> Option<String> {
        let others: Vec<Header> = others.iter().map(|other| header(other.0, other.1)).collect();
        implausible_distance(&header(head.0, head.1), &others.iter().collect::<Vec<_>>(), NOW_S)
    }

    #[test]
    fn block_that_no_chain_reaches_in_the_time_is_implausible() {
        let honest = (20_000_000, NOW_S - 5);
        assert!(problem((1 << 40, NOW_S), &[honest]).unwrap().contains("block 20000000"));
        assert!(problem((u64::MAX, u64::MAX), &[honest]).unwrap().contains("in the future"));
        assert_eq!(problem((20_000_010, NOW_S + 12), &[honest]), None);
        assert_eq!(problem(honest, &[(1 << 40, NOW_S)]), None, "the lower one is not the outlier");
    }

    #[test]
    fn block_that_no_chain_has_is_implausible_without_other_endpoints() {
        let problem = |number, time_s| absolute_problem(&header(number, time_s), NOW_S);
        assert!(problem(u64::MAX, NOW_S).is_some() && problem(1 << 40, NOW_S).is_some());
        assert!(problem(5, u64::MAX).is_some());
        assert_eq!(problem(400_000_000, NOW_S + 100_000_000), None);
    }

    #[test]
    fn node_that_is_far_behind_makes_no_other_implausible() {
        let syncing = (1_000_000, NOW_S - 200_000_000);
        assert_eq!(problem((20_000_000, NOW_S), &[syncing]), None);
    }

    #[test]
    fn clock_of_a_development_chain_may_be_ahead() {
        let ahead = NOW_S + 10_000_000;
        assert_eq!(problem((500, ahead), &[(499, ahead - 12)]), None);
        assert_eq!(problem((500, ahead), &[]), None);
    }
}
