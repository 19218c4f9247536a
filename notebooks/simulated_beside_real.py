"""Prints the same statistics of several lakes, to compare a simulated market with a real one.

    python simulated_beside_real.py LAKE [LAKE2 ...] [--reference DATA_DIR] [--only accounts,prices]

A lake needs `observations` on a regular grid (`plimsoll features --every 4h`), `position_events`,
`liquidations` and `oracle_prices`; `pool_liquidity` is read where there is one. `--reference` adds a
column of statistics that only the reference data has: one lending pool's liquidations, a liquidity
pool by the minute, exchange quotes. The number in brackets is the number of observations behind a
value. Requires numpy, pandas and pyarrow.
"""

import argparse
import functools
import pathlib
from math import log, sqrt

import numpy as np
import pandas as pd
import pyarrow.dataset

HEALTH_BINS = [1, 1.05, 1.1, 1.2, 1.35, 1.6, 2, 3, np.inf]
ACTION_BINS = [0, 1, 3, 9, 31, np.inf]
AGES_DAYS = [0, 1, 3, 7, 14, 30, 90, 180, 365, np.inf]
HORIZON_DAYS = {"24 h": 1.0, "7 d": 7.0}
KINDS = ["borrow", "repay", "deposit", "withdraw"]
SYNONYMS = {"WETH": "ETH", "WBTC": "BTC"}
BASKET = ["ETH", "BTC", "LINK", "UNI", "AAVE"]
LOW_HEALTH = 1.25  # an action that raises a lower health factor is a rescue
NEGLIGIBLE = 1e-3  # change of ln HF that is treated as zero
SESSION_HOURS = 6  # actions closer than this belong to one session
HOURS_PER_YEAR = 24 * 365
HOURS_PER_MONTH = HOURS_PER_YEAR / 12
FALL, CRASH_APART_HOURS = 0.15, 168
HEARTBEAT_S, DEVIATION = 3600, 0.005
INNER = (5, 10, 25, 50, 75, 90, 95)
ALL = (1, *INNER, 99)
OBSERVED = (
    "account time on_grid health_factor debt_usd collateral_usd duration_days event follow_up_days "
    "first_passage_24h first_passage_7d position_age_days account_age_days hours_since_action "
    "actions_30d log_health_raised"
).split()


# ---------------------------------------------------------------------------------------- reading


