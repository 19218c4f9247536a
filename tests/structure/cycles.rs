//! No file imports itself by way of others.

use std::collections::{BTreeMap, BTreeSet};

use crate::crate_files::CrateFiles;
use crate::imports::ModulePath;

type Graph = BTreeMap<ModulePath, BTreeSet<ModulePath>>;

/// A shortest cycle through the first file that lies on one.
fn find_cycle(graph: &Graph) -> Option<Vec<ModulePath>> {
    graph.keys().find_map(|start| shortest_path_back(graph, start))
}

fn shortest_path_back(graph: &Graph, start: &ModulePath) -> Option<Vec<ModulePath>> {
    let mut reached: BTreeMap<&ModulePath, &ModulePath> = BTreeMap::new();
    let mut frontier = vec![start];
    while !frontier.is_empty() {
        let mut next = Vec::new();
        for file in frontier {
            for target in &graph[file] {
                if target == start {
                    let mut path = vec![start.clone(), file.clone()];
                    while path.last() != Some(start) {
                        path.push(reached[path.last().expect("not empty")].clone());
                    }
                    path.reverse();
                    return Some(path);
                }
                if !reached.contains_key(target) {
                    reached.insert(target, file);
                    next.push(target);
                }
            }
        }
        frontier = next;
    }
    None
}

fn describe(cycle: &[ModulePath]) -> String {
    let name = |module: &ModulePath| format!("crate::{}", module.join("::"));
    cycle.iter().map(name).collect::<Vec<_>>().join(" -> ")
}

#[test]
fn no_crate_has_an_import_cycle_between_its_files() {
    for folder in crate::crates() {
        let cycle = find_cycle(&CrateFiles::read(&folder.join("src")).imports());
        assert_eq!(cycle.as_deref().map(describe), None, "in {}", folder.display());
    }
}

fn module(path: &str) -> ModulePath {
    path.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn cycle_of(sources: &[(&str, &str)]) -> Option<String> {
    let sources = sources.iter().map(|&(path, text)| (module(path), text.to_owned()));
    find_cycle(&CrateFiles::parse(&sources.collect()).imports()).as_deref().map(describe)
}

#[test]
fn two_files_that_import_each_other_are_a_cycle() {
    let sources = [
        ("", "mod a; mod b;"),
        ("a", "use crate::b::B; pub struct A;"),
        ("b", "pub struct B(super::a::A);"),
    ];
    assert_eq!(cycle_of(&sources).as_deref(), Some("crate::a -> crate::b -> crate::a"));
}

#[test]
fn a_reexport_is_followed_to_the_file_that_defines_the_item() {
    let sources = [
        ("", "mod a; mod b; pub use a::A; pub use b::*;"),
        ("a", "use crate::B; pub struct A;"),
        ("b", "use crate::A; pub struct B;"),
    ];
    assert_eq!(cycle_of(&sources).as_deref(), Some("crate::a -> crate::b -> crate::a"));
}

#[test]
fn an_import_within_a_macro_counts() {
    let sources = [
        ("", "mod a; mod b;"),
        ("a", "pub fn a() { format!(\"{}\", crate::b::b()) }"),
        ("b", "pub fn b() { crate::a::a() }"),
    ];
    assert!(cycle_of(&sources).is_some());
}

#[test]
fn a_nested_file_may_import_from_its_parent() {
    let sources = [
        ("", "mod a;"),
        ("a", "mod nested; use nested::N; pub struct A(N);"),
        ("a::nested", "use super::A; pub struct N(Option<Box<A>>); mod tests { use super::*; }"),
    ];
    assert_eq!(cycle_of(&sources), None);
}

#[test]
fn a_cycle_through_a_parent_and_another_folder_is_found() {
    let sources = [
        ("", "mod a; mod b;"),
        ("a", "mod x; pub use x::X; pub struct A;"),
        ("a::x", "use crate::b::y::Y; pub struct X(Y);"),
        ("b", "pub mod y;"),
        ("b::y", "use crate::a::X; pub struct Y(Option<X>);"),
    ];
    assert_eq!(cycle_of(&sources).as_deref(), Some("crate::a::x -> crate::b::y -> crate::a::x"));
}
