use std::time::Duration;

use super::super::egress::Egress;
use super::super::measure::Measure;
use super::super::message::Message;
use super::super::reply::Reply;
use super::super::rule::NewRule;
use super::super::schedule::Schedule;
use super::super::secret::Secret;
use super::super::sent::SentStatus;
use super::super::subscription::{NewSubscription, SubscriptionSecret};
use super::super::watch::Watch;
use super::*;

fn store() -> (tempfile::TempDir, AlertStore) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = AlertStore::open(&folder.path().join("alerts.db")).expect("a database");
    (folder, store)
}

fn time(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_650_000_000 + second, 0).expect("a time")
}

fn subscribe(store: &AlertStore, url: &str) -> SubscriptionSecret {
    let asked = NewSubscription {
        watch: "maker/eth-b/1".to_owned(),
        url: url.to_owned(),
        rules: vec![NewRule::new(Measure::OneDay, 0.05)],
        secret: None,
    };
    let checked = asked.check(&Egress::default()).expect("it is sound");
    store.subscribe(&checked, time(0)).expect("it is kept")
}

fn change(subscription: &str, id: &str) -> Change {
    let message = Message {
        id: id.to_owned(),
        subscription: subscription.to_owned(),
        account: "maker/eth-b/1".to_owned(),
        kind: "position.at_risk",
        text: "It is at risk.".to_owned(),
        body: "{}".to_owned(),
        as_of_s: time(0).timestamp(),
    };
    let watch = Watch { at_risk: true, episode: 1, told: 1, warned_s: Some(7), changed_s: Some(7) };
    Change { rule: 0, watch, message }
}

fn answered(status: u16) -> Reply {
    Reply::Answered { status, retry_after: None }
}

fn due(store: &AlertStore, second: i64) -> Vec<String> {
    store.due(time(second)).expect("it reads").into_iter().map(|due| due.id).collect()
}

#[test]
fn what_is_kept_is_there_when_the_file_is_opened_again() {
    let (folder, store) = store();
    let made = subscribe(&store, "https://example.com/");
    let id = &made.subscription.id;
    assert_eq!(store.commit(&[change(id, "msg_1")], time(1)).expect("it is written"), 1);
    let again = AlertStore::open(&folder.path().join("alerts.db")).expect("it opens");
    let subscriptions = again.subscriptions().expect("it reads");
    assert_eq!(subscriptions, std::slice::from_ref(&made.subscription));
    assert_eq!(again.secrets(id).expect("it reads")[0].reveal(), made.secret);
    let key = (id.clone(), 0, "maker/eth-b/1".to_owned());
    assert_eq!(again.watches().expect("it reads")[&key], change(id, "").watch);
    assert_eq!(again.recent(9).expect("it reads")[0].status, SentStatus::Pending);
}

#[test]
fn a_message_made_twice_is_kept_once() {
    let (_folder, store) = store();
    let id = subscribe(&store, "https://example.com/").subscription.id;
    let twice = [change(&id, "msg_1"), change(&id, "msg_1")];
    assert_eq!(store.commit(&twice, time(1)).expect("it is written"), 1);
    assert_eq!(store.commit(&twice, time(2)).expect("it is written"), 0);
    assert_eq!(store.recent(9).expect("it reads").len(), 1);
}

