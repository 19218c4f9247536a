//! Account names and reasons of proposals are untrusted text.

use plimsoll_serve::{AlertHistory, AlertSummary, PageData, ProposalSummary};

use crate::support::{AS_OF, HOSTILE, SCRIPT, get_html, hostile_app};

fn page_data() -> PageData {
    let parameters = serde_json::json!({
        "max_ltv_bps": 7_000, "liquidation_threshold_bps": 7_500, "liquidation_bonus_bps": 500
    });
    let reserve = serde_json::json!({"asset": SCRIPT, "stored": parameters});
    let proposal = serde_json::json!({
        "market": {"name": HOSTILE},
        "at": {"time": AS_OF},
        "collaterals": [{
            "before": reserve, "current": parameters, "recommended": parameters,
            "verdict": SCRIPT, "reasons": [SCRIPT]
        }],
        "steps": [{"not_before": AS_OF, "changes": [{"after": reserve}]}]
    });
    let proposal: ProposalSummary = serde_json::from_value(proposal).expect("a proposal");
    let alert = AlertSummary {
        created_at: AS_OF.parse().expect("a time"),
        account: format!("{HOSTILE}/{SCRIPT}"),
        kind: SCRIPT.to_owned(),
        text: SCRIPT.to_owned(),
        status: SCRIPT.to_owned(),
    };
    let alerts = Some(AlertHistory::Fixed(vec![alert]));
    PageData { report: None, proposals: Some(vec![proposal]), alerts }
}

#[tokio::test]
async fn untrusted_text_is_escaped_and_its_links_resolve() {
    let app = hostile_app(page_data());
    let page = get_html(app.clone(), "/").await.text;
    let (_, rest) = page.split_once("href=\"/accounts/").expect("an account");
    let path = format!("/accounts/{}", rest.split('"').next().expect("its end"));
    let account = get_html(app.clone(), &path).await;
    assert_eq!(account.status, 200, "{path}");
    let unknown = get_html(app, &format!("{path}%3Cscript%3E")).await;
    assert_eq!(unknown.status, 404);
    for page in [&page, &account.text, &unknown.text] {
        assert!(page.contains("&lt;script&gt;"), "{page}");
        assert!(!page.contains("<script") && !page.contains("<img src=x"), "{page}");
        assert!(!page.contains("=\"\">"), "{page}");
    }
}
