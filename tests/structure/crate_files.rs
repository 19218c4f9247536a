//! The files of one crate as modules, and where the names that they import are defined.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::imports::{Imports, ModulePath, read_imports};

/// A crate's modules; an inline module belongs to its file.
pub(crate) struct CrateFiles {
    modules: BTreeMap<ModulePath, Imports>,
}

impl CrateFiles {
    /// Reads every file under a crate's `src`.
    pub(crate) fn read(src: &Path) -> Self {
        let mut sources = BTreeMap::new();
        collect(src, &mut Vec::new(), &mut sources);
        Self::parse(&sources)
    }

    /// Parses sources by module path; the root's path is empty.
    pub(crate) fn parse(sources: &BTreeMap<ModulePath, String>) -> Self {
        let paths: BTreeSet<ModulePath> = sources.keys().cloned().collect();
        let modules = sources
            .iter()
            .map(|(path, source)| (path.clone(), read_imports(path, source, &paths)))
            .collect();
        Self { modules }
    }

    /// Files that no `mod` declares, so that they are never compiled.
    pub(crate) fn undeclared(&self) -> Vec<String> {
        let is_declared = |path: &ModulePath| match path.split_last() {
            Some((name, parent)) => {
                self.modules.get(parent).is_some_and(|parent| parent.declared.contains(name))
            }
            None => true,
        };
        let undeclared = self.modules.keys().filter(|path| !is_declared(path));
        undeclared.map(|path| path.join("::")).collect()
    }

    /// For each file the files whose items it imports, re-exports followed to the definition.
    ///
    /// A file may import from the files it is nested in, so these imports are left out; an import
    /// of a nested file counts.
    pub(crate) fn imports(&self) -> BTreeMap<ModulePath, BTreeSet<ModulePath>> {
        let targets = |path: &ModulePath, imports: &Imports| {
            let files = imports.paths.iter().filter_map(|import| self.defining_file(import, 0));
            files.filter(|file| !path.starts_with(file)).collect()
        };
        self.modules.iter().map(|(path, imports)| (path.clone(), targets(path, imports))).collect()
    }

    /// The file that defines the item at an absolute path; `None` outside the crate.
    fn defining_file(&self, path: &[String], depth: usize) -> Option<ModulePath> {
        const MAX_DEPTH: usize = 16;
        let length = (0..=path.len()).rev().find(|&n| self.modules.contains_key(&path[..n]))?;
        let (module, rest) = path.split_at(length);
        let imports = &self.modules[module];
        let Some((name, rest)) = rest.split_first() else { return Some(module.to_vec()) };
        if imports.defined.contains(name) || depth == MAX_DEPTH {
            return Some(module.to_vec());
        }
        if let Some(target) = imports.names.get(name) {
            let target = [target, rest].concat();
            if target != path {
                return self.defining_file(&target, depth + 1);
            }
        }
        let through_glob = imports.globs.iter().find_map(|glob| {
            let file = self.defining_file(
                &[glob.as_slice(), std::slice::from_ref(name)].concat(),
                depth + 1,
            )?;
            self.modules[&file].defined.contains(name).then_some(file)
        });
        Some(through_glob.unwrap_or_else(|| module.to_vec()))
    }
}

fn collect(folder: &Path, path: &mut ModulePath, sources: &mut BTreeMap<ModulePath, String>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let file = entry.expect("a readable entry").path();
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        if file.is_dir() {
            path.push(name);
            collect(&file, path, sources);
            path.pop();
        } else if file.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&file).expect("a readable file");
            let is_root = path.is_empty() && (name == "lib" || name == "main");
            let module = if is_root { Vec::new() } else { [path.as_slice(), &[name]].concat() };
            sources.insert(module, source);
        }
    }
}
