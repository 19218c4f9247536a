"""Measures what a market without much history gains from the histories of other markets.

    cargo build --release
    python3 notebooks/market_transfer.py --work WORK [--maker first_run/lake]

Four markets are simulated with different seeds and scenarios. Each but the calm one is in turn the
young market. At the end of training it has a history of 91 days; the three others have one of 180
days, because their times are shifted. With --maker the ETH-B vaults are a further young market, at
each of MAKER_CUTS, and all four simulated markets are the others. Three models are trained for each
young market:

- cold start: on the others only;
- borrowed: on the others and the market's own history;
- own: on the market's own history only.

All three are evaluated by `plimsoll evaluate` on the same landmarks, those of the market after the
end of training. The table is printed as Markdown and written with every figure to
WORK/transfer.json. Finished steps are not repeated.

Requirements: pyarrow (measured with 26.0.1), about 4 GB of memory.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

MARKETS = (("mixed", 11), ("crash", 12), ("depeg", 13), ("calm", 14))
# The calm market has two liquidations before the end of training, too few to learn from: it is one of
# the others only.
YOUNG = ("mixed-11", "crash-12", "depeg-13")
ACCOUNTS = 3_000
DAYS = 365
# Start of every simulated history.
START = datetime(2024, 1, 1, tzinfo=UTC)
YOUNG_DAYS = 91
OTHERS_DAYS = 180
MAKER_CUTS = ("2021-01-01", "2021-05-01")
HORIZONS = ("24h", "7d", "30d")
SOURCES = {"cold start": ("others",), "borrowed": ("others", "own"), "own": ("own",)}


class Run:
    """The folders of one run."""

    def __init__(self, arguments):
        self.work = arguments.work
        self.program = arguments.plimsoll.resolve()
        self.accounts = arguments.accounts
        self.every = arguments.every

    def plimsoll(self, *arguments):
        """Runs the program and returns its standard output."""
        command = [str(self.program), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def simulate(self, scenario, seed):
        """The lake of one simulated market with its observations."""
        lake = self.work / f"{scenario}-{seed}"
        if not (lake / "observations").exists():
            options = ("--seed", seed, "--scenario", scenario, "--days", DAYS)
            self.plimsoll("ingest", "simulate", *options, "--accounts", self.accounts, "--lake", lake)
            self.plimsoll("features", "--lake", lake, "--every", self.every)
        return lake

    def lake(self, name, parts):
        """A lake with the observations and prices of other lakes, each with its shift in days."""
        lake = self.work / name
        if lake.exists():
            shutil.rmtree(lake)
        partial = self.work / f"{name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        for part, days in parts:
            copy_shifted(part, partial, days)
        partial.rename(lake)
        return lake

    def train(self, name, parts, until):
        """A model, or None if there are too few observations to train one."""
        model = self.work / "models" / name
        if (model / "manifest.json").exists():
            return model
        lake = self.lake(f"lake-{name}", parts)
        try:
            self.plimsoll("train", "--lake", lake, "--until", until, "--model", model)
        except RuntimeError as error:
            if "observations" not in str(error):
                raise
            print(f"{name}: {error}", flush=True)
            return None
        finally:
            shutil.rmtree(lake)
        return model

    def evaluate(self, name, lake, model, until):
        """The scores of a model on a market's landmarks after the end of training."""
        file = self.work / "scores" / f"{name}.json"
        if not file.exists():
            text = self.plimsoll(
                "evaluate", "--lake", lake, "--model", model, "--from", until, "--json"
            )
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        return json.loads(file.read_text())


def copy_shifted(source, target, days):
    """Copies observations and oracle prices, with all times moved by some days."""
    for table in ("observations", "oracle_prices"):
        for folder in sorted(path.parent for path in (source / table).rglob("*.parquet")):
            to = target / folder.relative_to(source)
            if not to.exists():
                to.mkdir(parents=True)
                shift_folder(table, folder, to, timedelta(days=days))


