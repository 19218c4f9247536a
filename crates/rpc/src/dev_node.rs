//! A local development node: the only kind that transactions are sent to.

use std::time::Duration;

use alloy_primitives::{Address, B256, Bytes, U64, U256};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::sleep;
use url::{Host, Url};

use crate::client::{CallOutcome, Client, call_outcome};
use crate::endpoint::Request;
use crate::endpoint_error::EndpointError;
use crate::error::RpcError;
use crate::options::RpcOptions;

/// A method that only development nodes have; anvil supports Hardhat's names too.
const DEV_NODE_METHOD: &str = "hardhat_metadata";
const GAS: u64 = 10_000_000;
/// A receipt may become available shortly after its block.
const RECEIPT_ATTEMPTS: u32 = 100;
const RECEIPT_PAUSE: Duration = Duration::from_millis(20);

/// A local development node.
#[derive(Debug, Clone)]
pub struct DevNode {
    client: Client,
}

/// The result of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionOutcome {
    /// Its block.
    pub block: u64,
    /// Whether it succeeded.
    pub succeeded: bool,
}

/// A node that transactions must not be sent to, or that failed.
#[derive(Debug, thiserror::Error)]
pub enum DevNodeError {
    /// The node is on another machine.
    #[error(
        "{host} is not a local node: transactions are sent only to a development node on this machine"
    )]
    NotLocal {
        /// Its host.
        host: String,
    },
    /// The node has no methods of a development node.
    #[error(
        "the node does not know `{DEV_NODE_METHOD}`, so it is not a development node (anvil or Hardhat): nothing was sent"
    )]
    NotDevNode(#[source] EndpointError),
    /// The node rejected a request.
    #[error("the node failed at `{method}`")]
    RequestFailed {
        /// The method.
        method: &'static str,
        /// Its error.
        source: EndpointError,
    },
    /// A transaction was mined and has no receipt.
    #[error("the node has no receipt of transaction {0}")]
    NoReceipt(B256),
    /// The endpoint cannot be used.
    #[error(transparent)]
    Rpc(#[from] RpcError),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    block_number: U64,
    status: U64,
}

impl DevNode {
    /// Connects to a node that is on this machine and has the methods of a development node.
    ///
    /// # Errors
    /// [`DevNodeError`] if it is not, or does not respond.
    pub async fn connect(url: &Url) -> Result<Self, DevNodeError> {
        let is_local = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if !is_local {
            let host = url.host_str().unwrap_or_default().to_owned();
            return Err(DevNodeError::NotLocal { host });
        }
        let client = Client::new(std::slice::from_ref(url), RpcOptions::default())?;
        let node = Self { client };
        let collected: Result<Value, _> = node.request(DEV_NODE_METHOD, json!([])).await;
        match collected {
            Ok(_) => Ok(node),
            Err(DevNodeError::RequestFailed {
                source: source @ EndpointError::ErrorResponse { .. },
                ..
            }) => Err(DevNodeError::NotDevNode(source)),
            Err(error) => Err(error),
        }
    }

    /// A client for reading from the node.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Takes a snapshot of the node's state.
    ///
    /// # Errors
    /// [`DevNodeError`] if the node fails.
    pub async fn snapshot(&self) -> Result<U256, DevNodeError> {
        self.request("evm_snapshot", json!([])).await
    }

    /// Reverts the node to a snapshot.
    ///
    /// # Errors
    /// [`DevNodeError`] if the node fails.
    pub async fn revert(&self, snapshot: U256) -> Result<(), DevNodeError> {
        self.request::<bool>("evm_revert", json!([snapshot])).await.map(drop)
    }

    /// Sends a call from any account without its key, and mines it.
    ///
    /// # Errors
    /// [`DevNodeError`] if the node fails; a call that reverts is not a failure.
    pub async fn send(
        &self,
        from: Address,
        to: Address,
        data: &Bytes,
    ) -> Result<TransactionOutcome, DevNodeError> {
        self.request::<Value>("hardhat_impersonateAccount", json!([from])).await?;
        let balance: U256 = self.request("eth_getBalance", json!([from, "latest"])).await?;
        if balance.is_zero() {
            let ether = U256::from(10).pow(U256::from(18));
            self.request::<Value>("hardhat_setBalance", json!([from, ether])).await?;
        }
        let transaction = json!({ "from": from, "to": to, "data": data, "gas": U64::from(GAS) });
        let hash: B256 = self.request("eth_sendTransaction", json!([transaction])).await?;
        self.request::<Value>("evm_mine", json!([])).await?;
        self.request::<Value>("hardhat_stopImpersonatingAccount", json!([from])).await?;
        self.receipt(hash).await
    }

    async fn receipt(&self, hash: B256) -> Result<TransactionOutcome, DevNodeError> {
        for _ in 0..RECEIPT_ATTEMPTS {
            let found: Option<Receipt> =
                self.request("eth_getTransactionReceipt", json!([hash])).await?;
            if let Some(Receipt { block_number, status }) = found {
                return Ok(TransactionOutcome {
                    block: block_number.to(),
                    succeeded: status == U64::ONE,
                });
            }
            sleep(RECEIPT_PAUSE).await;
        }
        Err(DevNodeError::NoReceipt(hash))
    }

    /// Calls functions from `from` at the newest block, with the block time `time_s`.
    ///
    /// # Errors
    /// [`DevNodeError`] if the node fails; a call that reverts is not a failure.
    pub async fn call_at_time(
        &self,
        from: Address,
        calls: &[(Address, Bytes)],
        time_s: u64,
    ) -> Result<Vec<CallOutcome>, DevNodeError> {
        let method = "eth_call";
        let request = |(to, data): &(Address, Bytes)| {
            let call = json!({ "from": from, "to": to, "data": data });
            let params = json!([call, "latest", {}, { "time": U64::from(time_s) }]);
            Request { method, params }
        };
        let requests: Vec<Request> = calls.iter().map(request).collect();
        let failed = |source| DevNodeError::RequestFailed { method, source };
        let responses = self.client.request_first(&requests).await.map_err(failed)?;
        responses.into_iter().map(|response| call_outcome(response).map_err(failed)).collect()
    }

    /// The addresses in one topic of all of a contract's logs with the given topics.
    ///
    /// # Errors
    /// [`DevNodeError`] if the node fails.
    pub async fn logged_addresses(
        &self,
        contract: Address,
        topics: &[B256],
        topic_index: usize,
    ) -> Result<Vec<Address>, DevNodeError> {
        #[derive(Deserialize)]
        struct LoggedTopics {
            topics: Vec<B256>,
        }
        let filter = json!({ "address": contract, "topics": topics, "fromBlock": "earliest" });
        let collected: Vec<LoggedTopics> = self.request("eth_getLogs", json!([filter])).await?;
        let address = |collected: LoggedTopics| {
            collected.topics.get(topic_index).map(|word| Address::from_word(*word))
        };
        Ok(collected.into_iter().filter_map(address).collect())
    }

    async fn request<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Value,
    ) -> Result<T, DevNodeError> {
        let failed = |source| DevNodeError::RequestFailed { method, source };
        let responses =
            self.client.request_first(&[Request { method, params }]).await.map_err(failed)?;
        let response = responses
            .into_iter()
            .next()
            .unwrap_or(Err(EndpointError::MissingResponse))
            .map_err(failed)?;
        serde_json::from_str(response.get()).map_err(EndpointError::malformed).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn remote_node_is_never_sent_a_transaction() {
        for url in
            ["https://eth.example.org/key", "http://10.0.0.1:8545", "http://localhost.example"]
        {
            let rejected = DevNode::connect(&url.parse().expect("a URL")).await;
            assert!(matches!(rejected, Err(DevNodeError::NotLocal { .. })), "{url}");
        }
    }

    #[tokio::test]
    async fn node_without_development_methods_gets_no_further_request() {
        let requested_methods = Arc::new(Mutex::new(Vec::new()));
        let recorder = Arc::clone(&requested_methods);
        let answer = move |body: String| {
            let request: Value = serde_json::from_str(&body).expect("JSON");
            recorder.lock().expect("no thread panicked").push(request["method"].clone());
            let error = json!({ "code": -32601, "message": "the method does not exist" });
            let response = json!({ "jsonrpc": "2.0", "id": request["id"], "error": error });
            std::future::ready(response.to_string())
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let app = axum::Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, app).await });
        let rejected = DevNode::connect(&url.parse().expect("a URL")).await;
        assert!(matches!(rejected, Err(DevNodeError::NotDevNode(_))), "{rejected:?}");
        assert_eq!(
            *requested_methods.lock().expect("no thread panicked"),
            [json!(DEV_NODE_METHOD)]
        );
    }
}
