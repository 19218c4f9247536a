//! The risk pages of a running server in a real browser.
//!
//! The browser is Chromium, driven through npm's `playwright-core`. If one of them is missing, the
//! test prints `skipped` and passes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

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
    let captures = capture(&chromium, &server, &paths);
    assert_eq!(captures.len(), 3 * paths.len());
    for capture in &captures {
        assert_page_ok(capture, &server.url);
    }
    let first = |path: &str| captures.iter().find(|capture| capture.path == path).unwrap();
    let page = first("/");
    assert!(page.charts >= 5, "{}", page.charts);
    for text in ["Risk now", "Accounts at risk", " UTC", "is at risk", "threshold"] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    assert!(first(&account).text.contains("price distance"));
    assert!(first("/nowhere").text.contains("No such path"));
}

/// No console errors, no external requests, no overflow, and WCAG 2.2 AA satisfied.
fn assert_page_ok(page: &PageCapture, url: &str) {
    let is_missing = page.path == "/nowhere";
    assert_eq!(page.status, if is_missing { 404 } else { 200 }, "{page:?}");
    // Chromium reports a missing page on the console.
    let errors: Vec<_> =
        page.console.iter().filter(|line| !(is_missing && line.contains("404"))).collect();
    assert!(errors.is_empty(), "{errors:?} at {} {}", page.path, page.view);
    let external: Vec<_> =
        page.requests.iter().filter(|request| !request.starts_with(url)).collect();
    assert!(external.is_empty(), "{external:?}");
    assert!(
        page.failed.iter().all(|failed| is_missing && failed.ends_with("/nowhere")),
        "{page:?}"
    );
    assert_eq!((page.overflow, page.scripts), (0, 0), "{} {}", page.path, page.view);
    assert!(page.violations.is_empty(), "{:#?} at {} {}", page.violations, page.path, page.view);
    assert!(page.passes.iter().any(|rule| rule == "color-contrast"), "{:?}", page.passes);
    assert!(page.title.ends_with("Plimsoll"), "{}", page.title);
    if !is_missing {
        assert_eq!(page.first_tab, "Skip to the content");
    }
}
