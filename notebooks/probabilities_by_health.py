#!/usr/bin/env python3
"""Prints the probabilities of liquidation of new positions by health factor and debt.

    plimsoll serve --lake demo/lake --model demo/model
    python3 notebooks/probabilities_by_health.py --market simulated-mixed-1/aave-v3/mixed-1

The positions have one collateral and one debt, are opened at the end of what the server knows, and
are scored by POST /v1/score. The result is a Markdown table; each cell is the probability with its
interval, in percent. Needs only the standard library.
"""

import argparse
import json
import urllib.request

HEALTH_FACTORS = [
    0.8, 0.9, 0.95, 0.98, 0.99, 1.0, 1.01, 1.02, 1.05, 1.1, 1.2, 1.5, 2, 3, 5, 10, 32,
]
DEBTS_USD = [50, 2_000, 200_000]
# Tokens of debt of the first position, from whose score the others follow.
KNOWN_DEBT = 1_000
HORIZONS = ["1h", "24h", "7d", "30d"]


def main():
    args = parse_arguments()
    [known] = score(args, [position(args, 1, KNOWN_DEBT)])["results"]
    grid = [(debt_usd, health) for debt_usd in DEBTS_USD for health in HEALTH_FACTORS]
    answer = score(args, [sized(args, known, debt_usd, health) for debt_usd, health in grid])
    print(f"{answer['market']}, {args.debt} against {args.collateral}, as of {answer['as_of']}:\n")
    print("| debt, USD | health factor | state |", " | ".join(HORIZONS), "| taken |")
    print("|---:|---:|---|" + "---:|" * (len(HORIZONS) + 1))
    for (debt_usd, health), result in zip(grid, answer["results"]):
        cells = [cell(result["probabilities"][horizon]) for horizon in HORIZONS]
        taken = percent(result["liquidation"]["probability_taken"])
        print(f"| {debt_usd:,} | {health:g} | {result['state']} |", " | ".join(cells), f"| {taken} |")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="address of the server")
    parser.add_argument("--market", required=True, help="market, as GET /healthz lists them")
    parser.add_argument("--collateral", default="WETH", help="asset of the collateral")
    parser.add_argument("--debt", default="USDC", help="asset of the debt")
    return parser.parse_args()


def sized(args, known, debt_usd, health):
    """A position with this debt and health factor; `known` is the score of 1 against KNOWN_DEBT."""
    share = debt_usd / known["debt_usd"]
    # Rounding must not move a health factor of 1 below the threshold.
    collateral = share * health / known["health_factor"] * (1 + 1e-9)
    return position(args, collateral, share * KNOWN_DEBT)


def position(args, collateral, debt):
    return {
        "collateral": [{"asset": args.collateral, "amount": collateral}],
        "debt": [{"asset": args.debt, "amount": debt}],
    }


def score(args, positions):
    body = json.dumps({"market": args.market, "positions": positions}).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(args.url + "/v1/score", body, headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def cell(probability):
    ends = f"{percent(probability['lower'])}-{percent(probability['upper'])}"
    return f"{percent(probability['liquidated'])} ({ends})"


def percent(share):
    """Percent with two significant digits; from 99 on, up to two decimals."""
    value = 100 * share
    return f"{value:.2f}" if value >= 99 else f"{float(f'{value:.2g}'):g}"


if __name__ == "__main__":
    main()
