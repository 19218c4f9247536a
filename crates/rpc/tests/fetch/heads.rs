//! Endpoints whose newest block cannot be true.

use plimsoll_rpc::{BlockTag, Client, RpcError};

use super::proxy::{InjectedFault, Proxy};
use super::setup::{BLOCKS, connected_client, node, options};

const ABSURD: [u64; 5] = [u64::MAX, 1 << 40, 4_096, BLOCKS + 1, BLOCKS];

async fn head(urls: &[String]) -> (Result<u64, RpcError>, Client) {
    let client = connected_client(urls, options()).await;
    (client.header(BlockTag::Latest).await.map(|header| header.number), client)
}

#[tokio::test]
async fn absurd_head_is_refused_in_either_order_and_its_endpoint_penalized() {
    for number in ABSURD {
        for liar_first in [true, false] {
            let node = node();
            let proxy = Proxy::start(&node.url(), [InjectedFault::Head(number)]);
            let mut urls = [node.url(), proxy.url()];
            urls.rotate_right(usize::from(liar_first));
            let (found, client) = head(&urls).await;
            assert_eq!(found.unwrap(), BLOCKS - 1, "{number} {liar_first}");
            for status in client.endpoint_statuses() {
                let is_liar = proxy.url().starts_with(&status.endpoint);
                assert_eq!(status.penalties > 0, is_liar, "{number} {liar_first}: {status:?}");
            }
        }
    }
}

#[tokio::test]
async fn absurd_head_of_a_single_endpoint_is_an_error_that_names_it() {
    for number in ABSURD {
        let proxy = Proxy::start(&node().url(), [InjectedFault::Head(number)]);
        let (found, _) = head(&[proxy.url()]).await;
        let error = found.unwrap_err();
        assert!(matches!(error, RpcError::ImplausibleHead { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains(&number.to_string()), "{text}");
        assert!(text.contains(proxy.url().trim_end_matches('/')), "{text}");
    }
}

#[tokio::test]
async fn endpoint_that_lags_does_not_hold_others_back() {
    let node = node();
    let proxy = Proxy::start(&node.url(), [InjectedFault::Lagging(1_000)]);
    for urls in [[node.url(), proxy.url()], [proxy.url(), node.url()]] {
        let (found, client) = head(&urls).await;
        assert_eq!(found.unwrap(), BLOCKS - 1);
        assert!(client.endpoint_statuses().iter().all(|status| status.penalties == 0));
    }
}
