//! Solidity, compiled by npm's compiler against the real contracts' sources.

use std::io::Write;
use std::process::{Command, Stdio};

use alloy_primitives::Bytes;
use serde_json::{Value, json};

use super::devnet::devnet_sources;

/// The compiler of Aave 3.6.
const COMPILER: &str = "solc-0.8.27";

/// The folder of the real config engine's sources.
const ENGINE: &str = "@aave-dao/aave-v3-origin/src/contracts/extensions/v3-config-engine";

/// The compiler's output.
pub(crate) struct Compiled(Value);

/// Compiles some sources, by name; what they import of `aave-v3-origin` are the real files, and
/// other imports must be among the sources.
///
/// # Panics
/// With the compiler's first error.
pub(crate) fn compile(sources: &[(&str, &str)]) -> Compiled {
    let content = |(name, text): &(&str, &str)| ((*name).to_owned(), json!({ "content": text }));
    let sources: serde_json::Map<String, Value> = sources.iter().map(content).collect();
    let input = json!({
        "language": "Solidity",
        "sources": sources,
        "settings": {
            "optimizer": { "enabled": true, "runs": 200 },
            "evmVersion": "shanghai",
            "remappings": [
                "aave-v3-origin/contracts/=@aave-dao/aave-v3-origin/src/contracts/",
                "openzeppelin-contracts/contracts/=openzeppelin-contracts/",
            ],
            "outputSelection": { "*": { "*": ["evm.bytecode.object"] } },
        },
    });
    let output = run(&input.to_string());
    let errors = output["errors"].as_array().into_iter().flatten();
    if let Some(error) = errors.into_iter().find(|error| error["severity"] == "error") {
        panic!("{}", error["formattedMessage"].as_str().unwrap_or_default());
    }
    Compiled(output)
}

impl Compiled {
    /// A contract of one of the sources.
    pub(crate) fn code(&self, file: &str, contract: &str) -> Bytes {
        let code = &self.0["contracts"][file][contract]["evm"]["bytecode"]["object"];
        let code = code.as_str().unwrap_or_else(|| panic!("no {contract} in {file}"));
        code.parse().expect("code without a library to be linked")
    }

    /// A contract of the real config engine.
    pub(crate) fn engine(&self, file: &str, contract: &str) -> Bytes {
        self.code(&format!("{ENGINE}/{file}.sol"), contract)
    }
}

fn run(input: &str) -> Value {
    let folder = devnet_sources();
    let mut compiler = Command::new("node")
        .arg(folder.join("lib/solc.mjs"))
        .arg(COMPILER)
        .arg(folder.join("node_modules"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let mut stdin = compiler.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = compiler.wait_with_output().expect("it ends");
    serde_json::from_slice(&output.stdout).expect("standard JSON")
}