class Lake:
    """A lake's tables, each read once, and frames that several statistics share."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def table(self, name, columns=None):
        """One table as a frame, ordered by time; empty if the lake does not have it."""
        files = [str(file) for file in (self.folder / name).rglob("*.parquet")]
        if not files:
            return pd.DataFrame(columns=columns)
        frame = pyarrow.dataset.dataset(files).to_table(columns=columns).to_pandas()
        if "time" in frame:
            frame["time"] = frame["time"].dt.as_unit("us")
            frame = frame.sort_values("time", kind="stable", ignore_index=True)
        return frame

    @functools.cached_property
    def observed(self):
        """Every landmark, with the time at which its position ended or was last observed."""
        rows = self.table("observations", OBSERVED)
        end = rows["time"] + pd.to_timedelta(rows["duration_days"] * 86_400, unit="s")
        rows["ends"] = end.dt.round("s")
        return rows

    @functools.cached_property
    def grid(self):
        """The landmarks of the regular grid."""
        return self.observed[self.observed["on_grid"]].reset_index(drop=True)

    @functools.cached_property
    def actions(self):
        """The state after every action that left a position open, and the kind of action."""
        rows = self.observed[self.observed["hours_since_action"] == 0].reset_index(drop=True)
        rows["opening"] = rows["position_age_days"] == 0
        rows["raised"] = rows["log_health_raised"]
        rows["before"] = np.exp(np.log(rows["health_factor"]) - rows["raised"])
        amounts_usd = self.events.pivot_table("usd", ["account", "time"], "kind", aggfunc="sum")
        rows = rows.join(amounts_usd.reindex(columns=KINDS), on=["account", "time"])
        rows[KINDS] = rows[KINDS].fillna(0.0)
        masks = (rows[KINDS] > 0).to_numpy() @ (1 << np.arange(len(KINDS)))
        names = [
            "+".join(k for i, k in enumerate(KINDS) if m >> i & 1) or "other" for m in range(16)
        ]
        return rows.assign(how=np.array(names)[masks])

    @functools.cached_property
    def moves(self):
        """The actions on positions that were open before and after."""
        return self.actions[~self.actions["opening"]].reset_index(drop=True)

    @functools.cached_property
    def raises(self):
        """The actions that raised the health factor."""
        return self.moves[self.moves["raised"] > NEGLIGIBLE]

    @functools.cached_property
    def lowers(self):
        """The actions that lowered the health factor."""
        return self.moves[self.moves["raised"] < -NEGLIGIBLE]

    @functools.cached_property
    def spells(self):
        """One row per position, as first observed, with the age at which it ended."""
        first = self.observed.groupby(["account", "ends"], as_index=False).first()
        first["life_days"] = first["position_age_days"] + first["duration_days"]
        return first

    @functools.cached_property
    def step_hours(self):
        """The grid's step, hours."""
        return np.median(np.diff(np.sort(self.grid["time"].unique()))) / np.timedelta64(1, "h")

    @property
    def months(self):
        """Number of account-months that the grid covers."""
        return len(self.grid) * self.step_hours / HOURS_PER_MONTH

    @property
    def days(self):
        """Number of days that the grid covers."""
        return (self.grid["time"].max() - self.grid["time"].min()).total_seconds() / 86_400

    @functools.cached_property
    def prices(self):
        """Hourly prices by asset, each from the source with the most rows."""
        rows = self.table("oracle_prices", ["source", "asset", "time", "price_usd"])
        rows["asset"] = rows["asset"].replace(SYNONYMS)
        sizes = rows.groupby(["asset", "source"]).size().sort_values().groupby("asset").tail(1)
        rows = (
            rows.set_index(["asset", "source"]).loc[sizes.index].reset_index().sort_values("time")
        )
        rows["time"] = rows["time"].dt.ceil("h")
        wide = rows.pivot_table("price_usd", "time", "asset", aggfunc="last")
        return wide.asfreq("h").ffill()

    @functools.cached_property
    def market(self):
        """ETH by the hour: return over 24 h, yearly volatility (EWMA, half-life 24 h)."""
        price = np.log(self.prices["ETH"]).dropna()
        volatility = np.sqrt((price.diff() ** 2).ewm(halflife=24).mean() * HOURS_PER_YEAR)
        return pd.DataFrame({"r24": price.diff(24), "volatility": volatility})

    def at(self, rows, column):
        """The market's `column` at each row's time."""
        known = self.market[column].dropna()
        index = known.index.searchsorted(rows["time"], side="right") - 1
        return np.where(index >= 0, known.to_numpy()[np.maximum(index, 0)], np.nan)

    @functools.cached_property
    def events(self):
        """The owners' events, with their values in USD."""
        rows = self.table("position_events", ["time", "account", "kind", "asset", "amount"])
        rows = rows[rows["kind"].isin(KINDS)].reset_index(drop=True)
        return rows.assign(usd=rows["amount"] * self.prices_at(rows, "asset"))

    def prices_at(self, rows, column):
        """The price of the asset in each row's `column` at its time."""
        assets = self.table("market_assets").drop_duplicates("asset").set_index("asset")
        prices = pd.Series(np.nan, index=rows.index)
        for name, group in rows.groupby(column):
            source, quoted = assets.loc[name, ["price_source", "price_asset"]]
            quoted = SYNONYMS.get(quoted, quoted)
            if source == "par":
                prices[group.index] = 1.0
            elif quoted in self.prices:
                prices[group.index] = self.prices[quoted].asof(group["time"]).to_numpy()
        return prices


# ------------------------------------------------------------------------ formatting and statistics


class StatisticsSheet:
    """The statistics of one source, in order, under headings."""

    def __init__(self):
        self.rows = {}
        self.heading = ""

    def add_text(self, name, shown, count=None):
        """Adds a text."""
        self.rows[self.heading, name] = shown + (f" ({count:,})" if count is not None else "")

    def add(self, name, value, count=None):
        """Adds a number."""
        self.add_text(name, format_number(value), count)

    def series(self, name, values, count=None):
        """Adds several numbers in one cell."""
        self.add_text(name, " ".join(format_number(value) for value in values), count)

    def quantiles(self, name, values, marks=INNER):
        """Adds percentiles in one cell."""
        values = np.asarray(values, float)
        values = values[np.isfinite(values)]
        if len(values):
            named = f"{name}; {' '.join(f'{mark:g}' for mark in marks)} %"
            self.series(named, np.percentile(values, marks), len(values))

    def shares(self, name, values, most=6):
        """Adds the frequencies of the most frequent values."""
        top = values.value_counts(normalize=True).head(most)
        self.add_text(
            name, "; ".join(f"{key} {100 * part:.1f} %" for key, part in top.items()), len(values)
        )


def format_number(value):
    """A number in few digits."""
    return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.3g}"


def share(condition):
    """Frequency of a condition, per cent."""
    return 100 * np.mean(condition) if len(condition) else np.nan


def concentration(counts, part):
    """Percentage of the total in the largest `part` of `counts`."""
    counts = np.sort(np.asarray(counts, float))[::-1]
    return 100 * counts[: max(1, round(part * len(counts)))].sum() / max(counts.sum(), 1)


def survival(life, ended, entered):
    """Kaplan-Meier estimate with delayed entry at age `entered`: times and survival."""
    times, deaths = np.unique(life[ended], return_counts=True)
    at_risk = np.searchsorted(np.sort(entered), times) - np.searchsorted(np.sort(life), times)
    return times, np.cumprod(1 - deaths / np.maximum(at_risk, 1))


def follows(landmarks, acts, days):
    """Whether one of `acts` falls on the same position within `days` after each landmark."""
    left = landmarks[["time", "account", "ends"]]
    right = acts[["time", "account"]].assign(acted=acts["time"])
    found = pd.merge_asof(
        left, right, on="time", by="account", direction="forward", allow_exact_matches=False
    )
    until = np.minimum(left["time"] + pd.Timedelta(days=days), left["ends"])
    return found["acted"].to_numpy() <= until.to_numpy()


