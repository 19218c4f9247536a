//! Code and documents use plain technical English: `.ci/words.toml` lists the words they avoid.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

#[derive(Deserialize)]
struct Rules {
    banned: Vec<String>,
    skipped: Vec<PathBuf>,
    #[serde(default)]
    allowed: Vec<Allowed>,
}

/// A word that a file or folder may use.
#[derive(Deserialize)]
struct Allowed {
    path: PathBuf,
    word: String,
    #[serde(rename = "why")]
    _why: String,
}

const EXTENSIONS: [&str; 12] =
    ["rs", "md", "py", "toml", "sh", "mjs", "js", "css", "sol", "ts", "sql", "ipynb"];

/// Words of a line; `camelCase`, `CamelCase` and `snake_case` are split.
fn words(line: &str) -> impl Iterator<Item = String> + '_ {
    line.split(|c: char| !c.is_alphabetic()).flat_map(|run| {
        let mut words = vec![String::new()];
        let mut previous_is_lower = false;
        for c in run.chars() {
            if c.is_uppercase() && previous_is_lower {
                words.push(String::new());
            }
            previous_is_lower = c.is_lowercase();
            words.last_mut().expect("not empty").extend(c.to_lowercase());
        }
        words
    })
}

fn files(folder: &Path, skipped: &[PathBuf], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let relative = path.strip_prefix(crate::root()).expect("in the repository");
        let name = path.file_name().expect("a name").to_string_lossy();
        let is_skipped =
            skipped.iter().any(|skip| relative == skip || name == skip.to_string_lossy());
        if is_skipped {
            continue;
        }
        if path.is_dir() {
            files(&path, skipped, found);
        } else if path.extension().is_some_and(|e| EXTENSIONS.contains(&&*e.to_string_lossy())) {
            found.push(path);
        }
    }
}

#[test]
fn no_file_uses_a_banned_word() {
    let rules = fs::read_to_string(crate::root().join(".ci/words.toml")).expect("the rules");
    let rules: Rules = toml::from_str(&rules).expect("valid rules");
    let banned: BTreeSet<&str> = rules.banned.iter().map(String::as_str).collect();
    let mut all = Vec::new();
    files(crate::root(), &rules.skipped, &mut all);
    assert!(all.len() > 100, "only {} files were found", all.len());
    let mut faults = Vec::new();
    for path in all {
        let relative = path.strip_prefix(crate::root()).expect("in the repository");
        let is_allowed = |word: &str| {
            rules.allowed.iter().any(|a| relative.starts_with(&a.path) && a.word == word)
        };
        let text = fs::read(&path).expect("a readable file");
        for (line, text) in String::from_utf8_lossy(&text).lines().enumerate() {
            for word in words(text).filter(|w| banned.contains(w.as_str()) && !is_allowed(w)) {
                faults.push(format!("{}:{}: {word}", relative.display(), line + 1));
            }
        }
    }
    assert!(faults.is_empty(), "{} banned words:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn identifiers_are_split_into_words() {
    let found: Vec<_> = words("let said_by = WhatWasTold(x2)").filter(|w| !w.is_empty()).collect();
    assert_eq!(found, ["let", "said", "by", "what", "was", "told", "x"]);
}
