//! Names of accounts and reasons of proposals are written by others.

use plimsoll_serve::{AlertLedger, Exhibits, Proposal, ShownAlert};

use crate::support::{AS_OF, HOSTILE, SCRIPT, browse, hostile};

fn exhibits() -> Exhibits {
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
    let proposal: Proposal = serde_json::from_value(proposal).expect("a proposal");
    let alert = ShownAlert {
        created_at: AS_OF.parse().expect("a time"),
        account: format!("{HOSTILE}/{SCRIPT}"),
        kind: SCRIPT.to_owned(),
        text: SCRIPT.to_owned(),
        status: SCRIPT.to_owned(),
    };
    let alerts = Some(AlertLedger::Told(vec![alert]));
    Exhibits { report: None, proposals: Some(vec![proposal]), alerts }
}

#[tokio::test]
async fn what_others_wrote_is_text_and_its_links_lead_back() {
    let app = hostile(exhibits());
    let page = browse(app.clone(), "/").await.text;
    let (_, rest) = page.split_once("href=\"/accounts/").expect("an account");
    let path = format!("/accounts/{}", rest.split('"').next().expect("its end"));
    let account = browse(app.clone(), &path).await;
    assert_eq!(account.status, 200, "{path}");
    let unknown = browse(app, &format!("{path}%3Cscript%3E")).await;
    assert_eq!(unknown.status, 404);
    for page in [&page, &account.text, &unknown.text] {
        assert!(page.contains("&lt;script&gt;"), "{page}");
        assert!(!page.contains("<script") && !page.contains("<img src=x"), "{page}");
        assert!(!page.contains("=\"\">"), "{page}");
    }
}
