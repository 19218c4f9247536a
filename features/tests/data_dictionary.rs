//! The data dictionary says what the schemas say.

use std::fmt::Write;
use std::path::Path;

use plimsoll_features::FEATURES;
use plimsoll_lake::Table;
use plimsoll_lake::tables::TABLES;

const BEGIN: &str =
    "<!-- tables: written by `PLIMSOLL_UPDATE=1 cargo test --test data_dictionary` -->\n";
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
        for feature in FEATURES.iter().flat_map(|group| group.iter()) {
            let _ = writeln!(text, "| `{}` | Float32 | | {} |", feature.name, feature.doc);
        }
    }
    text
}

#[test]
fn the_dictionary_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/README.md");
    let readme = std::fs::read_to_string(&path).expect("data/README.md");
    let (head, tables) = readme.split_once(BEGIN).expect("the marker");
    let expected = dictionary();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, format!("{head}{BEGIN}{expected}")).expect("data/README.md written");
    } else {
        assert!(
            tables == expected,
            "data/README.md is out of date: run {UPDATE}=1 cargo test --test data_dictionary"
        );
    }
}
