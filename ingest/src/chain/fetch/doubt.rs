//! Blocks without logs whose bloom says otherwise.

use alloy_primitives::Address;
use serde_json::json;

use super::window::{alone, read_logs};
use super::{Fetch, FetchError, Part, SliceStats};
use crate::chain::bloom::{self, Tester};
use plimsoll_rpc::{Ask, Endpoint, Reply};
use plimsoll_rpc::{Fault, Header, Log, RpcError};

/// A block is doubted if chance alone would give it such a bloom less often than this.
const DOUBTED: f64 = 0.1;

/// Below this chance only all of the block's logs clear it, since together they make the bloom.
const CLEARED_BY_ALL: f64 = 1e-4;

/// A block that came without logs though its bloom holds a wanted pair.
struct Doubt<'a> {
    header: &'a Header,
    contract: Address,
    odds: f64,
}

impl Doubt<'_> {
    fn fault(&self) -> Fault {
        Fault::Withheld { block: self.header.number, contract: self.contract }
    }
}

impl Fetch<'_> {
    /// Settles the doubts about an endpoint's logs: a part if there are none left, its fault if
    /// logs were withheld.
    pub(super) async fn undoubted(
        &self,
        endpoint: &Endpoint,
        headers: &[Header],
        logs: Vec<Log>,
    ) -> Result<Result<Part, Fault>, FetchError> {
        let (doubts, unjudged) = self.doubts(headers, &logs);
        if let Some(fault) = self.withheld(endpoint, &doubts).await? {
            return Ok(Err(fault));
        }
        let settled = doubts.len() as u64;
        let stats =
            SliceStats { requests: 0, doubted: settled, confirmed_innocent: settled, unjudged };
        Ok(Ok(Part { from: headers.first().map_or(0, |header| header.number), logs, stats }))
    }

    /// The blocks to doubt, and the number of those that cannot be judged.
    fn doubts<'a>(&self, headers: &'a [Header], logs: &[Log]) -> (Vec<Doubt<'a>>, u64) {
        let (mut doubts, mut unjudged) = (Vec::new(), 0);
        let mut logs = logs.iter().peekable();
        for header in headers {
            let mut has_logs = false;
            while logs.next_if(|log| log.block == header.number).is_some() {
                has_logs = true;
            }
            if has_logs {
                continue;
            }
            let Some(contract) = self.probe.suspect(&header.logs_bloom) else { continue };
            let odds = self.probe.odds(&header.logs_bloom);
            if odds < DOUBTED {
                doubts.push(Doubt { header, contract, odds });
            } else {
                unjudged += 1;
            }
        }
        (doubts, unjudged)
    }

    async fn withheld(
        &self,
        endpoint: &Endpoint,
        doubts: &[Doubt<'_>],
    ) -> Result<Option<Fault>, FetchError> {
        let found = self.found(endpoint, doubts).await?;
        if found.is_some() {
            return Ok(found);
        }
        let grave: Vec<&Doubt> =
            doubts.iter().filter(|doubt| doubt.odds < CLEARED_BY_ALL).collect();
        self.found_among_all(endpoint, &grave).await
    }

    /// Asks for the doubted blocks one by one; logs that come now were withheld before.
    async fn found(
        &self,
        endpoint: &Endpoint,
        doubts: &[Doubt<'_>],
    ) -> Result<Option<Fault>, FetchError> {
        let ask = |doubt: &Doubt| Ask {
            method: "eth_getLogs",
            params: self.filter.in_block(doubt.header.hash),
        };
        let asks: Vec<Ask> = doubts.iter().map(ask).collect();
        let read = |place: usize, reply: Reply| -> Result<usize, Fault> {
            self.wanted(doubts[place].header, &block_logs(doubts[place].header, reply)?)
        };
        let about = format!("{} doubted blocks", doubts.len());
        let counts = self
            .client
            .ask_all(&asks, &about, Some(endpoint), read)
            .await
            .map_err(|error| gone(error, doubts))?;
        Ok(first_withheld(doubts.iter().zip(counts)))
    }

    /// Asks for all logs of the blocks, whosever they are: they must make up the bloom.
    async fn found_among_all(
        &self,
        endpoint: &Endpoint,
        doubts: &[&Doubt<'_>],
    ) -> Result<Option<Fault>, FetchError> {
        let ask = |doubt: &&Doubt| Ask {
            method: "eth_getLogs",
            params: json!([{ "blockHash": doubt.header.hash }]),
        };
        let asks: Vec<Ask> = doubts.iter().map(ask).collect();
        let read = |place: usize, reply: Reply| self.wanted_of_all(doubts[place], reply);
        let about = format!("all logs of {} doubted blocks", doubts.len());
        let counts = self.client.ask_all(&asks, &about, Some(endpoint), read).await;
        let counts = counts.map_err(FetchError::of)?;
        Ok(first_withheld(doubts.iter().copied().zip(counts)))
    }

    fn wanted_of_all(&self, doubt: &Doubt<'_>, reply: Reply) -> Result<usize, Fault> {
        let header = doubt.header;
        let logs = block_logs(header, reply)?;
        if bloom::of(&logs).contains(&header.logs_bloom) {
            return self.wanted(header, &logs);
        }
        Err(doubt.fault())
    }

    /// How many of a block's logs are wanted; all of those must be in its bloom.
    fn wanted(&self, header: &Header, logs: &[Log]) -> Result<usize, Fault> {
        let mut tester = Tester::default();
        let wanted: Vec<&Log> = logs.iter().filter(|log| self.filter.passes(log)).collect();
        match wanted.iter().find(|log| !tester.admits(&header.logs_bloom, log)) {
            Some(log) => Err(Fault::Untrue(format!(
                "answered a log of {} that is not in the bloom of block {}",
                log.address, header.number
            ))),
            None => Ok(wanted.len()),
        }
    }
}

fn block_logs(header: &Header, reply: Reply) -> Result<Vec<Log>, Fault> {
    let logs = read_logs(reply.map_err(alone))?;
    match logs.iter().find(|log| log.block_hash != header.hash) {
        Some(log) => Err(Fault::Untrue(format!(
            "answered a log of block {} when asked for block {}",
            log.block_hash, header.hash
        ))),
        None => Ok(logs),
    }
}

fn first_withheld<'a>(mut counts: impl Iterator<Item = (&'a Doubt<'a>, usize)>) -> Option<Fault> {
    counts.find(|(_, count)| *count > 0).map(|(doubt, _)| doubt.fault())
}

/// A block that nobody knows by its hash any more was taken back.
fn gone(error: RpcError, doubts: &[Doubt<'_>]) -> FetchError {
    let unknown = ["unknown block", "block not found", "header not found"];
    match (&error, doubts.first()) {
        (RpcError::GaveUp { source, .. }, Some(doubt))
            if source.said().is_some_and(|said| unknown.iter().any(|text| said.contains(text))) =>
        {
            let problem = "it is not known by its hash any more".to_owned();
            FetchError::Unstable { block: doubt.header.number, problem }
        }
        _ => FetchError::of(error),
    }
}
