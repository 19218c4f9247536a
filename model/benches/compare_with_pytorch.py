"""Compares the net's training speed with PyTorch: same rows, initial weights, net, loss, optimiser
and projection.

Run as `python3 model/benches/compare_with_pytorch.py` from the repository's root. Both sides run
alternately, several times, with the same number of threads; the medians and their ratio are printed.
"""

import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

try:
    import torch
except ImportError:
    sys.exit(
        "PyTorch is missing; install it in a virtual environment and run this script with its Python:\n"
        "  python3 -m venv /tmp/torch && /tmp/torch/bin/pip install torch\n"
        "  /tmp/torch/bin/python model/benches/compare_with_pytorch.py"
    )

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / "target/release/examples/training_speed"
LEARNING_RATE = 5e-4
WARM_UP = 0.05
MAX_GRADIENT_NORM = 1.0
# Learning rate factor and weight decay of each cause; only some variables decay.
LEARNING_RATE_FACTOR = {"liquidation": 1.0, "closing": 4.0}
DECAY = {"liquidation": 3.0, "closing": 0.1}
# As MONOTONE_INPUT_COUNT and LIQUIDATION_INPUT_COUNT in model/src/input/net_inputs.rs.
MONOTONE_INPUTS = 12
LIQUIDATION_INPUTS = 18
# Tolerated relative difference between the mean losses of the last epoch.
TOLERANCE = 0.005


