//! Crates depend on crates of lower layers only.

use std::collections::BTreeSet;

/// From the ground up; a crate may depend on those before its own line.
const LAYERS: [&[&str]; 8] = [
    &["numerics", "metrics", "rpc"],
    &["lending", "trees", "tabm"],
    &["lake", "survival"],
    &["ingest", "simulator", "features"],
    &["model"],
    &["govern", "report"],
    &["serve"],
    &["plimsoll"],
];

#[test]
fn every_crate_depends_on_lower_layers_only() {
    let mut listed = BTreeSet::new();
    for folder in crate::crates() {
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest");
        let manifest: toml::Table = toml::from_str(&manifest).expect("a valid manifest");
        let name = manifest["package"]["name"].as_str().expect("a name");
        let name = name.strip_prefix("plimsoll-").unwrap_or(name).to_owned();
        let layer = layer(&name);
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        for dependency in dependencies.into_iter().flat_map(toml::Table::keys) {
            if let Some(dependency) = dependency.strip_prefix("plimsoll-") {
                assert!(self::layer(dependency) < layer, "{name} depends on {dependency}");
            }
        }
        listed.insert(name);
    }
    let known: BTreeSet<String> = LAYERS.concat().into_iter().map(str::to_owned).collect();
    assert_eq!(listed, known, "LAYERS lists the crates of the workspace");
}

fn layer(name: &str) -> usize {
    let layer = LAYERS.iter().position(|crates| crates.contains(&name));
    layer.unwrap_or_else(|| panic!("{name} has no layer"))
}
