"""Measures calls, bytes and peak memory of reading many blocks with each proof; see README.md."""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from environment import REPOSITORY

FIRST_BLOCK = 20_000_000
MARKET = """name = "generated"
chain = "generated"
chain_id = 137
protocol = "aave-v3"
addresses_provider = "0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb"
from_block = 20000000
"""


def main():
    options = arguments()
    print('| proof | logs with times | blocks | calls | received, MiB | calls per 1M blocks | MiB per 1M blocks '
          '| peak memory, MiB | seconds |')
    print('|---' * 9 + '|')
    for proof in options.proofs.split(','):
        for timestamps in ('true', 'false'):
            if proof == 'full' and timestamps == 'false':
                continue
            for blocks in (options.blocks // 10, options.blocks):
                print(row(options, proof, timestamps, blocks), flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    option = parser.add_argument
    option('--blocks', type=int, default=1_000_000)
    option('--proofs', default='logs,sampled,full')
    option('--plimsoll', type=Path, default=REPOSITORY / 'target/release/plimsoll')
    option('--endpoint', type=Path, default=REPOSITORY / 'target/release/examples/fake_endpoint')
    return parser.parse_args()


def row(options, proof, timestamps, blocks):
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen(
            [options.endpoint, str(blocks), timestamps], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True) as endpoint:
        url = endpoint.stdout.readline().strip()
        market = Path(folder) / 'market.toml'
        market.write_text(MARKET)
        started = time.perf_counter()
        process = subprocess.Popen(
            [options.plimsoll, 'ingest', 'rpc', '--market', market, '--rpc', url, '--lake', Path(folder) / 'lake',
             '--proof', proof, '--json'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        summary = json.loads(process.stdout.read())
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        endpoint.stdin.close()
    traffic, read = summary['traffic'], summary['blocks']
    mib = traffic['received_bytes'] / 2**20
    cells = [proof, timestamps, f'{read:,}', f"{summary['requests']:,}", f'{mib:,.1f}',
             f"{summary['requests'] / read * 1e6:,.0f}", f'{mib / read * 1e6:,.1f}', f'{used.ru_maxrss / 1024:,.0f}',
             f'{seconds:.1f}']
    return f"| {' | '.join(cells)} |"


if __name__ == '__main__':
    main()