def load(path):
    """Reads a file of single-precision safetensors."""
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8 : 8 + size])
    body = bytearray(raw[8 + size :])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            values = torch.frombuffer(body, dtype=torch.float32)[start // 4 : end // 4]
            tensors[name] = values.reshape(entry["shape"]).clone()
    return tensors


ROWS = ["scaled", "anchor", "liquidation_risk", "closing_risk", "seen_liquidated", "seen_closed"]


def convex_and_concave(width):
    """The activation of liquidation: max(0, x) of the first half of the units, min(0, x) of the others."""
    is_convex = torch.arange(width) < (width + 1) // 2
    infinite = torch.full((width,), torch.inf)
    lowest = torch.where(is_convex, 0.0, -infinite)
    highest = torch.where(is_convex, infinite, 0.0)
    return lambda x: torch.clamp(x, lowest, highest)


def block(weights, cause, x, activation):
    """Members by rows by coefficients."""
    members = weights[f"{cause}.member_heads"].shape[0]
    hidden = x.unsqueeze(0).expand(members, -1, -1)
    for n in range(2):
        layer = {
            part: weights[f"{cause}.layer_{n}.{part}"]
            for part in ("shared_weight", "input_scale", "output_scale", "member_bias")
        }
        scales = layer["input_scale"].unsqueeze(2) * layer["output_scale"].unsqueeze(1)
        bias = layer["member_bias"].unsqueeze(1)
        hidden = activation(torch.baddbmm(bias, hidden, layer["shared_weight"] * scales))
    return torch.baddbmm(weights[f"{cause}.member_offsets"], hidden, weights[f"{cause}.member_heads"])


def loss_of(weights, basis, batch, activation):
    scaled, anchor, liquidation_risk, closing_risk, liquidated, closed = batch
    anchored = weights["alpha"] + weights["beta"] * anchor
    a = block(weights, "liquidated", scaled[:, :LIQUIDATION_INPUTS], activation) @ basis + anchored
    b = block(weights, "closed", scaled, torch.relu) @ basis + weights["gamma"]
    softplus = torch.nn.functional.softplus
    liquidation = liquidation_risk * softplus(a) - liquidated * a
    closing = closing_risk * softplus(b) - closed * b
    return (liquidation + closing).sum() / (a.shape[0] * a.shape[1])


def non_negative(weights):
    """Views of the weights that are projected after each step, as in model/src/net/non_negative.rs."""
    part = lambda layer, name: weights[f"liquidated.layer_{layer}.{name}"].detach()
    return [
        part(0, "shared_weight")[:MONOTONE_INPUTS],
        part(0, "input_scale")[:, :MONOTONE_INPUTS],
        part(0, "output_scale"),
        part(1, "shared_weight"),
        part(1, "input_scale"),
        part(1, "output_scale"),
        weights["liquidated.member_heads"].detach(),
        weights["beta"].detach(),
    ]


def optimiser_of(weights):
    groups = []
    for side, closing in (("liquidation", False), ("closing", True)):
        for is_decayed in (True, False):
            selected = [
                weight
                for name, weight in weights.items()
                if (name.startswith("closed") or name == "gamma") == closing
                and name.endswith(("shared_weight", "member_heads")) == is_decayed
            ]
            decay = DECAY[side] if is_decayed else 0.0
            groups.append({"params": selected, "weight_decay": decay, "learning_rate_factor": LEARNING_RATE_FACTOR[side]})
    return torch.optim.AdamW(groups, lr=LEARNING_RATE, fused=True)


def share_of_rate(done):
    if done < WARM_UP:
        return done / WARM_UP
    return 0.5 * (1.0 + math.cos(math.pi * min(1.0, (done - WARM_UP) / (1.0 - WARM_UP))))


def train(tensors, batch_rows, epochs):
    """Returns rows per second after the first epoch, and the mean loss of each epoch."""
    names = [name for name in tensors if name not in (*ROWS, "basis")]
    weights = {name: tensors[name].clone().requires_grad_() for name in names}
    optimiser = optimiser_of(weights)
    sides = [optimiser.param_groups[:2], optimiser.param_groups[2:]]
    sides = [[weight for group in side for weight in group["params"]] for side in sides]
    activation = convex_and_concave(tensors["liquidated.layer_0.shared_weight"].shape[1])
    constrained = non_negative(weights)
    rows = tensors["scaled"].shape[0]
    steps, step, losses, start = epochs * rows // batch_rows, 0, [], 0.0
    generator = torch.Generator().manual_seed(0)
    for epoch in range(epochs):
        if epoch == 1:
            start = time.perf_counter()
        total = 0.0
        for selected in torch.randperm(rows, generator=generator).split(batch_rows):
            batch = [tensors[name].index_select(0, selected) for name in ROWS]
            loss = loss_of(weights, tensors["basis"], batch, activation)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            for side in sides:
                torch.nn.utils.clip_grad_norm_(side, MAX_GRADIENT_NORM)
            for group in optimiser.param_groups:
                group["lr"] = LEARNING_RATE * share_of_rate(step / steps) * group["learning_rate_factor"]
            optimiser.step()
            torch._foreach_clamp_min_(constrained, 0.0)
            step += 1
            total += loss.item()
        losses.append(total * batch_rows / rows)
    return rows * (epochs - 1) / (time.perf_counter() - start), losses


def run_example(options, batch, *more):
    shape = ["--rows", options.rows, "--batch", batch, "--epochs", options.epochs]
    command = [str(part) for part in (options.binary, *shape, *more)]
    threads = {"RAYON_NUM_THREADS": str(options.threads)}
    return subprocess.run(command, env=os.environ | threads, check=True, capture_output=True).stdout


def compare(options, batch):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "start.safetensors"
        run_example(options, batch, "--save", path)
        tensors = load(path)
    speeds = {"plimsoll": [], "pytorch": []}
    for _ in range(options.rounds):
        measured = json.loads(run_example(options, batch))
        speeds["plimsoll"].append(measured["rows_per_second"])
        speed, losses = train(tensors, batch, options.epochs)
        speeds["pytorch"].append(speed)
        difference = abs(measured["losses"][-1] / losses[-1] - 1.0)
        assert difference < TOLERANCE, f"losses {measured['losses']} and {losses} differ by {difference:.2%}"
        assert losses[-1] < losses[0], f"the loss did not decrease: {losses}"
    medians = {side: statistics.median(speed) for side, speed in speeds.items()}
    return {
        "batch": batch,
        "rows_per_second": {side: round(pace) for side, pace in medians.items()},
        "ratio": round(medians["plimsoll"] / medians["pytorch"], 3),
        "all": {side: [round(speed) for speed in each] for side, each in speeds.items()},
        "last_losses": {"plimsoll": measured["losses"][-1], "pytorch": losses[-1]},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=65_536, help="a multiple of the batches")
    parser.add_argument("--epochs", type=int, default=3, help="the first is not timed")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each side")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batches", type=int, nargs="+", default=[2_048, 256])
    parser.add_argument("--binary", type=pathlib.Path, help="a built example; by default it is built")
    options = parser.parse_args()
    if options.binary is None:
        # Built together with the program, to reuse its dependencies.
        packages = ["-p", "plimsoll", "-p", "plimsoll-model"]
        build = ["cargo", "build", "--release", *packages, "--example", "training_speed"]
        subprocess.run(build, cwd=ROOT, check=True)
        options.binary = BINARY
    torch.set_num_threads(options.threads)
    for batch in options.batches:
        assert options.rows % batch == 0, f"{options.rows} rows are no multiple of {batch}"
        print(json.dumps(compare(options, batch) | {"load": os.getloadavg()}), flush=True)


main()
