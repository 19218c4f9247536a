//! Tokens that are renamed, delisted, hostile or namesakes of others change no row, and a market that
//! cannot be valued stops no other.

use std::path::Path;

use alloy_primitives::{Address, B256, U256, hex, keccak256};
use alloy_sol_types::sol;
use plimsoll_lake::Store;
use plimsoll_lake::tables::{BalanceChange, MarketAsset, ReserveParameter};
use serde_json::{Value, json};

use crate::support::cli::{ingest, run};
use crate::support::devnet::Devnet;
use crate::support::strangers::{Stranger, Strangers};

sol! {
    contract Listed {
        function getReservesList() external view returns (address[] memory);
    }
}

/// An address without a contract.
const EMPTY: Address = Address::with_last_byte(0xaa);
/// Below any address of a deployed contract.
const LOW: Address = Address::with_last_byte(0xbb);
/// `PoolStorage._reservesList`, after the 52 slots of `VersionedInitializable` and two mappings.
const RESERVES_LIST_SLOT: u64 = 54;

/// The labels and addresses of a market's assets.
fn assets(lake: &Path, market: &str) -> Vec<(String, String)> {
    let mut rows: Vec<MarketAsset> = Store::open(lake).unwrap().rows().unwrap();
    rows.retain(|row| row.market == market);
    rows.into_iter().map(|row| (row.symbol().to_owned(), row.asset)).collect()
}

/// What `features --json` answers.
fn features(lake: &Path) -> Value {
    run(&["features", "--lake", lake.to_str().unwrap(), "--every", "1d", "--json"])
        .assert_success()
        .json()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|market| market["market"].as_str().unwrap()).collect()
}

#[test]
fn a_namesake_a_hostile_symbol_and_a_dead_oracle_stop_no_other_market() {
    let Some(devnet) = Devnet::start_own("strangers") else { return };
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    ingest(&devnet.morpho(), &[devnet.url()], &lake, &[]);
    let before = features(&lake);
    let markets = devnet.deployment["morpho"]["markets"].as_array().unwrap();
    let real = format!("devnet-{}", markets[0]["id"].as_str().unwrap());
    let known = assets(&lake, &real);
    let strangers = Strangers::new(&devnet);
    strangers.place(Stranger::Namesake, LOW);
    let oracle = devnet.address("/morpho/markets/0/oracle");
    let weth = devnet.address("/tokens/WETH");
    let mut ids = vec![strangers.create_market(LOW, weth, oracle)];
    for stranger in Stranger::HOSTILE {
        let token = strangers.deploy(stranger);
        ids.push(strangers.create_market(token, weth, oracle));
    }
    let dead = strangers.create_market(LOW, weth, EMPTY);
    strangers.supply(LOW, weth, EMPTY);
    ingest(&devnet.morpho(), &[devnet.url()], &lake, &[]);
    assert_eq!(assets(&lake, &real), known, "a stranger's token changes no other");
    let label = |id: &str| {
        let assets = assets(&lake, &format!("devnet-{id}"));
        assets.into_iter().find(|(_, asset)| *asset != format!("{weth:#x}")).unwrap()
    };
    assert_eq!(label(&ids[0]), ("USDC".to_owned(), format!("{LOW:#x}")));
    for (id, stranger) in ids[1..].iter().zip(Stranger::HOSTILE) {
        let (symbol, asset) = label(id);
        assert_eq!(symbol, stranger.label(&asset), "{stranger:?}");
    }
    let after = features(&lake);
    assert_eq!(names(&after["markets"]), names(&before["markets"]));
    let dead = format!("chain-31337/morpho-blue/devnet-{dead}");
    assert!(names(&after["left_out"]).contains(&dead.as_str()), "{}", after["left_out"]);
    let status = run(&["status", "--lake", lake.to_str().unwrap(), "--json"]).assert_success();
    assert!(names(&status.json()["left_out"]).contains(&dead.as_str()), "{}", status.stdout);
}