def autocorrelation(values, lag):
    """Correlation of a series with itself `lag` steps later."""
    values = np.asarray(values)
    return np.corrcoef(values[:-lag], values[lag:])[0, 1] if len(values) > lag + 2 else np.nan


def poisson_mixture(counts, exposure, types=4, rounds=500):
    """Maximum likelihood of a mixture of rates: weight, rate and share of exposure of each type."""
    rates = np.quantile(counts / exposure, np.linspace(0.1, 0.95, types)) + 1e-3
    weights = np.full(types, 1 / types)
    for _ in range(rounds):
        fit = np.log(weights) + counts[:, None] * np.log(rates) - rates * exposure[:, None]
        belongs = np.exp(fit - fit.max(1, keepdims=True))
        belongs /= belongs.sum(1, keepdims=True)
        weights = belongs.mean(0) + 1e-12
        rates = (belongs.T @ counts + 1e-9) / (belongs.T @ exposure + 1e-9)
    return weights, rates, belongs.T @ exposure / exposure.sum()


# ---------------------------------------------------------------------------------------- accounts


def health(lake, sheet):
    """1: distance of accounts to liquidation."""
    rows = lake.grid
    sheet.quantiles("health factor", rows["health_factor"], (1, *INNER))
    by_account = rows.groupby("account")["health_factor"].median()
    sheet.quantiles("median health factor of an account", by_account)
    volatility, r24 = lake.at(rows, "volatility"), lake.at(rows, "r24")
    wild = volatility > lake.market["volatility"].quantile(0.9)
    states = {
        "wildest tenth of hours": wild,
        "other hours": ~wild,
        "after 24 h fall > 10 %": r24 < log(0.9),
        "after 24 h rise > 10 %": r24 > log(1.1),
    }
    for name, chosen in states.items():
        some = rows[chosen]
        below = [share(some["health_factor"] < limit) for limit in (1.1, 1.25, 1.5)]
        sheet.series(f"% with HF < 1.1, < 1.25, < 1.5: {name}", below, len(some))
        near = (
            some.loc[some["health_factor"] < LOW_HEALTH, "debt_usd"].sum() / some["debt_usd"].sum()
        )
        sheet.add(f"% of debt at HF < {LOW_HEALTH}: {name}", 100 * near, len(some))
    sizes = np.digitize(rows["debt_usd"], [1e3, 1e4, 1e5, 1e6])
    medians = rows["health_factor"].groupby(sizes).median().reindex(range(5))
    sheet.series("median HF by debt: < 1k, 10k, 100k, 1M USD, more", medians)


def positions(lake, sheet):
    """2: size, number and duration of positions."""
    openings = lake.actions[lake.actions["opening"]]
    sheet.quantiles("debt, USD", lake.grid["debt_usd"], ALL)
    sheet.quantiles("debt when opened, USD", openings["debt_usd"])
    sheet.quantiles("HF when opened", openings["health_factor"], (1, *INNER))
    sheet.add("openings a day", len(openings) / lake.days, len(openings))
    market = lake.grid.groupby("time")["debt_usd"].agg(["size", "sum", "max"])
    tenths = np.linspace(0, len(market) - 1, 11).astype(int)
    sheet.series("open accounts, at tenths of the span", market["size"].iloc[tenths])
    sheet.quantiles("debt of the market, USD", market["sum"], (10, 50, 90))
    sheet.quantiles(
        "% of debt in the largest position", 100 * market["max"] / market["sum"], (10, 50, 90)
    )
    life, entered = lake.spells["life_days"].to_numpy(), lake.spells["position_age_days"].to_numpy()
    event = lake.spells["event"].to_numpy()
    times, left = survival(life, event > 0, entered - 1e-9)
    gone = [times[left <= 1 - part][:1] for part in (0.1, 0.25, 0.5, 0.75)]
    sheet.series(
        "days until 10 25 50 75 % are gone", [t[0] if len(t) else np.nan for t in gone], len(life)
    )
    for low, high in zip(AGES_DAYS, AGES_DAYS[1:]):
        exposed = np.clip(np.minimum(life, high) - np.maximum(entered, low), 0, None).sum()
        inside = (life >= low) & (life < high)
        ends = [100 * np.sum(inside & (event == kind)) / max(exposed, 1e-9) for kind in (2, 1)]
        sheet.series(f"% closed, liquidated a day, at age {low}-{high} d", ends, round(exposed))


