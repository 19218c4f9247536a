"""Trains XGBoost on a lake's observations, as a peer for `plimsoll evaluate --against`.

One classifier for each horizon of "liquidated within the horizon", trained on landmarks of the grid
whose whole horizon was known before --until, without any knowledge of later times:

    python3 notebooks/xgboost_peer.py --lake LAKE --until 2021-09-01 --out peer.parquet
    plimsoll evaluate --lake LAKE --model MODEL --from 2021-09-01 --against peer.parquet

The number of rounds is chosen by early stopping on the last fifth of the training span; between it
and the rows before it lies an embargo of one horizon. The classifier is then fitted with that
number of rounds to the whole span. The file has the columns account, time, p_liquidated_24h,
p_liquidated_7d and p_liquidated_30d for landmarks of the grid from --from.

Requirements: numpy, pyarrow, xgboost (measured with numpy 2.4.6, pyarrow 26.0.1, xgboost 3.2.0).
"""

import argparse
import pathlib
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import xgboost as xgb

HORIZON_DAYS = {"24h": 1.0, "7d": 7.0, "30d": 30.0}
LIQUIDATED = 1
DAY_S = 86_400
PARAMETERS = {
    "objective": "binary:logistic",
    "eval_metric": "logloss",
    "tree_method": "hist",
    "max_depth": 4,
    "learning_rate": 0.05,
    "subsample": 0.8,
}
MAX_ROUNDS = 300
PATIENCE = 30
# The share of the training span, by time, on which early stopping is measured.
VALIDATION_SHARE = 0.2
# Fewer positives than this decide nothing about the number of rounds.
MIN_VALIDATION_POSITIVES = 20
CORE = (
    "log_health_factor",
    "sigmas_to_liquidation_24h",
    "log_debt_usd",
    "hours_since_action",
    "position_age_days",
    "actions",
    "actions_per_day",
    "volatility_24h",
    "volatility_168h",
    "volatility_720h",
    "return_24h",
    "return_72h",
    "return_168h",
    "liquidations",
)


class Landmarks:
    """Landmarks of the grid: features, and what followed."""

    def __init__(self, lake, names):
        """Reads them; `names` are the features, all of them if None."""
        table = ds.dataset(lake / "observations", partitioning="hive").to_table()
        table = table.filter(table["on_grid"])
        # Features are the only columns in single precision: labels, which look ahead, are not.
        features = [field.name for field in table.schema if field.type == pa.float32()]
        self.names = list(names or features)
        missing = [name for name in self.names if name not in table.column_names]
        if missing:
            raise SystemExit(f"{lake}/observations has no column {', '.join(missing)}")
        self.table = table.select(["account", "time"])
        self.time_s = table["time"].cast(pa.timestamp("s", "UTC")).cast(pa.int64()).to_numpy()
        columns = [table[name].to_numpy().astype(np.float32) for name in self.names]
        self.features = np.column_stack(columns)
        self.duration_days = table["duration_days"].to_numpy()
        self.follow_up_days = table["follow_up_days"].to_numpy()
        self.liquidated = table["event"].to_numpy() == LIQUIDATED

    def positives(self, days):
        """Whether each was liquidated within so many days."""
        return self.liquidated & (self.duration_days <= days)

    def known_before(self, until_s, days):
        """Whether the whole horizon of each was known before a time."""
        return (self.time_s + days * DAY_S <= until_s) & (self.follow_up_days >= days)

    def matrix(self, rows, labels=None):
        """The rows as XGBoost takes them."""
        labels = None if labels is None else labels[rows]
        return xgb.DMatrix(self.features[rows], label=labels, feature_names=self.names)


def chosen_rounds(landmarks, known, labels, days, parameters):
    """The number of rounds by early stopping on the last block of time."""
    times = landmarks.time_s[known]
    split_s = times.max() - VALIDATION_SHARE * (times.max() - times.min())
    fitted = known & landmarks.known_before(split_s, days)
    held_out = known & (landmarks.time_s >= split_s)
    positives = labels[held_out].sum()
    if positives < MIN_VALIDATION_POSITIVES or labels[fitted].sum() < MIN_VALIDATION_POSITIVES:
        return MAX_ROUNDS, positives
    booster = xgb.train(
        parameters,
        landmarks.matrix(fitted, labels),
        MAX_ROUNDS,
        evals=[(landmarks.matrix(held_out, labels), "held_out")],
        early_stopping_rounds=PATIENCE,
        verbose_eval=False,
    )
    return booster.best_iteration + 1, positives


def forecast(landmarks, scored, horizon, options):
    """Probabilities of liquidation within a horizon for the scored landmarks."""
    days = HORIZON_DAYS[horizon]
    parameters = {
        **PARAMETERS,
        "min_child_weight": options.min_child_weight,
        "seed": options.seed,
        "nthread": options.threads,
    }
    labels = landmarks.positives(days)
    known = landmarks.known_before(options.until, days)
    if not labels[known].any():
        raise SystemExit(f"no landmark known before --until was liquidated within {horizon}")
    rounds, held_out = options.rounds, 0
    if rounds is None:
        rounds, held_out = chosen_rounds(landmarks, known, labels, days, parameters)
    booster = xgb.train(parameters, landmarks.matrix(known, labels), rounds)
    print(
        f"{horizon}: {known.sum()} landmarks, {labels[known].sum()} positives, "
        f"{rounds} rounds ({held_out} positives held out)"
    )
    return booster.predict(landmarks.matrix(scored)).astype(np.float64)


def seconds(text):
    """A date or an ISO 8601 time as Unix seconds; UTC unless stated otherwise."""
    time = datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def main():
    """Reads the command line, trains and writes the forecasts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lake", type=pathlib.Path, required=True, metavar="DIR")
    parser.add_argument("--until", type=seconds, required=True, help="end of the training span")
    parser.add_argument(
        "--from", dest="start", type=seconds, help="first landmark forecast; --until if absent"
    )
    parser.add_argument("--features", choices=("core", "all"), default="core")
    parser.add_argument("--rounds", type=int, help="number of rounds, without early stopping")
    parser.add_argument(
        "--min-child-weight",
        type=float,
        default=5,
        help="least sum of p(1-p) in a leaf; of rare events 1 ranks better (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=pathlib.Path, required=True, metavar="FILE")
    options = parser.parse_args()
    landmarks = Landmarks(options.lake, CORE if options.features == "core" else None)
    start = options.until if options.start is None else options.start
    if start < options.until:
        raise SystemExit("--from is before --until: these landmarks are in the training span")
    scored = landmarks.time_s >= start
    if not scored.any():
        raise SystemExit("no landmark of the grid at or after --from")
    table = landmarks.table.filter(pa.array(scored))
    for horizon in HORIZON_DAYS:
        probabilities = pa.array(forecast(landmarks, scored, horizon, options))
        table = table.append_column(f"p_liquidated_{horizon}", probabilities)
    pq.write_table(table, options.out, compression="zstd")
    print(f"{options.out}: {table.num_rows} forecasts with {len(landmarks.names)} features")


if __name__ == "__main__":
    main()
