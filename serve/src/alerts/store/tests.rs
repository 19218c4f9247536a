use std::time::Duration;

use super::*;
use crate::alerts::message::Message;
use crate::alerts::sent_alert::DeliveryStatus;
use crate::alerts::store::watches::WatchChange;
use crate::alerts::subscription::measure::Measure;
use crate::alerts::subscription::rule::NewRule;
use crate::alerts::subscription::{NewSubscription, SubscriptionSecret};
use crate::alerts::watch::Watch;
use crate::alerts::webhook::egress::EgressPolicy;
use crate::alerts::webhook::endpoint_reply::EndpointReply;
use crate::alerts::webhook::retry_schedule::RetrySchedule;
use crate::alerts::webhook::secret::Secret;

fn store() -> (tempfile::TempDir, AlertStore) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = AlertStore::open(&folder.path().join("alerts.db")).expect("a database");
    (folder, store)
}

fn time(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_650_000_000 + second, 0).expect("a time")
}

fn subscribe(store: &AlertStore, url: &str) -> SubscriptionSecret {
    let new = NewSubscription {
        watch: "maker/eth-b/1".to_owned(),
        url: url.to_owned(),
        rules: vec![NewRule::new(Measure::OneDay, 0.05)],
        secret: None,
    };
    let valid = new.validate(&EgressPolicy::default()).expect("it is valid");
    store.subscribe(&valid, time(0)).expect("it is stored")
}

fn watch_change(subscription: &str, id: &str) -> WatchChange {
    let message = Message {
        id: id.to_owned(),
        subscription: subscription.to_owned(),
        account: "maker/eth-b/1".to_owned(),
        kind: "position.at_risk",
        text: "It is at risk.".to_owned(),
        body: "{}".to_owned(),
        as_of_s: time(0).timestamp(),
    };
    let watch =
        Watch { at_risk: true, episode: 1, messages: 1, warned_s: Some(7), changed_s: Some(7) };
    WatchChange { rule_index: 0, watch, message }
}

fn answered_with(status: u16) -> EndpointReply {
    EndpointReply::Answered { status, retry_after: None }
}

fn due_ids(store: &AlertStore, second: i64) -> Vec<String> {
    store.due_messages(time(second)).expect("it reads").into_iter().map(|due| due.id).collect()
}

#[test]
fn stored_data_survives_reopening() {
    let (folder, store) = store();
    let created = subscribe(&store, "https://example.com/");
    let id = &created.subscription.id;
    assert_eq!(
        store.commit_changes(&[watch_change(id, "msg_1")], time(1)).expect("it is written"),
        1
    );
    let again = AlertStore::open(&folder.path().join("alerts.db")).expect("it opens");
    let subscriptions = again.subscriptions().expect("it reads");
    assert_eq!(subscriptions, std::slice::from_ref(&created.subscription));
    assert_eq!(again.secrets(id).expect("it reads")[0].reveal(), created.secret);
    let key = (id.clone(), 0, "maker/eth-b/1".to_owned());
    assert_eq!(again.watches().expect("it reads")[&key], watch_change(id, "").watch);
    assert_eq!(again.recent(9).expect("it reads")[0].status, DeliveryStatus::Pending);
}

#[test]
fn duplicate_message_is_stored_once() {
    let (_folder, store) = store();
    let id = subscribe(&store, "https://example.com/").subscription.id;
    let twice = [watch_change(&id, "msg_1"), watch_change(&id, "msg_1")];
    assert_eq!(store.commit_changes(&twice, time(1)).expect("it is written"), 1);
    assert_eq!(store.commit_changes(&twice, time(2)).expect("it is written"), 0);
    assert_eq!(store.recent(9).expect("it reads").len(), 1);
}

