//! Lists of addresses that are longer than an endpoint permits.

use alloy_primitives::Address;
use plimsoll_rpc::{Client, FetchRequest, FetchedRange, LogFilter, fetch};

use super::node::contract;
use super::proxy::{InjectedFault, Proxy};
use super::setup::{BLOCKS, connected_client, node, options};

/// 300 addresses, of which six have logs.
fn long_filter() -> LogFilter {
    let silent = (0..294).map(|number: u64| Address::left_padding_from(&number.to_be_bytes()));
    let addresses = (0..3).map(contract).chain(silent).chain((3..6).map(contract)).collect();
    LogFilter { addresses, topics: Vec::new() }
}

async fn fetch_long(url: String) -> (FetchedRange, Client) {
    let client = connected_client(&[url], options()).await;
    let range = fetch(&client, &FetchRequest::new(long_filter(), 0..=BLOCKS - 1)).await.unwrap();
    (range, client)
}

async fn assert_learned(text: &str, most: usize, expected: std::ops::RangeInclusive<usize>) {
    let node = node();
    let fault = InjectedFault::MaxAddresses { most, text: text.to_owned() };
    let proxy = Proxy::start(&node.url(), [fault]);
    let (range, client) = fetch_long(proxy.url()).await;
    let (whole, _) = fetch_long(node.url()).await;
    assert!(range.logs == whole.logs && range.headers == whole.headers, "{text}");
    assert!(range.logs.len() > 2_000, "{}", range.logs.len());
    let status = &client.endpoint_statuses()[0];
    assert!(expected.contains(&status.max_items), "{text}: {status:?}");
    assert_eq!(status.back_offs, 0, "{text}");
}

#[tokio::test]
async fn address_limit_is_learned_from_its_message() {
    assert_learned("exceed max addresses: 100", 100, 100..=100).await;
    assert_learned("too many addresses, max is 50", 50, 50..=50).await;
}

#[tokio::test]
async fn address_limit_that_is_not_named_is_found_by_halving() {
    assert_learned("exceed max addresses or topics per search position", 20, 10..=20).await;
    assert_learned("please specify less number of address in the getLogs query", 100, 50..=100)
        .await;
}

#[tokio::test]
async fn address_limit_of_unknown_text_is_found_after_the_blocks_were_halved() {
    assert_learned("not like this", 100, 75..=75).await;
}