def actions(lake, sheet):
    """3: frequency and timing of actions."""
    moves, exposure = lake.moves, lake.grid.groupby("account").size() * lake.step_hours / 24
    sheet.add("account-months", lake.months)
    counts = lake.events["kind"].value_counts().reindex(KINDS).fillna(0)
    sheet.series(
        f"events per account-month: {', '.join(KINDS)}", counts / lake.months, len(lake.events)
    )
    sheet.add(
        "actions per account-month, openings and closings aside",
        len(moves) / lake.months,
        len(moves),
    )
    old = lake.grid[lake.grid["account_age_days"] >= 30]
    sheet.quantiles("actions_30d, of accounts older than 30 d", old["actions_30d"], ALL)
    sheet.add("% of these that did not act in 30 d", share(old["actions_30d"] == 0), len(old))
    numbers = moves.groupby("account").size().reindex(exposure.index).fillna(0)
    sheet.add(
        "% of actions by the busiest 1 % of accounts", concentration(numbers, 0.01), len(numbers)
    )
    monthly = (numbers / exposure * HOURS_PER_MONTH / 24)[exposure >= 30]
    sheet.quantiles("actions a month by account, open 30 d or more", monthly, ALL)
    sheet.add("% of these that never act", share(monthly == 0), len(monthly))
    gaps = moves.groupby("account")["time"].diff().dt.total_seconds() / 3600
    sheet.quantiles("hours between an owner's actions", gaps, ALL)
    begins = moves[gaps.isna() | (gaps > SESSION_HOURS)]
    sheet.add(
        f"sessions ({SESSION_HOURS} h apart) per account-month",
        len(begins) / lake.months,
        len(begins),
    )
    pauses = begins.groupby("account")["time"].diff().dt.total_seconds() / 86_400
    sheet.quantiles("days between sessions", pauses, ALL)
    sessions = begins.groupby("account").size().reindex(exposure.index).fillna(0)
    types = poisson_mixture(sessions.to_numpy(), exposure.to_numpy())
    for name, values in zip(("share of accounts", "sessions a day", "share of time"), types):
        sheet.series(f"four types of owners: {name}", values, len(exposure))
    hours = moves["time"].dt.hour.value_counts().reindex(range(24)).fillna(0)
    sheet.add(
        "busiest hour of the day over quietest", hours.max() / max(hours.min(), 1), len(moves)
    )
    week = moves["time"].dt.dayofweek
    sheet.add(
        "weekend day over weekday", (week >= 5).sum() / 2 / max((week < 5).sum() / 5, 1), len(moves)
    )


def sizes_of_actions(lake, sheet):
    """3: size and direction of actions."""
    moves = lake.moves
    sheet.shares("what is done in one action", moves["how"], 8)
    debt = moves["debt_usd"] - moves["borrow"] + moves["repay"]
    collateral = moves["collateral_usd"] - moves["deposit"] + moves["withdraw"]
    for kind, whole in zip(KINDS, (debt, debt, collateral, collateral)):
        some = (moves[kind] > 0) & (whole > 0)
        sheet.quantiles(f"{kind}, % of what was there", 100 * moves[kind][some] / whole[some])
    for side, some in (("raised", lake.raises), ("lowered", lake.lowers)):
        sheet.add(f"% of actions: HF {side}", 100 * len(some) / max(len(moves), 1), len(moves))
        sheet.shares(f"HF {side} by", some["how"], 4)
        sheet.quantiles(f"ln HF {side} by", some["raised"].abs())
        for when, values in (("before", some["before"]), ("after", some["health_factor"])):
            sheet.quantiles(f"HF {when} it was {side}", values)
            owners = np.log(values).groupby(some["account"]).agg(["median", "std", "size"])
            owners = owners[owners["size"] >= 4]
            sheet.quantiles(f"an owner's median HF {when} it was {side}", np.exp(owners["median"]))
            sheet.quantiles(
                f"an owner's sd of ln HF {when} it was {side}", owners["std"], (25, 50, 75)
            )


def stress(lake, sheet):
    """3: whether owners act more when prices move."""
    bands = {
        "move < 3 %": lambda r: np.abs(r) < 0.03,
        "fall > 10 %": lambda r: r < log(0.9),
        "rise > 10 %": lambda r: r > log(1.1),
        "move > 10 %": lambda r: (r < log(0.9)) | (r > log(1.1)),
    }
    exposed = lake.at(lake.grid, "r24")
    for name, some in (
        ("actions", lake.moves),
        ("raises of HF", lake.raises),
        ("lowers of HF", lake.lowers),
    ):
        moved = lake.at(some, "r24")
        rates = [band(moved).sum() / max(band(exposed).sum(), 1) for band in bands.values()]
        ratios = [rate / max(rates[0], 1e-12) for rate in rates[1:]]
        sheet.series(
            f"{name}: rate after 24 h {', '.join(list(bands)[1:])} / < 3 %", ratios, len(some)
        )
    rows = lake.grid[lake.grid["follow_up_days"] >= 1].reset_index(drop=True)
    rows = rows.assign(raised=follows(rows, lake.raises, 1), r24=lake.at(rows, "r24"))
    for low, high in ((1, 1.1), (1.1, 1.25), (1.25, 1.6), (1.6, 3)):
        some = rows[rows["health_factor"].between(low, high, inclusive="left")]
        falls = [some[np.abs(some["r24"]) < 0.03]]
        for least, most in ((0.05, 0.1), (0.1, 0.15), (0.15, 1)):
            falls.append(some[np.expm1(some["r24"]).between(-most, -least)])
        seen = [share(fall["raised"]) for fall in falls]
        name = f"% raising HF in 24 h after move < 3 %, fall 5-10, 10-15, > 15 %, HF {low}-{high}"
        sheet.series(name, seen, len(some))


