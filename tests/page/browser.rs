//! A headless browser and its observations.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::npm;
use crate::server::Server;

/// The state of one page in one viewport.
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
    /// Pixels by which the page is wider than the viewport.
    pub(crate) overflow: i64,
    /// Violated WCAG rules, and where.
    pub(crate) violations: Vec<String>,
    /// Satisfied rules.
    pub(crate) passes: Vec<String>,
}

/// The path of Chromium; `None`, with a note on stdout, if it or its driver is missing.
pub(crate) fn chromium() -> Option<String> {
    let named = std::env::var("CHROMIUM").ok();
    let usual = ["chromium", "chromium-browser", "google-chrome"].map(str::to_owned);
    let found = named.into_iter().chain(usual).find_map(|name| find_on_path(&name));
    if found.is_none() {
        println!("skipped: chromium not found");
    }
    found.filter(|_| npm::is_ready(&folder()))
}

/// Opens pages, and writes a screenshot of each to the folder `page` in the target folder.
pub(crate) fn capture(chromium: &str, server: &Server, paths: &[&str]) -> Vec<PageCapture> {
    let screenshots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    std::fs::create_dir_all(&screenshots).expect("a folder");
    let mut node = Command::new("node");
    node.arg("look.mjs").arg(chromium).arg(&server.url).arg(&screenshots).args(paths);
    let output = node.current_dir(folder()).output().expect("node runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("page captures")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page")
}

fn find_on_path(program: &str) -> Option<String> {
    let path = std::env::var_os("PATH")?;
    let all = std::env::split_paths(&path).map(|folder| folder.join(program));
    all.into_iter().find(|file| file.is_file())?.to_str().map(str::to_owned)
}
