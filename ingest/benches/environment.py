"""Prepares the benchmark: a node with a history, and the other programs."""

import json
import subprocess
import sys
import venv
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).with_name('requirements.txt')
# ethereum-etl's eth-abi requires a parsimonious that Python 3.11 cannot import; no timed code uses it.
IMPORTABLE = 'parsimonious==0.10.0'


def tools(folder):
    """The folder of the other programs, installed into a virtual environment if absent."""
    programs = folder / 'bin'
    done = folder / 'installed.txt'
    requirements = REQUIREMENTS.read_text() + IMPORTABLE
    if not done.exists() or done.read_text() != requirements:
        print('installing the other programs', file=sys.stderr)
        venv.create(folder, clear=True, with_pip=True)
        pip = [programs / 'pip', 'install', '--quiet', '--disable-pip-version-check']
        subprocess.run([*pip, '-r', REQUIREMENTS], check=True)
        # pip reports a conflict with eth-abi, so it is installed second.
        subprocess.run([*pip, IMPORTABLE], check=True, stderr=subprocess.DEVNULL)
        done.write_text(requirements)
    return programs


@contextmanager
def node(devnet, out, scale):
    """Runs a devnet within the context; yields its `deployment.json`."""
    installed, locked = devnet / 'node_modules/.package-lock.json', devnet / 'package-lock.json'
    if not installed.exists() or installed.stat().st_mtime < locked.stat().st_mtime:
        subprocess.run(['npm', 'ci', '--ignore-scripts'], cwd=devnet, check=True, stdout=sys.stderr)
    print(f'starting a {scale} devnet', file=sys.stderr)
    up = ['node', 'up.mjs', '--port', '0', '--scale', scale, '--out', out]
    process = subprocess.Popen(up, cwd=devnet, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        ready = next((line for line in process.stdout if line.startswith('ready ')), None)
        if ready is None:
            raise SystemExit(f'the devnet ended with code {process.wait()}')
        yield deployment(out)
    finally:
        process.stdin.close()
        process.wait()


@contextmanager
def running(out):
    """A devnet that is already running; yields its `deployment.json`."""
    yield deployment(out)


def deployment(out):
    return json.loads((Path(out) / 'deployment.json').read_text())


def active_ranges(chain):
    """The ranges of blocks, both ends excluded, in which the answers of each aggregator were prices."""
    ranges = {}
    for reserve in chain['aave']['reserves']:
        starts = [
            (max(source['fromBlock'], aggregator['fromBlock']), aggregator['address'].lower())
            for source in reserve['sources']
            for aggregator in source['aggregators']
        ]
        ends = [after for after, _ in starts[1:]] + [None]
        for (after, aggregator), until in zip(starts, ends):
            ranges.setdefault(aggregator, []).append((after, until))
    return ranges
