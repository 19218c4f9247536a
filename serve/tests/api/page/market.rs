use plimsoll_serve::{AccountResponse, AlertHistory, AlertSummary, PageData};

use crate::support::{AS_OF, HOSTILE, MAKER, app, get, get_html, hostile_app};

/// Every open account of Maker's, as the API returns it.
async fn open_accounts() -> Vec<AccountResponse> {
    let mut open = Vec::new();
    for owner in (1..=3).chain(100..140) {
        let account: AccountResponse = get(&format!("/v1/accounts/{MAKER}/{owner}")).await.read();
        if account.probabilities.is_some() {
            open.push(account);
        }
    }
    open
}

/// The numbers of the row with heading `name` in the table `caption`.
fn table_row(page: &str, caption: &str, name: &str) -> Vec<f64> {
    let (_, table) = page.split_once(&format!("<caption>{caption}</caption>")).expect("a table");
    let (_, row) = table.split_once(&format!("<th scope=\"row\">{name}</th>")).expect("a row");
    let (row, _) = row.split_once("</tr>").expect("its end");
    let cell = |cell: &str| {
        // A probability below 0.01 % is shown as such.
        let figure = cell.trim_end_matches("</td>").replace("&lt; 0.01 %", "0.00 %");
        let figure = figure.trim_end_matches(" %").replace(['$', ','], "");
        figure.parse().unwrap_or_else(|_| panic!("{cell} is not a number"))
    };
    row.split("<td>").skip(1).map(cell).collect()
}

#[tokio::test]
async fn market_figures_are_sums_of_api_values() {
    let page = get_html(app(), &format!("/markets/{MAKER}")).await.text;
    let open = open_accounts().await;
    assert!(page.contains(&format!("<b>{}</b><small>of 43 ever observed", open.len())));
    let debt_usd: f64 = open.iter().map(|account| account.metrics.debt_usd).sum();
    let day =
        |account: &AccountResponse| account.probabilities.expect("it is open").one_day.liquidated;
    let expected: f64 = open.iter().map(day).sum();
    let expected_usd: f64 = open.iter().map(|a| day(a) * a.metrics.debt_usd).sum();
    let [accounts, usd, share] = table_row(&page, "Expected liquidations", "24 hours")[..] else {
        panic!("three numbers")
    };
    assert!((accounts - expected).abs() <= 0.005 + 1e-9, "{accounts} {expected}");
    assert!((usd - expected_usd).abs() <= 0.5, "{usd} {expected_usd}");
    assert!((share - 100.0 * expected_usd / debt_usd).abs() <= 0.05, "{share}");
    // All collateral is ether and all debt is dollars, so a fall of prices is a drop of collateral.
    let within = |fall: f64| {
        let near = move |account: &&AccountResponse| {
            account.metrics.safety_buffer.is_some_and(|buffer| buffer < fall)
        };
        open.iter().filter(near)
    };
    assert!(within(0.6).count() > within(0.0).count());
    for percent in (0..=60).step_by(2) {
        let [accounts, usd, _] =
            table_row(&page, "Liquidatable by fall", &format!("{percent} %"))[..]
        else {
            panic!("three numbers")
        };
        let fallen = within(f64::from(percent) / 100.0);
        assert_eq!(accounts, fallen.clone().count() as f64, "{percent}");
        let debt_usd: f64 = fallen.map(|account| account.metrics.debt_usd).sum();
        assert!((usd - debt_usd).abs() <= 0.5, "{percent}: {usd} {debt_usd}");
    }
    for percent in [5, 10, 20] {
        let [usd, _] = table_row(&page, "Debt close to liquidation", &format!("{percent} %"))[..]
        else {
            panic!("two numbers")
        };
        let near = within(f64::from(percent) / 100.0 + 1e-12);
        let debt_usd: f64 = near.map(|account| account.metrics.debt_usd).sum();
        assert!((usd - debt_usd).abs() <= 0.5, "{percent}: {usd} {debt_usd}");
    }
    assert!(page.contains("2022-03-01 23:00 UTC") && AS_OF.starts_with("2022-03-01T23:00"));
}

