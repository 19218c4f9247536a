//! The page as a risk analyst meets it: a real server, seen by a real browser.
//!
//! The browser is Chromium, driven through npm's `playwright-core`. Where one of them is missing the
//! test says `skipped` and passes.

#![allow(clippy::unwrap_used, reason = "what a test leans on may fail it")]

mod browser;
#[path = "../support/npm.rs"]
mod npm;
mod server;

use browser::{PageCapture, capture};
use server::Server;

#[test]
fn page_works_in_a_browser_at_every_width_and_theme() {
    let Some(chromium) = browser::chromium() else { return };
    let server = Server::start();
    let (market, account) = (server.market(), server.riskiest_account());
    let accounts = format!("{market}/accounts");
    let paths = ["/", &accounts, &account, "/nowhere"];
    let seen = capture(&chromium, &server, &paths);
    assert_eq!(seen.len(), 3 * paths.len());
    for seen in &seen {
        assert_page_ok(seen, &server.url);
    }
    let first = |path: &str| seen.iter().find(|seen| seen.path == path).unwrap();
    let page = first("/");
    assert!(page.charts >= 5, "{}", page.charts);
    for text in ["Risk now", "Accounts at risk", " UTC", "is at risk", "threshold"] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    assert!(first(&account).text.contains("price distance"));
    assert!(first("/nowhere").text.contains("No such path"));
}

/// Nothing was complained of, nothing else was asked for, all fits, and WCAG 2.2 AA is met.
fn assert_page_ok(seen: &PageCapture, url: &str) {
    let lost = seen.path == "/nowhere";
    assert_eq!(seen.status, if lost { 404 } else { 200 }, "{seen:?}");
    // Of a page that is not there, Chromium says so.
    let complaints: Vec<_> =
        seen.console.iter().filter(|line| !(lost && line.contains("404"))).collect();
    assert!(complaints.is_empty(), "{complaints:?} at {} {}", seen.path, seen.view);
    let strange: Vec<_> = seen.requests.iter().filter(|asked| !asked.starts_with(url)).collect();
    assert!(strange.is_empty(), "{strange:?}");
    assert!(seen.failed.iter().all(|failed| lost && failed.ends_with("/nowhere")), "{seen:?}");
    assert_eq!((seen.overflow, seen.scripts), (0, 0), "{} {}", seen.path, seen.view);
    assert!(seen.violations.is_empty(), "{:#?} at {} {}", seen.violations, seen.path, seen.view);
    assert!(seen.passes.iter().any(|rule| rule == "color-contrast"), "{:?}", seen.passes);
    assert!(seen.title.ends_with("Plimsoll"), "{}", seen.title);
    if !lost {
        assert_eq!(seen.first_tab, "Skip to the content");
    }
}
