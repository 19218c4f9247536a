"""Compares a model with the truth of simulated markets, beside a forecaster with ten times the data.

    cargo build --release
    python3 notebooks/observers_bound.py --work WORK

Five markets of 3,000 borrowers are simulated. A model of each is trained on its first eight months
(*own*). The *bound* is a model of two other markets of 15,000 borrowers each, over their whole year:
the same features and learner with ten times the accounts. At 16 midnights of the last four months
of each market, 400 futures give the true probabilities of 60 accounts. The truth knows the owners'
habits and the state of the volatility, which no observer does, so the distance between the bound
and the truth cannot be closed by more data.

The table is printed as Markdown. Finished steps are not repeated.

Requirements: pyarrow, pandas (measured with 26.0.1 and 3.0.1), 12 GB of memory.
"""

import argparse
import json
import math
import pathlib
import subprocess

import pyarrow.parquet as pq

SEEDS = range(11, 16)
BOUND_SEEDS = (901, 902)
BOUND_ACCOUNTS = 15_000
TRAINED_UNTIL = "2024-09-01"
FUTURES = 400
HORIZONS = ("24h", "7d", "30d")


class Run:
    """The folder and the program of one run."""

    def __init__(self, arguments):
        self.work = arguments.work
        self.program = arguments.plimsoll.resolve()
        self.work.mkdir(parents=True, exist_ok=True)

    def step(self, output, *arguments):
        """Runs the program unless its output exists; an output ending in .json is what it prints."""
        path = self.work / output
        if not path.exists():
            result = subprocess.run(
                [str(self.program), *map(str, arguments)], check=True, stdout=subprocess.PIPE
            )
            if path.suffix == ".json":
                path.write_bytes(result.stdout)
        return path

    def simulate(self, lake, seeds, accounts, every):
        """A lake with the observations of some simulated markets."""
        for seed in seeds:
            self.step(
                f"simulated_{seed}.json", "ingest", "simulate", "--seed", seed, "--days", 365,
                "--accounts", accounts, "--lake", self.work / lake, "--json",
            )
        self.step(
            f"{lake}.features.json", "features", "--lake", self.work / lake,
            "--every", every, "--json",
        )
        return self.work / lake

    def compare(self, name, seed, lake, model):
        """The model's and the truth's scores in one market."""
        report = self.step(
            f"{name}_{seed}.json", "simulate", "truth", "--lake", lake, "--model", model,
            "--from", TRAINED_UNTIL, "--every-days", 8, "--branches", FUTURES, "--futures", 100,
            "--out", self.work / f"truth_{seed}.parquet", "--json",
        )
        return json.loads(report.read_text())["forecasters"]


def coverage(truth, forecasts, horizon):
    """The share of true probabilities in the 90 % intervals, but for two standard errors of the
    truth, which is itself a share of FUTURES."""
    rows = truth.merge(forecasts, on=["account", "time"], suffixes=("_true", ""))
    true = rows[f"p_liquidated_{horizon}_true"]
    error = 2 * ((true * (1 - true) + 1e-4) / FUTURES) ** 0.5
    low, high = rows[f"p_liquidated_{horizon}_lower"], rows[f"p_liquidated_{horizon}_upper"]
    return ((low <= true + error) & (true - error <= high)).mean()


def read(path, columns):
    table = pq.read_table(path, columns=["account", "time", *columns]).to_pandas()
    table["account"] = table.account.astype(str)
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--plimsoll", type=pathlib.Path, default="target/release/plimsoll")
    run = Run(parser.parse_args())
    bound_lake = run.simulate("bound_lake", BOUND_SEEDS, BOUND_ACCOUNTS, "12h")
    bound = run.step("bound_model", "train", "--lake", bound_lake, "--model", run.work / "bound_model")
    totals = {}
    print("| market | forecaster | nats above the truth | D-calibration p | " + " | ".join(
        f"mean forecast / mean truth {h} | in the 90 % intervals {h}" for h in HORIZONS) + " |")
    print("|---" * (4 + 2 * len(HORIZONS)) + "|")
    for seed in SEEDS:
        lake = run.simulate(f"lake_{seed}", [seed], 3_000, "4h")
        own = run.step(
            f"model_{seed}", "train", "--lake", lake, "--until", TRAINED_UNTIL,
            "--model", run.work / f"model_{seed}",
        )
        for name, model in (("own", own), ("bound", bound)):
            truth, scored = run.compare(name, seed, lake, model)[:2]
            distance = scored["scores"]["rcll"] - truth["scores"]["rcll"]
            path = run.step(
                f"{name}_{seed}.parquet", "forecast", "--lake", lake, "--model", model,
                "--from", TRAINED_UNTIL, "--out", run.work / f"{name}_{seed}.parquet",
            )
            names = [f"p_liquidated_{h}{end}" for h in HORIZONS for end in ("_lower", "_upper")]
            forecasts = read(path, names)
            true = read(run.work / f"truth_{seed}.parquet", [f"p_liquidated_{h}" for h in HORIZONS])
            true.columns = [c + "_true" if c.startswith("p_") else c for c in true.columns]
            agreement = dict(scored["agreement"])
            cells, total = [], totals.setdefault(name, {"distance": []})
            total["distance"].append(distance)
            for horizon in HORIZONS:
                means = agreement[horizon]["mean_forecast"], agreement[horizon]["mean_truth"]
                share = coverage(true, forecasts, horizon)
                sums = total.setdefault(horizon, [0.0, 0.0, []])
                sums[0], sums[1] = sums[0] + means[0], sums[1] + means[1]
                sums[2].append(share)
                cells += [f"{means[0] / means[1]:.2f}", f"{share:.2f}"]
            p = scored["scores"]["d_calibration_p"]
            print(f"| {seed} | {name} | {distance:.3f} | {p:.2f} | " + " | ".join(cells) + " |")
    for name, total in totals.items():
        cells = [
            f"{total[h][0] / total[h][1]:.2f} | {math.fsum(total[h][2]) / len(total[h][2]):.2f}"
            for h in HORIZONS
        ]
        distance = math.fsum(total["distance"]) / len(total["distance"])
        print(f"| all | {name} | {distance:.3f} | | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
