//! A change has the proposed effect on every reserve and account, on either route.

use serde_json::{Value, json};

use super::testbed::{Release, Testbed, testbed};
use crate::support::cli::Run;

const SETTINGS: [&str; 3] =
    ["WETH:liquidation_threshold=8100", "WETH:max_ltv=7820", "USDC:liquidation_bonus=500"];

#[test]
fn both_routes_have_the_proposed_effect_on_chain() {
    let Some(testbed) = testbed() else { return };
    for release in [Release::V302, Release::V36] {
        let draft = testbed.propose(release, &testbed.lake, (&SETTINGS, &[]));
        let again = testbed.propose(release, &testbed.lake, (&SETTINGS, &[]));
        for name in ["proposal.json", "proposal.md", "config.ts", "calldata.json"] {
            assert_eq!(draft.text(name), again.text(name), "{name}");
        }
        // 8250 to 8100 is 150 basis points, of which a steward moves 50 at once.
        let document = draft.document();
        assert_eq!(document["steps"].as_array().unwrap().len(), 4, "{document}");
        let before = head_hash(&testbed);
        let run = draft.check(&testbed, &[]);
        assert_all_equal(&run, &document);
        assert_eq!(head_hash(&testbed), before, "the node is left as it was");
    }
}

fn head_hash(testbed: &Testbed) -> String {
    testbed.devnet.node.hash(testbed.devnet.node.head())
}

/// All findings agree: on each route, on the initial state, for the unauthorized caller and
/// accounts.
#[track_caller]
fn assert_all_equal(run: &Run, document: &Value) {
    assert_eq!(run.code, Some(0), "{run:?}");
    let output = run.json();
    let findings = output["findings"].as_array().unwrap();
    let count = |subject: &str, of_account: bool| {
        let is = |f: &&Value| f["subject"] == subject && f["is_of_account"] == of_account;
        findings.iter().filter(is).count()
    };
    let accounts = document["accounts"]["list"].as_array().unwrap().len();
    assert!(accounts >= 2, "{}", document["accounts"]);
    assert_eq!(document["accounts"]["unreckoned"], json!([]));
    assert!(document["accounts"]["affected"].as_u64().unwrap() >= 1);
    for route in ["before", "steps", "payload"] {
        assert_eq!(count(route, true), 3 * accounts, "{route}");
    }
    assert_eq!(count("stranger", false), 2);
    assert!(findings.iter().any(|f| f["what"] == "all other fields"));
    assert!(findings.iter().all(|f| f["agrees"] == true));
}

#[test]
fn tampered_proposal_fails_the_check() {
    let Some(testbed) = testbed() else { return };
    let draft = testbed.propose(Release::V36, &testbed.lake, (&SETTINGS, &[]));
    let differs = |draft: &super::testbed::DraftProposal, what: &str| {
        let run = draft.check(&testbed, &[]);
        assert!(run.assert_failure().contains("does not do what the proposal states"), "{run:?}");
        let output = run.json();
        let wrong = output["findings"].as_array().unwrap().iter().filter(|f| f["agrees"] == false);
        let wrong: Vec<&Value> = wrong.map(|finding| &finding["what"]).collect();
        assert!(!wrong.is_empty() && wrong.iter().all(|found| **found == *what), "{wrong:?}");
    };
    draft.edit_document(|document| {
        let health = &mut document["accounts"]["list"][0]["after"]["health_factor"];
        let text = health.as_str().unwrap().to_owned();
        let last = if text.ends_with('1') { "2" } else { "1" };
        *health = json!(format!("{}{last}", &text[..text.len() - 1]));
    });
    differs(&draft, "health factor");

    let draft = testbed.propose(Release::V36, &testbed.lake, (&SETTINGS, &[]));
    draft.edit_document(|document| {
        document["payload"]["changes"][0]["after"]["stored"]["liquidation_bonus_bps"] = json!(1);
    });
    differs(&draft, "liquidation bonus");
}

#[test]
fn restricted_collateral_is_left_to_governance() {
    let Some(testbed) = testbed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, "[steward]\nrestricted = [\"WETH\"]\n").unwrap();
    let more = ["--policy", policy.to_str().unwrap()];
    let draft = testbed.propose(Release::V36, &testbed.lake, (&SETTINGS, &more));
    let document = draft.document();
    let steps = document["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0]["changes"][0]["update"]["asset"], "USDC");
    let refused = |collateral: &Value| collateral["steward_refuses"].as_str().map(str::to_owned);
    let refused: Vec<_> = document["collaterals"].as_array().unwrap().iter().map(refused).collect();
    let reason = "WETH is restricted: the steward may not change it".to_owned();
    assert_eq!(refused, [None, Some(reason)]);
    assert!(draft.text("proposal.md").contains("WETH is restricted"));
    assert_eq!(draft.check(&testbed, &[]).code, Some(0));
}

#[test]
fn no_change_is_reported() {
    let Some(testbed) = testbed() else { return };
    let settings = ["WETH:liquidation_threshold=8250"];
    let draft = testbed.propose(Release::V36, &testbed.lake, (&settings, &[]));
    assert!(draft.text("proposal.md").contains("No change: of 1 collaterals"));
    assert!(!draft.out.join("config.ts").exists() && !draft.out.join("calldata.json").exists());
    assert_eq!(draft.check(&testbed, &[]).code, Some(0));
}
