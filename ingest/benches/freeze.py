"""Runs `cryo logs` and prints its duration in seconds, without the start of Python."""

import json
import os
import sys
import time

import cryo

rpc, folder, first, last, options = sys.argv[1:]
started = time.perf_counter()
cryo.freeze(
    'logs',
    rpc=rpc,
    blocks=[f'{first}:{int(last) + 1}'],
    output_dir=folder,
    no_report=True,
    verbose=False,
    **json.loads(options),
)
print(time.perf_counter() - started, flush=True)
# The module sometimes aborts when the interpreter exits, after all output is written.
os._exit(0)
