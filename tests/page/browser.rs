//! A real browser, and what it saw.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::npm;
use crate::server::Server;

/// What the browser saw of one page at one width.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageCapture {
    pub(crate) path: String,
    pub(crate) view: String,
    pub(crate) status: u16,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) console: Vec<String>,
    pub(crate) requests: Vec<String>,
    pub(crate) failed: Vec<String>,
    pub(crate) scripts: usize,
    pub(crate) charts: usize,
    pub(crate) first_tab: String,
    /// By how many pixels the page is wider than the window.
    pub(crate) overflow: i64,
    /// Rules of WCAG that are broken, and where.
    pub(crate) violations: Vec<String>,
    /// Rules that are kept.
    pub(crate) passes: Vec<String>,
}

/// The browser, with what drives it; `None`, and a word about it, where one is missing.
pub(crate) fn chromium() -> Option<String> {
    let named = std::env::var("CHROMIUM").ok();
    let usual = ["chromium", "chromium-browser", "google-chrome"].map(str::to_owned);
    let found = named.into_iter().chain(usual).find_map(|name| find_on_path(&name));
    if found.is_none() {
        println!("skipped: chromium not found");
    }
    found.filter(|_| npm::is_ready(&folder()))
}

/// Opens pages, and leaves a picture of each in the folder `page` of the target's.
pub(crate) fn capture(chromium: &str, server: &Server, paths: &[&str]) -> Vec<PageCapture> {
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    std::fs::create_dir_all(&pictures).expect("a folder");
    let mut node = Command::new("node");
    node.arg("look.mjs").arg(chromium).arg(&server.url).arg(&pictures).args(paths);
    let output = node.current_dir(folder()).output().expect("node runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("what was seen")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page")
}

fn find_on_path(program: &str) -> Option<String> {
    let path = std::env::var_os("PATH")?;
    let all = std::env::split_paths(&path).map(|folder| folder.join(program));
    all.into_iter().find(|file| file.is_file())?.to_str().map(str::to_owned)
}