#[test]
fn failed_transaction_writes_nothing() {
    let (_folder, store) = store();
    let id = subscribe(&store, "https://example.com/").subscription.id;
    let failed = store.in_transaction(|transaction| {
        transaction
            .execute("INSERT INTO watches VALUES (?, 0, 'a', 1, 1, 1, NULL, NULL)", [&id])?;
        transaction.execute("INSERT INTO outbox (id) VALUES ('msg_1')", [])?;
        Ok(())
    });
    assert!(matches!(failed, Err(AlertError::Database(_))));
    assert!(store.watches().expect("it reads").is_empty());
    assert!(store.recent(9).expect("it reads").is_empty());
}

#[test]
fn endpoint_receives_messages_in_order_despite_failures() {
    let (_folder, store) = store();
    let [a, b] = ["https://a.example/", "https://b.example/"].map(|url| subscribe(&store, url));
    let (a, b) = (a.subscription.id, b.subscription.id);
    let changes = [watch_change(&a, "a1"), watch_change(&a, "a2"), watch_change(&b, "b1")];
    store.commit_changes(&changes, time(0)).expect("it is written");
    assert_eq!(due_ids(&store, 0), ["a1", "b1"]);
    let record = |id: &str, status: u16, second: i64| {
        store
            .record_attempt(id, &answered_with(status), &RetrySchedule::default(), time(second))
            .expect("recorded")
    };
    assert_eq!(record("a1", 500, 0), DeliveryStatus::Pending);
    // The second waits for the first, which waits for its time.
    assert_eq!(due_ids(&store, 1), ["b1"]);
    assert_eq!(record("b1", 204, 1), DeliveryStatus::Delivered);
    assert!(due_ids(&store, 4).is_empty());
    assert!(store.next_due_at().expect("it reads") <= Some(time(6)));
    assert_eq!(due_ids(&store, 6), ["a1"]);
    assert_eq!(record("a1", 200, 6), DeliveryStatus::Delivered);
    assert_eq!(due_ids(&store, 6), ["a2"]);
    let ledger = store.recent(9).expect("it reads");
    let first = ledger.iter().find(|sent| sent.id == "a1").expect("it is stored");
    assert_eq!((first.attempts, first.last_status, &first.last_error), (2, Some(200), &None));
    assert_eq!((first.delivered_at, first.next_at), (Some(time(6)), None));
}

#[test]
fn exhausted_message_is_failed_and_the_next_proceeds() {
    let (_folder, store) = store();
    let id = subscribe(&store, "https://example.com/").subscription.id;
    store
        .commit_changes(&[watch_change(&id, "1"), watch_change(&id, "2")], time(0))
        .expect("it is written");
    let schedule: RetrySchedule = "0s,1s,2s".parse().expect("a schedule");
    let reply = EndpointReply::Unreachable { cause: "connection refused".to_owned() };
    let statuses = [0, 2, 5].map(|second| {
        assert_eq!(due_ids(&store, second), ["1"]);
        store.record_attempt("1", &reply, &schedule, time(second)).expect("it is recorded")
    });
    assert_eq!(
        statuses,
        [DeliveryStatus::Pending, DeliveryStatus::Pending, DeliveryStatus::Failed]
    );
    assert_eq!(due_ids(&store, 5), ["2"]);
    let ledger = store.recent(9).expect("it reads");
    assert_eq!((ledger[1].status, ledger[1].attempts), (DeliveryStatus::Failed, 3));
    assert_eq!(ledger[1].last_error.as_deref(), Some("connection refused"));
    // The endpoint was unreachable while the second message waited: it is tried once.
    assert_eq!(
        store.record_attempt("2", &reply, &schedule, time(9)).expect("recorded"),
        DeliveryStatus::Failed
    );
}

#[test]
fn gone_endpoint_disables_its_subscription() {
    let (_folder, store) = store();
    let id = subscribe(&store, "https://example.com/").subscription.id;
    store
        .commit_changes(&[watch_change(&id, "1"), watch_change(&id, "2")], time(0))
        .expect("it is written");
    let status = store.record_attempt("1", &answered_with(410), &RetrySchedule::default(), time(0));
    assert_eq!(status.expect("it is recorded"), DeliveryStatus::Failed);
    let disabled = store.subscription(&id).expect("it exists").disabled.expect("it is disabled");
    assert!(disabled.contains("410"), "{disabled}");
    assert_eq!(store.recent(1).expect("it reads")[0].status, DeliveryStatus::Dropped);
    assert_eq!(store.commit_changes(&[watch_change(&id, "3")], time(1)).expect("it is written"), 0);
}

