//! Liquidatable and stuck positions on the pages.

use crate::support::{BELOW, below_snapshot, get_html, single_market_snapshot};

#[tokio::test]
async fn stuck_positions_are_in_a_table_of_their_own() {
    let app = plimsoll_serve::app(single_market_snapshot(below_snapshot()));
    let page = get_html(app.clone(), &format!("/markets/{BELOW}")).await.text;
    let (ranked, rest) = page.split_once("Stuck positions, most debt first").expect("a table");
    let (stuck, _) = rest.split_once("</table>").expect("its end");
    let link = |owner: &str| format!("href=\"/accounts/{BELOW}/{owner}\"");
    for owner in ["now", "healthy"] {
        assert!(ranked.contains(&link(owner)) && !stuck.contains(&link(owner)), "{owner}");
    }
    for owner in ["stuck", "larger"] {
        assert!(!ranked.contains(&link(owner)) && stuck.contains(&link(owner)), "{owner}");
    }
    assert!(stuck.find(&link("larger")) < stuck.find(&link("stuck")));
    assert!(stuck.contains("nobody has liquidated it for 55.8 days"), "{stuck}");
    assert!(ranked.contains("liquidatable now</span>"), "{ranked}");
    assert!(ranked.contains("<b>1</b><small>accounts, $100"), "{ranked}");
    let all = get_html(app, &format!("/markets/{BELOW}/accounts")).await.text;
    assert_eq!(all.matches("href=\"/accounts/").count(), 2);
}

#[tokio::test]
async fn account_page_states_that_it_is_liquidatable() {
    let app = plimsoll_serve::app(single_market_snapshot(below_snapshot()));
    let now = get_html(app.clone(), &format!("/accounts/{BELOW}/now")).await.text;
    assert!(now.contains("It is liquidatable now: its health factor"), "{now}");
    assert!(now.contains("probability that a liquidator takes it within 30 days<"), "{now}");
    assert!(!now.contains("Why it might not be taken"));
    let stuck = get_html(app.clone(), &format!("/accounts/{BELOW}/stuck")).await.text;
    assert!(stuck.contains("It is stuck below the threshold"), "{stuck}");
    assert!(stuck.contains("Why it might not be taken"), "{stuck}");
    let open = get_html(app, &format!("/accounts/{BELOW}/healthy")).await.text;
    assert!(open.contains("It is open:") && !open.contains("span class=\"flag\">liquidatable"));
}