def shift_folder(table, folder, to, shift):
    """Copies one partition's files."""
    for file in sorted(folder.glob("*.parquet")):
        if not shift:
            shutil.copy(file, to)
            continue
        rows = pq.ParquetFile(file).read()
        schema = rows.schema
        for name, field in zip(schema.names, schema, strict=True):
            if pa.types.is_timestamp(field.type):
                moved = pc.add(rows[name], pa.scalar(shift, pa.duration("us"))).cast(field.type)
                rows = rows.set_column(schema.get_field_index(name), field, moved)
        name = file.name if table == "observations" else shifted_name(file.name, shift)
        pq.write_table(rows.replace_schema_metadata(schema.metadata), to / name, compression="zstd")


def shifted_name(name, shift):
    """The name of a file of prices, which states its first and last second."""
    kind, *seconds = name.removesuffix(".parquet").split("_")
    form = "%Y%m%dT%H%M%SZ"
    moved = ((datetime.strptime(s, form) + shift).strftime(form) for s in seconds)
    return "_".join((kind, *moved)) + ".parquet"


def young_market(run, name, lake, others, until):
    """The scores of the three models of one young market."""
    # The others' first OTHERS_DAYS days end where training ends.
    days = (until - (START + timedelta(days=OTHERS_DAYS))).days
    others = [(other, days) for other in others]
    lakes = {"others": others, "own": [(lake, 0)]}
    scores = {}
    for model_name, sources in SOURCES.items():
        label = f"{name}-{model_name.replace(' ', '-')}"
        parts = [part for source in sources for part in lakes[source]]
        model = run.train(label, parts, f"{until:%Y-%m-%d}")
        scores[model_name] = model and {
            "training": json.loads((model / "manifest.json").read_text())["training"],
            "evaluation": run.evaluate(label, lake, model, f"{until:%Y-%m-%d}"),
        }
        print(f"{label}: done", flush=True)
    return scores


def table(results):
    """The scores by market, horizon and model, as Markdown."""
    lines = [
        "| market | horizon | liquidated | trained on | episodes | AUC | log score | Brier / constant | O/E |",
        "|---|---|---:|---|---:|---:|---:|---:|---:|",
    ]
    for market, scores in results.items():
        for index, horizon in enumerate(HORIZONS):
            for position, (model, score) in enumerate(scores.items()):
                first = market if index == position == 0 else ""
                shown = horizon if position == 0 else ""
                lines.append(row(first, shown, model, score, horizon))
    return "\n".join(lines)


def row(market, horizon_cell, model, score, horizon):
    """One line of the table."""
    if score is None:
        return f"| {market} | {horizon_cell} | | {model} | too few | | | | |"
    s = score["evaluation"]["horizons"][horizon]
    cells = (
        market,
        horizon_cell,
        s["positives"] if horizon_cell else "",
        model,
        score["training"]["episodes"],
        f"{s['auc']:.3f}",
        f"{s['log_score']:.5f}",
        f"{s['brier'] / s['brier_constant']:.3f}",
        f"{s['observed_over_expected']:.2f}",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--maker", type=pathlib.Path, help="lake with observations of Maker vaults")
    parser.add_argument(
        "--plimsoll", type=pathlib.Path, default=pathlib.Path("target/release/plimsoll")
    )
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    parser.add_argument("--every", default="1d", help="interval of landmarks of simulated markets")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    run = Run(arguments)
    lakes = {f"{scenario}-{seed}": run.simulate(scenario, seed) for scenario, seed in MARKETS}
    results = {}
    for name in YOUNG:
        lake = lakes[name]
        others = [other for other in lakes.values() if other != lake]
        results[name] = young_market(run, name, lake, others, START + timedelta(days=YOUNG_DAYS))
    if arguments.maker:
        for cut in MAKER_CUTS:
            until = datetime.fromisoformat(cut).replace(tzinfo=UTC)
            others = list(lakes.values())
            results[f"maker-{cut}"] = young_market(
                run, f"maker-{cut}", arguments.maker, others, until
            )
    (arguments.work / "transfer.json").write_text(json.dumps(results, indent=1))
    print(table(results))


if __name__ == "__main__":
    main()