#[test]
fn throttled_endpoint_waits_for_retry_after() {
    let (_folder, store) = store();
    let id = subscribe(&store, "https://example.com/").subscription.id;
    store.commit_changes(&[watch_change(&id, "1")], time(0)).expect("it is written");
    let reply =
        EndpointReply::Answered { status: 429, retry_after: Some(Duration::from_secs(900)) };
    store.record_attempt("1", &reply, &RetrySchedule::default(), time(0)).expect("it is recorded");
    assert_eq!(store.next_due_at().expect("it reads"), Some(time(900)));
}

#[test]
fn removed_subscription_drops_pending_and_keeps_history() {
    let (_folder, store) = store();
    let id = subscribe(&store, "https://example.com/").subscription.id;
    store
        .commit_changes(&[watch_change(&id, "1"), watch_change(&id, "2")], time(0))
        .expect("it is written");
    store
        .record_attempt("1", &answered_with(200), &RetrySchedule::default(), time(0))
        .expect("it is recorded");
    store.remove(&id).expect("it is removed");
    assert!(matches!(store.remove(&id), Err(AlertError::UnknownSubscription(_))));
    let statuses: Vec<_> = store.recent(9).expect("it reads").iter().map(|s| s.status).collect();
    assert_eq!(statuses, [DeliveryStatus::Dropped, DeliveryStatus::Delivered]);
    assert!(store.watches().expect("it reads").is_empty());
    assert!(store.secrets(&id).expect("it reads").is_empty());
    assert_eq!(store.commit_changes(&[watch_change(&id, "3")], time(1)).expect("it is written"), 0);
    // An attempt that was in progress is recorded, and not repeated.
    let late = store.record_attempt("2", &answered_with(500), &RetrySchedule::default(), time(1));
    assert_eq!(late.expect("it is recorded"), DeliveryStatus::Failed);
}

#[test]
fn secrets_rotate_without_a_gap() {
    let (_folder, store) = store();
    let first = subscribe(&store, "https://example.com/");
    let id = &first.subscription.id;
    let next = store.rotate_secret(id, &Secret::generate()).expect("it is stored");
    assert_eq!(next.subscription.secrets, 2);
    let stored = |store: &AlertStore| -> Vec<String> {
        store.secrets(id).expect("it reads").iter().map(Secret::reveal).collect()
    };
    assert_eq!(stored(&store), [next.secret.clone(), first.secret]);
    assert_eq!(store.retire_secrets(id).expect("it is stored").secrets, 1);
    assert_eq!(stored(&store), [next.secret]);
    for _ in 0..5 {
        store.rotate_secret(id, &Secret::generate()).expect("it is stored");
    }
    assert_eq!(store.secrets(id).expect("it reads").len(), 3);
}

#[test]
fn one_process_delivers_and_the_file_is_private() {
    let (folder, store) = store();
    let lock = store.acquire_delivery_lock().expect("it is free");
    let other = AlertStore::open(&folder.path().join("alerts.db")).expect("it opens");
    assert!(matches!(other.acquire_delivery_lock(), Err(AlertError::Locked(_))));
    drop(lock);
    assert!(other.acquire_delivery_lock().is_ok());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = std::fs::metadata(folder.path().join("alerts.db")).expect("it exists");
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn newer_schema_is_refused() {
    let (folder, store) = store();
    store.lock().pragma_update(None, "user_version", 99).expect("it is set");
    let refused = AlertStore::open(&folder.path().join("alerts.db"));
    let error = refused.expect_err("it is refused").to_string();
    assert!(error.contains("its schema is 99, and this program supports 1"), "{error}");
}