#[test]
fn a_failed_transaction_leaves_neither_message_nor_watch() {
    let (_folder, store) = store();
    let id = subscribe(&store, "https://example.com/").subscription.id;
    let failed = store.write(|transaction| {
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
fn an_endpoint_gets_its_messages_in_order_whatever_fails() {
    let (_folder, store) = store();
    let [a, b] = ["https://a.example/", "https://b.example/"].map(|url| subscribe(&store, url));
    let (a, b) = (a.subscription.id, b.subscription.id);
    let changes = [change(&a, "a1"), change(&a, "a2"), change(&b, "b1")];
    store.commit(&changes, time(0)).expect("it is written");
    assert_eq!(due(&store, 0), ["a1", "b1"]);
    let record = |id: &str, status: u16, second: i64| {
        store.record(id, &answered(status), &Schedule::default(), time(second)).expect("kept")
    };
    assert_eq!(record("a1", 500, 0), SentStatus::Pending);
    // The second waits for the first, which waits for its time.
    assert_eq!(due(&store, 1), ["b1"]);
    assert_eq!(record("b1", 204, 1), SentStatus::Delivered);
    assert!(due(&store, 4).is_empty());
    assert!(store.next_due().expect("it reads") <= Some(time(6)));
    assert_eq!(due(&store, 6), ["a1"]);
    assert_eq!(record("a1", 200, 6), SentStatus::Delivered);
    assert_eq!(due(&store, 6), ["a2"]);
    let ledger = store.recent(9).expect("it reads");
    let first = ledger.iter().find(|sent| sent.id == "a1").expect("it is kept");
    assert_eq!((first.attempts, first.last_status, &first.last_error), (2, Some(200), &None));
    assert_eq!((first.delivered_at, first.next_at), (Some(time(6)), None));
}

#[test]
fn what_fails_to_the_end_is_kept_and_shown_and_the_next_goes_on() {
    let (_folder, store) = store();
    let id = subscribe(&store, "https://example.com/").subscription.id;
    store.commit(&[change(&id, "1"), change(&id, "2")], time(0)).expect("it is written");
    let schedule: Schedule = "0s,1s,2s".parse().expect("a schedule");
    let reply = Reply::Unreachable { cause: "connection refused".to_owned() };
    let statuses = [0, 2, 5].map(|second| {
        assert_eq!(due(&store, second), ["1"]);
        store.record("1", &reply, &schedule, time(second)).expect("it is kept")
    });
    assert_eq!(statuses, [SentStatus::Pending, SentStatus::Pending, SentStatus::Failed]);
    assert_eq!(due(&store, 5), ["2"]);
    let ledger = store.recent(9).expect("it reads");
    assert_eq!((ledger[1].status, ledger[1].attempts), (SentStatus::Failed, 3));
    assert_eq!(ledger[1].last_error.as_deref(), Some("connection refused"));
    // The endpoint was gone all the while that the second waited: it is tried once.
    assert_eq!(store.record("2", &reply, &schedule, time(9)).expect("kept"), SentStatus::Failed);
}

#[test]
fn an_endpoint_that_wants_no_more_gets_no_more() {
    let (_folder, store) = store();
    let id = subscribe(&store, "https://example.com/").subscription.id;
    store.commit(&[change(&id, "1"), change(&id, "2")], time(0)).expect("it is written");
    let status = store.record("1", &answered(410), &Schedule::default(), time(0));
    assert_eq!(status.expect("it is kept"), SentStatus::Failed);
    let disabled = store.subscription(&id).expect("it is there").disabled.expect("it is disabled");
    assert!(disabled.contains("410"), "{disabled}");
    assert_eq!(store.recent(1).expect("it reads")[0].status, SentStatus::Dropped);
    assert_eq!(store.commit(&[change(&id, "3")], time(1)).expect("it is written"), 0);
}

#[test]
fn a_throttled_endpoint_rests_for_as_long_as_it_asks() {
    let (_folder, store) = store();
    let id = subscribe(&store, "https://example.com/").subscription.id;
    store.commit(&[change(&id, "1")], time(0)).expect("it is written");
    let reply = Reply::Answered { status: 429, retry_after: Some(Duration::from_secs(900)) };
    store.record("1", &reply, &Schedule::default(), time(0)).expect("it is kept");
    assert_eq!(store.next_due().expect("it reads"), Some(time(900)));
}

#[test]
fn a_removed_subscription_says_nothing_more_and_what_it_said_stays() {
    let (_folder, store) = store();
    let id = subscribe(&store, "https://example.com/").subscription.id;
    store.commit(&[change(&id, "1"), change(&id, "2")], time(0)).expect("it is written");
    store.record("1", &answered(200), &Schedule::default(), time(0)).expect("it is kept");
    store.remove(&id).expect("it is removed");
    assert!(matches!(store.remove(&id), Err(AlertError::UnknownSubscription(_))));
    let statuses: Vec<_> = store.recent(9).expect("it reads").iter().map(|s| s.status).collect();
    assert_eq!(statuses, [SentStatus::Dropped, SentStatus::Delivered]);
    assert!(store.watches().expect("it reads").is_empty());
    assert!(store.secrets(&id).expect("it reads").is_empty());
    assert_eq!(store.commit(&[change(&id, "3")], time(1)).expect("it is written"), 0);
    // An attempt that was under way is written down, and not repeated.
    let late = store.record("2", &answered(500), &Schedule::default(), time(1));
    assert_eq!(late.expect("it is kept"), SentStatus::Failed);
}

#[test]
fn secrets_change_without_a_gap() {
    let (_folder, store) = store();
    let first = subscribe(&store, "https://example.com/");
    let id = &first.subscription.id;
    let next = store.rotate(id, &Secret::generate()).expect("it is kept");
    assert_eq!(next.subscription.secrets, 2);
    let told = |store: &AlertStore| -> Vec<String> {
        store.secrets(id).expect("it reads").iter().map(Secret::reveal).collect()
    };
    assert_eq!(told(&store), [next.secret.clone(), first.secret]);
    assert_eq!(store.retire_secrets(id).expect("it is kept").secrets, 1);
    assert_eq!(told(&store), [next.secret]);
    for _ in 0..5 {
        store.rotate(id, &Secret::generate()).expect("it is kept");
    }
    assert_eq!(store.secrets(id).expect("it reads").len(), 3);
}

#[test]
fn one_process_delivers_and_the_database_is_its_owners() {
    let (folder, store) = store();
    let held = store.take().expect("it is free");
    let other = AlertStore::open(&folder.path().join("alerts.db")).expect("it opens");
    assert!(matches!(other.take(), Err(AlertError::Taken(_))));
    drop(held);
    assert!(other.take().is_ok());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = std::fs::metadata(folder.path().join("alerts.db")).expect("it is there");
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_file_of_a_later_version_is_refused() {
    let (folder, store) = store();
    store.lock().pragma_update(None, "user_version", 99).expect("it is set");
    let refused = AlertStore::open(&folder.path().join("alerts.db"));
    let told = refused.expect_err("it is refused").to_string();
    assert!(told.contains("its schema is 99, and this program knows 1"), "{told}");
}
