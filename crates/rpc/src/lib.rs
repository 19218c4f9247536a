//! A JSON-RPC client over several endpoints of one chain, none of which is trusted.
//!
//! A [`Client`] sends every request to the endpoint that will likely answer soonest. An endpoint
//! that fails is backed off from, one that contradicts itself or the chain is penalized, and the
//! request is retried at another one. Rate limits, batch sizes, block windows and the permitted
//! number of addresses are learned from the endpoints' refusals, whatever their text; known texts
//! ([`RefusalTexts`]) only save attempts. No error message contains the secrets of a URL.
//!
//! [`fetch`] returns all logs of a range of blocks: headers are linked by their parents' hashes,
//! every log is in its block's bloom, and a block whose bloom indicates a log that was not
//! returned is fetched again from another endpoint. Old blocks can be read at a fraction of the
//! cost, with the headers of a random sample: see [`Proof`]. [`DevNode`] sends transactions, to a local
//! development node only.
//!
//! ```no_run
//! use plimsoll_rpc::{BlockTag, Client, FetchRequest, LogFilter, RpcOptions, fetch};
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let urls = ["https://eth.example.org/key".parse()?, "http://localhost:8545".parse()?];
//! let client = Client::new(&urls, RpcOptions::default())?;
//! client.connect(1).await?;
//! let head = client.header(BlockTag::Finalized).await?;
//! let pool = "0x87870Bca3F3fD6335C3F4ce8392D69350B4fA4E2".parse()?;
//! let filter = LogFilter { addresses: vec![pool], topics: Vec::new() };
//! let request = FetchRequest::new(filter, head.number - 99..=head.number);
//! let range = fetch(&client, &request).await?;
//! assert_eq!(range.headers.len(), 100);
//! # Ok(()) }
//! ```

mod block_tag;
mod bloom_evidence;
mod client;
mod dev_node;
mod endpoint;
mod endpoint_error;
mod error;
mod fetch;
mod head_subscription;
mod header;
mod log;
mod options;
mod pool;
mod refusal;
mod retry;
mod traffic;

pub use block_tag::BlockTag;
pub use client::{CallOutcome, Client, EndpointStatus};
pub use dev_node::{DevNode, DevNodeError, TransactionOutcome};
pub use endpoint::parse_retry_after;
pub use endpoint_error::EndpointError;
pub use error::RpcError;
pub use fetch::{
    Audit, FetchError, FetchRequest, FetchStats, FetchedRange, Proof, UnverifiedLogs, fetch,
    fetch_unverified_logs,
};
pub use header::Header;
pub use log::{Log, LogFilter};
pub use options::RpcOptions;
pub use refusal::{RefusalTexts, RefusalTextsError};
pub use traffic::Traffic;