#[tokio::test]
async fn accounts_are_sorted_by_debt_at_risk() {
    let page = get_html(app(), &format!("/markets/{MAKER}")).await.text;
    let mut open = open_accounts().await;
    let at_risk = |account: &AccountResponse| {
        account.probabilities.expect("it is open").one_day.liquidated * account.metrics.debt_usd
    };
    open.sort_by(|a, b| at_risk(b).total_cmp(&at_risk(a)));
    let links = page.split("href=\"/accounts/").skip(1);
    let shown: Vec<_> = links.map(|rest| rest.split('"').next().expect("an end")).collect();
    let expected: Vec<_> = open.iter().take(25).map(|a| a.account.as_str()).collect();
    assert_eq!(shown, expected);
    let all = get_html(app(), &format!("/markets/{MAKER}/accounts")).await;
    assert_eq!((all.status, all.text.matches("href=\"/accounts/").count()), (200, open.len()));
    for page in ["0", "2", "x", "-1", ""] {
        let answer = get_html(app(), &format!("/markets/{MAKER}/accounts?page={page}")).await;
        assert_eq!(answer.status, 404, "{page}");
    }
}

#[tokio::test]
async fn several_markets_are_linked_and_a_single_one_is_shown() {
    let home = get_html(app(), "/").await.text;
    for name in ["ethereum/aave-v3/core", MAKER] {
        assert!(home.contains(&format!("href=\"/markets/{name}\"")), "{home}");
    }
    let single = hostile_app(PageData::default());
    let home = get_html(single.clone(), "/").await.text;
    assert_eq!(home, get_html(single, &format!("/markets/{HOSTILE}")).await.text);
    assert!(home.contains("<h1>ethereum/kamino/main</h1>"));
}

#[tokio::test]
async fn missing_data_is_reported_with_the_command_that_makes_it() {
    let page = get_html(app(), &format!("/markets/{MAKER}")).await.text;
    for expected in
        ["plimsoll backtest --lake LAKE", "--proposals DIR", "This server sends no alerts"]
    {
        assert!(page.contains(expected), "{expected}");
    }
    let alerts = Some(AlertHistory::Fixed(Vec::new()));
    let none = PageData { alerts, proposals: Some(Vec::new()), report: None };
    let page = get_html(hostile_app(none), "/").await.text;
    assert!(page.contains("Nothing is proposed for this market"));
    assert!(page.contains("No alert was sent"));
}

#[tokio::test]
async fn alerts_of_other_markets_are_not_shown() {
    let alert = |account: &str, status: &str| AlertSummary {
        created_at: AS_OF.parse().expect("a time"),
        account: account.to_owned(),
        kind: "position.at_risk".to_owned(),
        text: "It may be liquidated.".to_owned(),
        status: status.to_owned(),
    };
    let alerts = [
        ("ethereum/kamino/main/1", "delivered"),
        ("ethereum/kamino/main/2", "failed"),
        ("kamino/other/3", "delivered"),
    ];
    let alerts = alerts.map(|(account, status)| alert(account, status)).to_vec();
    let page_data = PageData { alerts: Some(AlertHistory::Fixed(alerts)), ..PageData::default() };
    let page = get_html(hostile_app(page_data), "/").await.text;
    assert!(page.contains("2 of 2 alerts") && page.contains("position.at_risk"));
    assert!(page.contains("failed") && page.contains("2022-03-01 23:00 UTC"));
    assert!(!page.contains("kamino/other"));
}

#[tokio::test]
async fn unknown_market_lists_the_known_ones() {
    let answer = get_html(app(), "/markets/maker/eth-z").await;
    assert_eq!(answer.status, 404);
    assert!(answer.text.contains("ethereum/aave-v3/core, ethereum/maker/eth-b"), "{}", answer.text);
}
