//! Account names and reasons of proposals are untrusted text.

use plimsoll_govern::Proposal;
use plimsoll_serve::{AlertHistory, AlertSummary, PageData};

use crate::support::{AS_OF, HOSTILE, SCRIPT, get_html, hostile_app};

fn page_data() -> PageData {
    let parameters = serde_json::json!({
        "max_ltv_bps": 7_000, "liquidation_threshold_bps": 7_500, "liquidation_bonus_bps": 500
    });
    let reserve = serde_json::json!({
        "asset": SCRIPT, "address": null, "stored": parameters, "is_frozen": false,
        "pending_ltv_bps": null, "is_restricted": false,
        "last_change": {"max_ltv_s": 0, "liquidation_threshold_s": 0, "liquidation_bonus_s": 0}
    });
    let limit = serde_json::json!({"max_change_bps": 50, "min_delay_s": 259_200});
    let change = serde_json::json!({
        "update": {
            "asset": SCRIPT, "address": null, "max_ltv_bps": 7_000,
            "liquidation_threshold_bps": null, "liquidation_bonus_bps": null
        },
        "after": reserve, "configurator_calldata": null, "notes": [SCRIPT]
    });
    let document = serde_json::json!({
        "format": 1, "reference_id": SCRIPT,
        "inputs": {
            "data_sha256": "", "features_sha256": "", "model_sha256": "", "policy_sha256": "",
            "chain_sha256": "", "version": SCRIPT, "source_sha256": ""
        },
        "market": {"name": HOSTILE, "chain_id": null, "contracts": null},
        "at": {"time": AS_OF, "block": null},
        "steward": {
            "address": null,
            "limits": {"max_ltv": limit, "liquidation_threshold": limit, "liquidation_bonus": limit},
            "limits_from_chain": false, "abi": "3.6"
        },
        "collaterals": [{
            "before": reserve, "current": parameters, "recommended": parameters, "no_change": false,
            "verdict": SCRIPT, "reasons": [SCRIPT], "recommendation": null,
            "steward_refuses": SCRIPT, "payload_refuses": SCRIPT
        }],
        "steps": [{
            "not_before": AS_OF, "changes": [change], "steward_calldata": null,
            "oracle_calldata": null
        }],
        "payload": null, "accounts": null
    });
    let proposal = Proposal::parse(document.to_string().as_bytes()).expect("a proposal");
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
