//! Warnings to the owners at risk, delivered to a local endpoint of the demonstration.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use axum::http::StatusCode;
use axum::routing::post;
use chrono::Utc;
use plimsoll_lake::Store;
use plimsoll_model::Model;
use plimsoll_serve::{
    AlertError, AlertOptions, AlertService, DeliveryStatus, EgressPolicy, Measure, NewRule,
    NewSubscription, SentAlert, ServerSnapshot,
};
use tokio::net::TcpListener;

use crate::serve::read_snapshots;

/// Warn at this probability of liquidation within a week, until it has halved.
pub(super) const FIRE_PROBABILITY: f64 = 0.03;
/// The endpoint's host, which may be sent to without https.
pub(super) const HOST: &str = "127.0.0.1";
/// Maximum number of messages to wait for, and the timeout.
const MAX_MESSAGES: usize = 100;
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Sends warnings to owners once, however often this runs; returns the messages, the newest first.
pub(super) fn send_warnings(
    file: &Path,
    store: &Store,
    model: Model,
    accounts: &[&str],
) -> anyhow::Result<Vec<SentAlert>> {
    let egress =
        EgressPolicy { plain_http_hosts: vec![HOST.to_owned()], ..EgressPolicy::default() };
    let options =
        AlertOptions { file: file.to_owned(), egress: egress.clone(), ..AlertOptions::default() };
    let alerts = AlertService::open(options)?;
    let state = ServerSnapshot::new(read_snapshots(store, &[])?.0, model)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((HOST, 0)).await.context("no port is free")?;
        let url = format!("http://{}/", listener.local_addr()?);
        let endpoint = axum::Router::new().route("/", post(|| async { StatusCode::NO_CONTENT }));
        tokio::spawn(async { axum::serve(listener, endpoint).await });
        if alerts.store().subscriptions()?.is_empty() {
            accounts
                .iter()
                .try_for_each(|account| subscribe(&alerts, account, url.clone(), &egress))?;
        }
        // Blocking is allowed: nothing else runs yet.
        tokio::task::block_in_place(|| alerts.evaluate(&state))?;
        let delivery = tokio::spawn(alerts.clone().deliver());
        let sent = wait_for_delivery(&alerts).await?;
        alerts.stop();
        delivery.await?;
        Ok(sent)
    })
}

fn subscribe(
    alerts: &AlertService,
    account: &str,
    url: String,
    egress: &EgressPolicy,
) -> anyhow::Result<()> {
    let rule = NewRule {
        measure: Measure::SevenDays,
        fire: FIRE_PROBABILITY,
        clear: None,
        cool_down_hours: None,
        remind_hours: None,
    };
    let request =
        NewSubscription { watch: account.to_owned(), url, rules: vec![rule], secret: None };
    let validated = request.validate(egress).map_err(AlertError::InvalidRequest)?;
    alerts.store().subscribe(&validated, Utc::now())?;
    Ok(())
}

/// Waits until nothing is pending.
async fn wait_for_delivery(alerts: &AlertService) -> anyhow::Result<Vec<SentAlert>> {
    let waiting = async {
        loop {
            let sent = tokio::task::block_in_place(|| alerts.recent(MAX_MESSAGES))?;
            if sent.iter().all(|sent| sent.status != DeliveryStatus::Pending) {
                return anyhow::Ok(sent);
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    };
    let timed_out =
        || format!("warnings were not delivered within {} s", DELIVERY_TIMEOUT.as_secs());
    tokio::time::timeout(DELIVERY_TIMEOUT, waiting).await.with_context(timed_out)?
}