#[test]
fn a_renamed_token_and_a_dropped_reserve_keep_their_rows() {
    let Some(devnet) = Devnet::start_own("renamed") else { return };
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    ingest(&devnet.aave(), &[devnet.url()], &lake, &[]);
    let before = assets(&lake, "devnet");
    let usdc = devnet.token_id("USDC");
    assert!(before.contains(&("USDC".to_owned(), usdc.clone())), "{before:?}");
    rename(&devnet, devnet.address("/tokens/USDC"), "USDC", "USD₮0");
    drop_reserve(&devnet, devnet.address("/tokens/LINK"));
    mine(&devnet, 20);
    let call = Listed::getReservesListCall {};
    let listed = devnet.node.call(devnet.address("/aave/pool"), call, devnet.node.head());
    assert!(!listed.contains(&devnet.address("/tokens/LINK")), "{listed:?}");
    ingest(&devnet.aave(), &[devnet.url()], &lake, &[]);
    let mut expected = before;
    expected.iter_mut().filter(|(_, id)| *id == usdc).for_each(|row| row.0 = "USD₮0".to_owned());
    assert_eq!(assets(&lake, "devnet"), expected);
    let store = Store::open(&lake).unwrap();
    let ids: Vec<&str> = expected.iter().map(|(_, id)| id.as_str()).collect();
    let named = |asset: &str| ids.contains(&asset) || asset.starts_with("emode-");
    assert!(store.rows::<BalanceChange>().unwrap().iter().all(|row| named(&row.asset)));
    assert!(store.rows::<ReserveParameter>().unwrap().iter().all(|row| named(&row.asset)));
    let answer = features(&lake);
    assert_eq!(names(&answer["markets"]), ["chain-31337/aave-v3/devnet"]);
    let set = |asset: &str| {
        let out = folder.path().join("proposal");
        let (lake, out) = (lake.to_str().unwrap(), out.to_str().unwrap());
        let setting = format!("{asset}:liquidation_threshold=7800");
        run(&[
            "propose",
            "--lake",
            lake,
            "--market",
            "aave-v3/devnet",
            "--at",
            "2030-01-01",
            "--set",
            &setting,
            "--out",
            out,
        ])
    };
    for name in ["USD₮0", &usdc, &usdc.to_uppercase().replacen("0X", "0x", 1)] {
        set(name).assert_success();
    }
    assert!(set("USDC").assert_failure().contains("USD₮0"));
}

#[test]
fn markets_of_one_name_on_two_chains_are_two_markets() {
    let Some(devnet) = Devnet::shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().join("lake");
    let other = folder.path().join("other.toml");
    let text = std::fs::read_to_string(devnet.aave()).unwrap();
    std::fs::write(&other, format!("chain = \"other\"\n{text}")).unwrap();
    for market in [&devnet.aave(), &other] {
        ingest(market, &[devnet.url()], &lake, &[]);
    }
    let answer = features(&lake);
    let both = ["chain-31337/aave-v3/devnet", "other/aave-v3/devnet"];
    assert_eq!(names(&answer["markets"]), both);
    let [first, second] = [0, 1].map(|market| &answer["markets"][market]);
    assert_eq!(first["rows"], second["rows"]);
    let (lake, out) = (lake.to_str().unwrap(), folder.path().join("proposal"));
    let propose = |market: &str| {
        run(&[
            "propose",
            "--lake",
            lake,
            "--market",
            market,
            "--at",
            "2030-01-01",
            "--set",
            "WETH:liquidation_threshold=8000",
            "--out",
            out.to_str().unwrap(),
        ])
    };
    let ambiguous = propose("aave-v3/devnet");
    let line = ambiguous.assert_failure();
    assert!(both.iter().all(|name| line.contains(name)), "{line}");
    for name in both {
        propose(name).assert_success();
        let document = std::fs::read_to_string(out.join("proposal.json")).unwrap();
        assert!(document.contains(&format!("\"{name}\"")), "{document}");
    }
}

/// Replaces a token's symbol and name, short strings in its first slots.
fn rename(devnet: &Devnet, token: Address, from: &str, to: &str) {
    let encode = |text: &str| {
        let mut word = [0; 32];
        word[..text.len()].copy_from_slice(text.as_bytes());
        word[31] = 2 * u8::try_from(text.len()).unwrap();
        hex::encode_prefixed(word)
    };
    for slot in 0..16_u64 {
        let slot = B256::from(U256::from(slot));
        let word = devnet.node.request("eth_getStorageAt", json!([token, slot, "latest"]));
        if word == encode(from) {
            devnet.node.request("anvil_setStorageAt", json!([token, slot, encode(to)]));
        }
    }
}

/// Removes a reserve from the pool's list, as `PoolLogic.executeDropReserve` does.
fn drop_reserve(devnet: &Devnet, token: Address) {
    let pool = devnet.address("/aave/pool");
    let word = format!("{:#x}", token.into_word());
    let slot = (0..16_u64).map(|index| {
        let key = [U256::from(index), U256::from(RESERVES_LIST_SLOT)];
        keccak256(key.map(|part| part.to_be_bytes::<32>()).concat())
    });
    let holds = |slot: &B256| {
        let params = json!([pool, slot, "latest"]);
        devnet.node.request("eth_getStorageAt", params) == word
    };
    let slot = slot.into_iter().find(holds).expect("the reserve's slot");
    let zero = B256::ZERO;
    devnet.node.request("anvil_setStorageAt", json!([pool, slot, zero]));
}

fn mine(devnet: &Devnet, blocks: u64) {
    for _ in 0..blocks {
        devnet.node.request("evm_mine", json!([]));
    }
}
