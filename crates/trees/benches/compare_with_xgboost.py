#!/usr/bin/env python3
"""Races boosting of groups (`cargo bench -p plimsoll-trees --bench stepped`) with XGBoost.

    python3 crates/trees/benches/compare_with_xgboost.py

Both fit 50 trees of depth 5 to 140,000 rows of 26 inputs with 128 bins, drawing 60 % for each tree, two
inputs constrained to raise the margin, on two threads: 10,000 groups of 14 rows that differ in two
inputs. XGBoost gets the rows, as it knows no groups; its time excludes building the matrix, which
ours includes. Needs numpy and xgboost.
"""

import json
import os
import pathlib
import subprocess
import time

import numpy
import xgboost

GROUPS, STEPS, CONSTANT, ROUNDS = 10_000, 14, 24, 50
REPETITIONS = 5


def main():
    rng = numpy.random.default_rng(1)
    constant = rng.uniform(-1, 1, (GROUPS, CONSTANT)).astype("f4")
    hours = numpy.log(numpy.arange(1, STEPS + 1, dtype="f4"))
    anchor = 3 * rng.uniform(-1, 1, (GROUPS, 1)).astype("f4") + hours - 4
    log_odds = anchor - (constant[:, :1] * constant[:, 1:2])
    labels = (rng.uniform(0, 1, (GROUPS, STEPS)) < 1 / (1 + numpy.exp(-log_odds))).ravel()
    rows = numpy.column_stack(
        [numpy.tile(hours, GROUPS), anchor.ravel(), numpy.repeat(constant, STEPS, axis=0)]
    )
    matrix = xgboost.QuantileDMatrix(rows, labels, max_bin=128, nthread=2)
    options = {
        "objective": "binary:logistic", "max_depth": 5, "learning_rate": 0.1, "max_bin": 128,
        "subsample": 0.6, "tree_method": "hist", "nthread": 2, "min_child_weight": 1,
        "monotone_constraints": "(1,1" + ",0" * CONSTANT + ")",
    }
    times = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        xgboost.train(options, matrix, ROUNDS)
        times.append(time.perf_counter() - start)
    peer = sorted(times)[REPETITIONS // 2]
    ours = {name: criterion_median(name) for name in ("fit_groups", "fit_rows")}
    print(f"XGBoost {xgboost.__version__}: {peer:.3f} s")
    for name, seconds in ours.items():
        print(f"{name}: {seconds:.3f} s, {peer / seconds:.2f} times as fast")


def criterion_median(name):
    root = pathlib.Path(__file__).resolve().parents[3]
    bench = ["cargo", "bench", "-q", "-p", "plimsoll-trees", "--bench", "stepped", "--", name]
    environment = {**os.environ, "RAYON_NUM_THREADS": "2"}
    subprocess.run(bench, cwd=root, check=True, stdout=subprocess.DEVNULL, env=environment)
    estimates = root / "target/criterion/stepped" / name / "new/estimates.json"
    return json.loads(estimates.read_text())["median"]["point_estimate"] / 1e9


if __name__ == "__main__":
    main()