def outcomes(lake, sheet):
    """4: outcomes of accounts, by health factor and activity."""
    for horizon, days in HORIZON_DAYS.items():
        rows = lake.grid[lake.grid["follow_up_days"] >= days].reset_index(drop=True)
        soon = rows["duration_days"] <= days
        outcome = pd.DataFrame(
            {
                "liquidated": soon & (rows["event"] == 1),
                "closed": soon & (rows["event"] == 2),
                "raised": follows(rows, lake.raises, days),
                "lowered": follows(rows, lake.lowers, days),
            }
        )
        outcome["nothing"] = ~outcome.any(axis=1)
        near, busy = np.digitize(rows["health_factor"], HEALTH_BINS), np.digitize(
            rows["actions_30d"], ACTION_BINS
        )
        for index, (low, high) in enumerate(zip([0, *HEALTH_BINS], HEALTH_BINS)):
            some = near == index
            name = f"in {horizon}: % {', '.join(outcome)}; HF {low}-{high}"
            sheet.series(name, 100 * outcome[some].mean(), int(some.sum()))
            if horizon == "24 h":
                classes = range(1, len(ACTION_BINS))
                seen = [share(outcome["raised"][some & (busy == kind)]) for kind in classes]
                name = (
                    f"in 24 h: % raised; 0, 1-2, 3-8, 9-30, > 30 actions in 30 d; HF {low}-{high}"
                )
                sheet.series(name, seen, int(some.sum()))


def rescues(lake, sheet):
    """4: how owners rescue their positions."""
    for limit in (1.1, LOW_HEALTH, 1.5):
        saved = lake.raises[lake.raises["before"] < limit]
        sheet.quantiles(f"ln HF raised by, from HF < {limit}", saved["raised"])
        sheet.quantiles(f"HF reached, from HF < {limit}", saved["health_factor"])
    saved = lake.raises[lake.raises["before"] < LOW_HEALTH]
    owners, all_owners = saved.groupby("account"), lake.grid["account"].nunique()
    sheet.quantiles("an owner's median rescue, ln HF", owners["raised"].median())
    sheet.quantiles("an owner's median HF reached", owners["health_factor"].median())
    sheet.add("rescues per account-month", len(saved) / lake.months, len(saved))
    sheet.add("% of accounts that ever rescued", 100 * len(owners) / all_owners, all_owners)
    sheet.shares("rescues by", saved["how"])
    sheet.shares("accounts' first rescues by", saved.drop_duplicates("account")["how"])
    for line in (1.1, LOW_HEALTH):
        before = lake.grid.groupby("account")["health_factor"].shift()
        fell = (
            (lake.grid["health_factor"] < line)
            & (before >= line)
            & (lake.grid["follow_up_days"] >= 7)
        )
        rows = lake.grid[fell].reset_index(drop=True)
        came = [share(follows(rows, lake.raises, hours / 24)) for hours in (4, 12, 24, 72, 168)]
        sheet.series(
            f"% raising HF within 4 12 24 72 168 h of falling below {line}", came, len(rows)
        )
        lost = (rows["event"] == 1) & (rows["duration_days"] <= 7)
        sheet.add(f"% liquidated within 168 h of falling below {line}", share(lost), len(rows))
    lowest = lake.observed.groupby(["account", "ends"])["health_factor"].min().to_numpy()
    sheet.quantiles("lowest HF of a position", lowest, (1, *INNER))
    kept = lake.spells["event"].to_numpy() != 1
    sheet.quantiles("lowest HF of a position never liquidated", lowest[kept], (1, *INNER))


def rates(lake, sheet):
    """5: rates at which positions end, and their clustering."""
    ends = lake.spells[lake.spells["event"] > 0]
    calendar = pd.date_range(lake.grid["time"].min().floor("D"), lake.grid["time"].max(), freq="D")
    for name, event in (("liquidations", 1), ("closings", 2)):
        some = ends[ends["event"] == event]
        by_day = some.groupby(some["ends"].dt.floor("D"))["account"].nunique()
        by_day = by_day.reindex(calendar).fillna(0)
        sheet.series(
            f"{name} per account-month, a day", (len(some) / lake.months, by_day.mean()), len(some)
        )
        worst = [concentration(by_day, part) for part in (0.01, 0.05)]
        sheet.series(f"% of {name} on the worst 1 5 % of days", worst, len(some))
        sheet.series(f"{name} on the worst days", by_day.nlargest(8))
    hit = []
    for crash in crashes(lake.prices["ETH"].dropna()):
        during = (ends["event"] == 1) & ends["ends"].between(crash["start"], crash["end"])
        around = (lake.grid["time"] - crash["start"]).abs() <= pd.Timedelta(
            hours=lake.step_hours / 2
        )
        hit.append(f"{ends[during]['account'].nunique()}/{lake.grid[around]['account'].nunique()}")
    sheet.add_text(
        f"liquidated/open accounts in each crash (24 h fall > {FALL:.0%})", " ".join(hit)
    )
    for horizon, days in HORIZON_DAYS.items():
        rows = lake.grid[lake.grid["follow_up_days"] >= days]
        seen = ((rows["event"] == 1) & (rows["duration_days"] <= days)).sum()
        expected = rows[f"first_passage_{horizon.replace(' ', '')}"].sum()
        sheet.add(f"% of landmarks liquidated in {horizon}", 100 * seen / len(rows), len(rows))
        sheet.add(
            f"first passage expects, over seen, {horizon}", expected / max(seen, 1), int(seen)
        )


