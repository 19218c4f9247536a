use plimsoll_serve::AccountResponse;

use crate::support::{MAKER, app, get, get_html};

#[tokio::test]
async fn account_page_matches_the_api() {
    let page = get_html(app(), &format!("/accounts/{MAKER}/1")).await;
    assert_eq!(page.status, 200);
    let account: AccountResponse = get(&format!("/v1/accounts/{MAKER}/1")).await.read();
    let health = format!("<b>{:.3}</b>", account.metrics.health_factor.expect("it has debt"));
    assert!(page.text.contains(&health), "{health}");
    let probability = account.probabilities.expect("it is open").thirty_days;
    let shown = |p: f64| match p {
        p if p < 5e-5 => "<td>&lt; 0.01 %</td>".to_owned(),
        p => format!("<td>{:.*} %</td>", if p < 0.1 { 2 } else { 1 }, 100.0 * p),
    };
    assert!(page.text.contains(&shown(probability.liquidated)), "{probability:?}");
    assert!(page.text.contains(&shown(probability.closed)), "{probability:?}");
    let eth = account.collateral[0].liquidation_price_usd.expect("ETH moves");
    let table = page.text.split("Collateral</caption>").nth(1).expect("a table");
    let price = table.split("<td>$").nth(3).expect("a price").split('<').next().expect("its end");
    let price: f64 = price.replace(',', "").parse().expect("a figure");
    assert!((price - eth).abs() <= 0.05, "{price} {eth}");
    assert!(page.text.contains("href=\"/v1/accounts/ethereum/maker/eth-b/1\""));
    assert!(page.text.contains("price distance") && page.text.contains("Within 7 days"));
}

#[tokio::test]
async fn closed_account_has_a_page_without_probabilities() {
    let page = get_html(app(), &format!("/accounts/{MAKER}/2")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("It is closed") && page.text.contains("no debt"));
    assert!(!page.text.contains("NaN") && !page.text.contains("inf"));
    assert!(!page.text.contains("What drives it"));
}

#[tokio::test]
async fn unknown_account_is_reported_as_a_page() {
    for (path, status, expected) in [
        (
            "/accounts/ethereum/maker/eth-b/999",
            404,
            "no account &quot;ethereum/maker/eth-b/999&quot;",
        ),
        ("/accounts/15967", 400, "such as ethereum/maker/eth-b/15967"),
        ("/accounts/%FF", 400, "not UTF-8"),
    ] {
        let page = get_html(app(), path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(
            page.text.starts_with("<!DOCTYPE html>") && page.text.contains(expected),
            "{}",
            page.text
        );
    }
}
