//! The data dictionary agrees with the schemas.

use std::fmt::Write;
use std::path::Path;

use plimsoll_features::{Availability, FEATURE_GROUPS, FeatureGroup};
use plimsoll_lake::Table;
use plimsoll_lake::tables::TABLES;

const BEGIN: &str = "<!-- tables: written by `PLIMSOLL_UPDATE=1 cargo test -p plimsoll-features --test data_dictionary` -->\n";
const FEATURES_HEAD: &str = "
### Features

Columns of `observations`, all `Float32`. All are known in real time: *at once*, from data
published until the landmark, or *hourly*, at the last whole hour. Units: `ln` is
a logarithm of a ratio, `share` a fraction from 0 to 1. NaN occurs only where the meaning mentions it, or
where prices are not known for the length of a window.

| column | unit | meaning | group | sources | known |
|---|---|---|---|---|---|
";
const UPDATE: &str = "PLIMSOLL_UPDATE";

fn dictionary() -> String {
    TABLES.iter().fold(String::new(), |text, table| text + &section(table))
}

fn section(table: &Table) -> String {
    let list =
        |names: &[&str]| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    let (unit, column) = table.ranged_by;
    let mut text = format!("\n## `{}`\n\n{}\n\n", table.name, table.doc.trim());
    let partition = list(table.partitioned_by);
    let _ = writeln!(
        text,
        "Partitioned by {partition}; unique by {}; sorted by {}; files by {unit:?} of `{column}`.\n",
        list(table.keyed_by),
        list(table.sorted_by)
    );
    text += "| column | type | null | meaning |\n|---|---|---|---|\n";
    for c in (table.columns)() {
        let null = if c.nullable { "yes" } else { "" };
        let _ = writeln!(text, "| `{}` | {} | {null} | {} |", c.name, c.data_type, c.doc.trim());
    }
    if table.name == "observations" {
        text += FEATURES_HEAD;
        FEATURE_GROUPS.iter().for_each(|group| features(&mut text, group));
    }
    text
}

fn features(text: &mut String, group: &FeatureGroup) {
    let FeatureGroup { name: about, sources, .. } = group;
    let availability = match group.availability {
        Availability::RealTime => "at once",
        Availability::Hourly => "hourly",
    };
    for feature in group.features {
        let (name, unit, doc) = (feature.name, feature.unit, feature.doc);
        let _ =
            writeln!(text, "| `{name}` | {unit} | {doc} | {about} | {sources} | {availability} |");
    }
}

#[test]
fn the_data_dictionary_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/README.md");
    let readme = std::fs::read_to_string(&path).expect("data/README.md");
    let (head, tables) = readme.split_once(BEGIN).expect("the marker");
    let expected = dictionary();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, format!("{head}{BEGIN}{expected}")).expect("data/README.md written");
    } else {
        assert!(
            tables == expected,
            "data/README.md is out of date: run {UPDATE}=1 cargo test -p plimsoll-features --test data_dictionary"
        );
    }
}