# ---------------------------------------------------------------------------- prices, their oracle


def crashes(price):
    """Falls from the highest price of 24 h: start, end, depth and rebound in %, hours to trough."""
    drop, values = price / price.rolling(25, min_periods=2).max() - 1, price.to_numpy()
    found, last = [], -CRASH_APART_HOURS
    for hour in np.flatnonzero(drop.to_numpy() < -FALL):
        if hour - last < CRASH_APART_HOURS:
            continue
        last, begin = hour, max(hour - 24, 0)
        top = begin + int(np.argmax(values[begin : hour + 1]))
        trough = top + int(np.argmin(values[top : top + 49]))
        lost, regained = (
            values[top] - values[trough],
            values[trough : trough + 49].max() - values[trough],
        )
        crash = {"start": price.index[top], "end": price.index[min(trough + 24, len(price) - 1)]}
        crash |= {
            "depth": 100 * lost / values[top],
            "hours": trough - top,
            "rebound": 100 * regained / lost,
        }
        found.append(crash)
    return found


def prices(lake, sheet):
    """7: price moves, joint and individual."""
    names = [name for name in BASKET if name in lake.prices]
    logs = np.log(lake.prices[names].dropna())
    hourly, daily = logs.diff().dropna(), logs[logs.index.hour == 0].diff().dropna()
    sheet.quantiles("ETH volatility, EWMA 24 h", lake.market["volatility"][48:], ALL)
    wild = hourly["ETH"] < hourly["ETH"].quantile(0.01)
    for what, rows in (
        ("hours", hourly),
        ("days", daily),
        ("ETH's worst 1 % of hours", hourly[wild]),
    ):
        upper = rows.corr().to_numpy()[np.triu_indices(len(names), 1)]
        sheet.series(f"correlations of {'/'.join(names)}, row by row: {what}", upper, len(rows))
    for name in names:
        one_price(name, logs[name], hourly[name], daily[name], sheet)


def one_price(name, level, hourly, daily, sheet):
    """7: moves of one price, and the log of its daily realised volatility as an AR(1)."""
    sheet.add(f"{name}: volatility a year", hourly.std() * sqrt(HOURS_PER_YEAR), len(hourly))
    sheet.series(
        f"{name}: excess kurtosis, hourly, daily", (hourly.kurt(), daily.kurt()), len(hourly)
    )
    sheet.series(f"{name}: skewness, hourly, daily", (hourly.skew(), daily.skew()), len(hourly))
    lags = [autocorrelation(hourly.abs(), lag) for lag in (1, 24, 168)]
    sheet.series(f"{name}: autocorrelation of abs. return at 1 24 168 h", lags, len(hourly))
    for hours in (24, 168):
        moves = 100 * np.expm1(level.diff(hours))
        sheet.quantiles(f"{name}: return in {hours} h, %", moves, (0.1, 1, 5, 50, 95, 99))
        sheet.add(f"{name}: worst {hours} h, %", moves.min())
    found = crashes(np.exp(level))
    sheet.add(f"{name}: crashes a year", len(found) * HOURS_PER_YEAR / len(level), len(found))
    for what in ("depth", "hours", "rebound"):
        sheet.quantiles(
            f"{name}: crashes, {what}", [crash[what] for crash in found], (0, 25, 50, 75, 100)
        )
    squares = (hourly**2).resample("D").sum(min_count=24)
    wildness = np.log(np.sqrt(squares[squares > 0] * 365))
    slope = autocorrelation(wildness, 1)
    innovation = wildness.std() * sqrt(1 - slope**2)
    values = (wildness.mean(), wildness.std(), slope, innovation)
    sheet.series(
        f"{name}: ln daily volatility: mean, sd, AR(1), sd of innovations", values, len(wildness)
    )
    decay = [autocorrelation(wildness, lag) for lag in (1, 2, 5, 10, 20, 40)]
    sheet.series(
        f"{name}: ln daily volatility: autocorrelation at 1 2 5 10 20 40 d", decay, len(wildness)
    )


def oracle_updates(price):
    """Updates of an oracle with a heartbeat and a deviation threshold, from minute prices."""
    values, seconds = price.to_numpy(), (price.index - price.index[0]).total_seconds().to_numpy()
    kept = [0]
    for index in range(1, len(values)):
        moved = abs(values[index] / values[kept[-1]] - 1) >= DEVIATION
        if moved or seconds[index] - seconds[kept[-1]] >= HEARTBEAT_S:
            kept.append(index)
    return price.iloc[kept]


