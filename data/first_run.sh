#!/bin/sh
# From exported files to a served probability: sh data/first_run.sh DATA [DIR]
# DATA contains the folders maker_eth_b and prices; the lake and the model are written to DIR (first_run
# by default). ONCE=1 stops before serving.
set -eu
data=${1:?"usage: sh data/first_run.sh DATA [DIR]"}
dir=${2:-first_run}
cd "$(dirname "$0")/.."

cargo build --release
plimsoll=${CARGO_TARGET_DIR:-target}/release/plimsoll
lake=$dir/lake model=$dir/model

"$plimsoll" ingest csv --mapping ingest/mappings/maker_eth_b.toml --source "$data/maker_eth_b" --lake "$lake"
"$plimsoll" ingest csv --mapping ingest/mappings/usdt_candles.toml --source "$data/prices" --lake "$lake"
"$plimsoll" features --lake "$lake"
"$plimsoll" train --lake "$lake" --model "$model" --until 2021-09-01
"$plimsoll" evaluate --lake "$lake" --model "$model" --from 2021-09-01
[ -z "${ONCE:-}" ] || exit 0
echo "try: curl -s http://127.0.0.1:8080/v1/accounts/ethereum/maker/eth-b/27962"
"$plimsoll" serve --lake "$lake" --model "$model"
