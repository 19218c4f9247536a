//! Warnings to the owners at risk, delivered to an endpoint of the demonstration's own.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use axum::http::StatusCode;
use axum::routing::post;
use chrono::Utc;
use plimsoll_lake::Store;
use plimsoll_model::Model;
use plimsoll_serve::{
    AlertError, AlertOptions, Alerts, Egress, Measure, NewRule, NewSubscription, SentAlert,
    SentStatus, ServeState,
};
use tokio::net::TcpListener;

use crate::serve::snapshots;

/// Warn at this probability of liquidation within a week, until it has halved.
pub(super) const FIRE: f64 = 0.03;
/// The endpoint's host, which may be sent to without https.
pub(super) const HOST: &str = "127.0.0.1";
/// Most messages that are waited for, and how long.
const MOST: usize = 100;
const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What owners were told, the newest first; they are told once, however often this runs.
pub(super) fn warn(
    file: &Path,
    store: &Store,
    model: Model,
    accounts: &[&str],
) -> anyhow::Result<Vec<SentAlert>> {
    let egress = Egress { plain_hosts: vec![HOST.to_owned()], ..Egress::default() };
    let options =
        AlertOptions { file: file.to_owned(), egress: egress.clone(), ..AlertOptions::default() };
    let alerts = Alerts::open(options)?;
    let state = ServeState::new(snapshots(store)?, model)?;
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
        // It blocks, and nothing else runs yet.
        tokio::task::block_in_place(|| alerts.evaluate(&state))?;
        let courier = tokio::spawn(alerts.clone().deliver());
        let sent = delivered(&alerts).await?;
        alerts.stop();
        courier.await?;
        Ok(sent)
    })
}

fn subscribe(alerts: &Alerts, account: &str, url: String, egress: &Egress) -> anyhow::Result<()> {
    let rule = NewRule {
        measure: Measure::SevenDays,
        fire: FIRE,
        clear: None,
        cool_down_hours: None,
        remind_hours: None,
    };
    let asked = NewSubscription { watch: account.to_owned(), url, rules: vec![rule], secret: None };
    let checked = asked.check(egress).map_err(AlertError::Refused)?;
    alerts.store().subscribe(&checked, Utc::now())?;
    Ok(())
}

/// Waits until nothing is pending.
async fn delivered(alerts: &Alerts) -> anyhow::Result<Vec<SentAlert>> {
    let waiting = async {
        loop {
            let sent = tokio::task::block_in_place(|| alerts.recent(MOST))?;
            if sent.iter().all(|sent| sent.status != SentStatus::Pending) {
                return anyhow::Ok(sent);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    let patience = || format!("warnings were not delivered within {} s", PATIENCE.as_secs());
    tokio::time::timeout(PATIENCE, waiting).await.with_context(patience)?
}