def oracle(price, sheet):
    """8: timing and size of oracle updates."""
    gaps = price.index.to_series().diff().dt.total_seconds().dropna() / 60
    days = (price.index[-1] - price.index[0]).total_seconds() / 86_400
    moves = np.log(price).diff().dropna()
    sheet.quantiles("minutes between updates", gaps, ALL)
    sheet.add("updates a day", len(gaps) / days, len(gaps))
    sheet.quantiles("updates on a day", price.resample("D").size()[1:-1], (5, 25, 50, 75, 95))
    sheet.add("% of updates after 59 min or more", share(gaps >= 59), len(gaps))
    sheet.quantiles("move at an update, %", 100 * moves.abs(), ALL)
    hourly = np.log(price.resample("h").last().ffill()).diff().std() * sqrt(HOURS_PER_YEAR)
    both = (sqrt((moves**2).sum() / days * 365), hourly)
    sheet.series("volatility a year, of updates, of hours", both, len(moves))


def lake_oracle(lake, sheet):
    """8, of a lake that has an oracle on a chain."""
    rows = lake.table("oracle_prices", ["source", "asset", "time", "block", "price_usd"])
    rows = rows[rows["block"].notna() & rows["asset"].replace(SYNONYMS).eq("ETH")]
    if len(rows):
        rows = rows[rows["source"] == rows["source"].mode()[0]]
        oracle(rows.set_index("time")["price_usd"], sheet)


def reference_oracle(folder, sheet):
    """8, of the reference data's pool under the usual rule."""
    oracle(oracle_updates(minutes(folder)["price"].dropna()), sheet)


# ------------------------------------------------------------------------- liquidations, liquidity


def liquidations(rows, sheet):
    """6: size and clustering of liquidations."""
    for side in ("debt", "collateral"):
        sheet.quantiles(f"{side} of a liquidation, USD", rows[f"{side}_usd"], ALL)
        sheet.shares(f"{side} of liquidations", rows[side])
    bonus = (rows["collateral_usd"] / rows["debt_usd"])[rows["debt_usd"] > 100]
    sheet.quantiles("collateral over debt", bonus)
    users = rows.groupby("user")
    gaps = users["time"].diff().dt.total_seconds() / 3600
    episodes = rows.groupby(["user", (~(gaps < 24)).groupby(rows["user"]).cumsum()])
    sheet.quantiles(
        "debt of an episode (a user's within 24 h), USD", episodes["debt_usd"].sum(), ALL
    )
    sheet.quantiles("liquidations in an episode", episodes.size(), (50, 75, 90, 99))
    sheet.quantiles("liquidations a user", users.size(), (25, 50, 75, 90, 99))
    sheet.add("% of users liquidated once", share(users.size() == 1), len(users))
    sheet.quantiles("hours between a user's liquidations", gaps, (10, 25, 50, 75, 90))
    for name, unit in (("hours", "h"), ("days", "D")):
        counts = rows.set_index("time")["user"].resample(unit).size()
        worst = [concentration(counts, part) for part in (0.01, 0.05)]
        sheet.series(f"% of liquidations in the worst 1 5 % of {name}", worst, len(counts))
        sheet.add(f"% of {name} with a liquidation", share(counts > 0), len(counts))


def lake_liquidations(lake, sheet):
    """6, of a lake."""
    columns = {"account": "user", "collateral_asset": "collateral", "debt_asset": "debt"}
    rows = lake.table("liquidations").rename(columns=columns)
    if len(rows):
        for side in ("debt", "collateral"):
            rows[f"{side}_usd"] = rows[f"{side}_amount"] * lake.prices_at(rows, side)
        liquidations(rows, sheet)


def reference_liquidations(folder, sheet):
    """6, of the reference data's lending pool."""
    rows = pd.read_csv(folder / "aave_v2_liquidations/liquidations.csv.gz")
    rows["time"] = pd.to_datetime(rows["timestamp"], unit="s", utc=True)
    columns = {"collateral_symbol": "collateral", "debt_symbol": "debt"}
    liquidations(rows.rename(columns=columns).sort_values("time"), sheet)


def liquidity(depth, price, sheet):
    """9: hourly liquidity in range of a pool against volatility."""
    squares = np.log(price.resample("5min").last().ffill()).diff() ** 2
    volatility = np.sqrt(squares.resample("h").sum() * HOURS_PER_YEAR)
    both = pd.DataFrame({"depth": np.log(depth.resample("h").median()), "now": np.log(volatility)})
    both = both[volatility > 0.01].dropna()
    both["lately"] = both["now"].rolling(24).mean()
    for name in ("now", "lately"):
        some = both[[name, "depth"]].dropna()
        fit = np.polyfit(some[name], some["depth"], 1)[0], some.corr().iloc[0, 1]
        when = {"now": "this hour's", "lately": "the last 24 h's"}[name]
        sheet.series(f"ln liquidity on {when} ln volatility: slope, correlation", fit, len(some))
    sheet.add("sd of ln liquidity", both["depth"].std(), len(both))
    decay = [autocorrelation(both["depth"], lag) for lag in (1, 6, 24, 72, 168)]
    sheet.series("autocorrelation of ln liquidity at 1 6 24 72 168 h", decay, len(both))


def lake_liquidity(lake, sheet):
    """9, of a lake's busiest pool."""
    rows = lake.table("pool_liquidity")
    if len(rows):
        rows = rows[rows["pool"] == rows["pool"].mode()[0]].set_index("time")
        liquidity(rows["liquidity"].astype(float), 1.0001 ** rows["tick"], sheet)


def minutes(folder):
    """The reference data's pool by the minute, with ETH's price in USD."""
    file = folder / "uniswap_v3/polygon_usdc_weth_005_minute.csv.gz"
    rows = pd.read_csv(file, parse_dates=["timestamp"]).set_index("timestamp").sort_index()
    return rows.assign(price=1e12 / 1.0001 ** rows["closeTick"])


def reference_liquidity(folder, sheet):
    """9, of the reference data's pool and quotes; sizes at the best quoted price, sold for USDC."""
    rows = minutes(folder)
    liquidity(rows["currentLiquidity"].astype(float), rows["price"], sheet)
    quotes = pd.read_csv(folder / "dex_quotes/quotes.csv.gz")
    quotes[["src", "dst"]] = quotes[["src", "dst"]].replace(TOKENS)
    dollars = quotes[quotes["dst"] == "USDC"].groupby("src")["price"].quantile(0.99)
    dollars["USDC"] = 1.0
    tokens = quotes["in_amount"] / 10.0 ** quotes["src"].map(DECIMALS).fillna(18)
    quotes["usd"] = tokens * quotes["src"].map(dollars)
    for (source, target), group in quotes.groupby(["src", "dst"]):
        near = [np.abs(np.log(group["usd"] / size)) < 0.35 for size in (1e4, 1e5, 1e6, 5e6)]
        impact = [100 * group.loc[some, "price_impact"].median() for some in near]
        sheet.series(
            f"median impact, % at 10k 100k 1M 5M USD: {source}>{target}", impact, len(group)
        )


DECIMALS = {"WBTC": 8, "USDC": 6, "USDT": 6}
TOKENS = {
    "0x0000000000085d4780b73119b644ae5ecd22b376": "TUSD",
    "0x2260fac5e5542a773aa44fbcfedf7c193bc2c599": "WBTC",
    "0x7f39c581f595b53c5cb19bd0b3f8da6c935e2ca0": "wstETH",
    "0x8e870d67f660d95d5be530380d0ec0bd388289e1": "USDP",
    "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48": "USDC",
    "0xac3e018457b222d93114458476f3e3416abbe38f": "sfrxETH",
    "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2": "WETH",
    "0xdac17f958d2ee523a2206206994597c13d831ec7": "USDT",
}


# ------------------------------------------------------------------------------------------- table


PARTS = {  # part: heading, of a lake, of the reference data
    "accounts": [
        ("1 health factors", health, None),
        ("2 positions", positions, None),
        ("3 actions", actions, None),
        ("3 actions", sizes_of_actions, None),
        ("3 actions", stress, None),
        ("4 rescues", outcomes, None),
        ("4 rescues", rescues, None),
        ("5 rates of events", rates, None),
    ],
    "liquidations": [("6 liquidations", lake_liquidations, reference_liquidations)],
    "prices": [("7 prices", prices, None)],
    "oracle": [("8 oracle", lake_oracle, reference_oracle)],
    "depth": [("9 liquidity", lake_liquidity, reference_liquidity)],
}


def fill(source, parts, index):
    """All statistics of one source: of a lake (`index` 1) or of the reference data (2)."""
    sheet = StatisticsSheet()
    for row in (row for part in parts for row in PARTS[part] if row[index]):
        sheet.heading = row[0]
        row[index](source, sheet)
    return sheet


def markdown(columns):
    """The sheets, by name, as one table per heading."""
    lines, keys = [], dict.fromkeys(key for sheet in columns.values() for key in sheet.rows)
    for heading in sorted({heading for heading, _ in keys}):
        lines += [
            f"\n## {heading}\n",
            f"| | {' | '.join(columns)} |",
            "|---" * (len(columns) + 1) + "|",
        ]
        for key in (key for key in keys if key[0] == heading):
            cells = (sheet.rows.get(key, "") for sheet in columns.values())
            lines.append(f"| {key[1]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main():
    """Reads the command line and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lakes", nargs="+", type=pathlib.Path, metavar="LAKE")
    parser.add_argument("--reference", type=pathlib.Path, metavar="DATA_DIR")
    parser.add_argument(
        "--only", default=",".join(PARTS), help="parts, comma-separated: %(default)s"
    )
    options = parser.parse_args()
    parts = options.only.split(",")
    columns = {str(lake): fill(Lake(lake), parts, 1) for lake in options.lakes}
    if options.reference:
        columns["reference"] = fill(options.reference, parts, 2)
    print(markdown(columns))


if __name__ == "__main__":
    main()
