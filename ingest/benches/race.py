"""Compares `plimsoll ingest rpc` with other programs on one chain; see README.md."""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import environment
from programs import HERE, PROGRAMS, Workload
from relay import Relay
from table import render


def main():
    options = arguments()
    work = Path(options.work or tempfile.mkdtemp(prefix='plimsoll-benchmark-')).resolve()
    work.mkdir(parents=True, exist_ok=True)
    tools = environment.tools(work / 'tools')
    out = Path(options.running or work / 'devnet').resolve()
    up = environment.running(out) if options.running else environment.node(options.devnet, out, options.scale)
    with up as chain:
        workload = plan_workload(chain, out, options.plimsoll.resolve(), tools, work)
        results = compare(workload, options.rounds, work)
        results['chain'] = {'blocks': workload.last - workload.first + 1, 'contracts': len(workload.addresses)}
        results['machine'] = machine(workload)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + '\n')
    print(render(results))
    if not options.work:
        shutil.rmtree(work)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    option = parser.add_argument
    option('--plimsoll', type=Path, default=environment.REPOSITORY / 'target/release/plimsoll')
    option('--rounds', type=int, default=7, help='runs of each, the first of which is discarded')
    option('--scale', default='large', help='of the devnet: small or large')
    option('--devnet', type=Path, default=environment.REPOSITORY / 'devnet', help='folder of up.mjs')
    option('--running', metavar='OUT', help='the --out folder of a devnet that is already running')
    option('--work', help='folder that is kept, with the installed programs; a temporary one otherwise')
    option('--json', type=Path, help='file for the figures')
    options = parser.parse_args()
    if options.rounds < 2:
        parser.error('--rounds must be 2 or more: the first is discarded')
    if not options.plimsoll.exists():
        parser.error(f'no {options.plimsoll}: cargo build --release')
    return options


def plan_workload(chain, out, plimsoll, tools, work):
    """Records the requests of plimsoll; their filter and range are the workload."""
    folder = work / 'recording'
    shutil.rmtree(folder, ignore_errors=True)
    market, filter_file = out / 'aave-v3.toml', work / 'filter.json'
    workload = Workload(chain['rpc'], market, 0, chain['head']['number'], filter_file, (), plimsoll, tools)
    with Relay(chain['rpc']) as relay:
        run(PROGRAMS[0], replace(workload, rpc=relay.url), folder)
    shutil.rmtree(folder)
    widest = max(relay.log_filters, key=lambda log_filter: len(log_filter['address']))
    log_filter = {'address': widest['address'], 'topics': widest['topics']}
    filter_file.write_text(json.dumps(log_filter))
    (work / 'active_ranges.json').write_text(json.dumps(environment.active_ranges(chain)))
    first = min(int(recorded['fromBlock'], 16) for recorded in relay.log_filters)
    return replace(workload, first=first, addresses=tuple(widest['address']))


def compare(workload, rounds, work):
    """Runs all programs in every round, each round starting with another program, so that noise affects
    all of them alike."""
    runs = {program.name: [] for program in PROGRAMS}
    kept, expected = {}, None
    for number in range(rounds):
        turn = number % len(PROGRAMS)
        for program in PROGRAMS[turn:] + PROGRAMS[:turn]:
            folder = work / 'output'
            shutil.rmtree(folder, ignore_errors=True)
            usage = run(program, workload, folder)
            digest = rows(program, workload, folder)
            kept[program.name] = digest.pop('rows')
            expected = expected or digest
            if digest != expected:
                raise SystemExit(f'{program.name} has other logs than the programs before it: {digest}, not {expected}')
            if number > 0:
                runs[program.name].append(usage)
            print(f"round {number} {program.name}: {usage['seconds']:.2f} s", file=sys.stderr)
    shutil.rmtree(work / 'output')
    results = []
    for program in PROGRAMS:
        counts = requests(program, workload, work / 'counted')
        results.append({**summary(program, runs[program.name]), 'logs_kept': kept[program.name], **counts})
    return {'logs': expected['matching'], 'digest': expected['digest'], 'rounds': rounds - 1, 'programs': results}


def summary(program, runs):
    seconds = [usage['seconds'] for usage in runs]
    return {
        'name': program.name,
        'kind': program.kind,
        'median_s': statistics.median(seconds),
        'min_s': min(seconds),
        'seconds': seconds,
        'cpu_s': statistics.median(usage['cpu_s'] for usage in runs),
        'peak_mib': max(usage['peak_mib'] for usage in runs),
    }


def run(program, workload, folder):
    """Runs the program once; returns its duration, processor time and peak memory."""
    folder.mkdir()
    usage = {'seconds': 0.0, 'cpu_s': 0.0, 'peak_mib': 0.0}
    for command in program.commands(workload, folder):
        started = time.perf_counter()
        output, used = finish([str(word) for word in command], program.name)
        usage['seconds'] += float(output) if program.times_itself else time.perf_counter() - started
        usage['cpu_s'] += used.ru_utime + used.ru_stime
        usage['peak_mib'] = max(usage['peak_mib'], used.ru_maxrss / 1024)
    return usage


def finish(command, name):
    """Runs a command; returns its output and resource usage."""
    with tempfile.TemporaryFile('w+') as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            raise SystemExit(f'{name} ended with code {process.returncode}:\n{errors.read()[-4000:]}')
        return output, used


def requests(program, workload, folder):
    """The requests of the program, counted in a separate run."""
    shutil.rmtree(folder, ignore_errors=True)
    with Relay(workload.rpc) as relay:
        run(program, replace(workload, rpc=relay.url), folder)
    shutil.rmtree(folder)
    return {'calls': sum(relay.calls.values()), 'posts': relay.posts, 'received_mib': relay.received_bytes / 2**20}


def rows(program, workload, folder):
    ranges = workload.filter_file.with_name('active_ranges.json')
    read = [workload.tools / 'python', HERE / 'rows.py', program.kind, folder, workload.filter_file, ranges]
    return json.loads(subprocess.run(read, check=True, stdout=subprocess.PIPE).stdout)


def machine(workload):
    version = subprocess.run([workload.plimsoll, '--version'], check=True, capture_output=True, text=True)
    return {'cores': os.cpu_count(), 'system': platform.platform(), 'plimsoll': version.stdout.strip()}


if __name__ == '__main__':
    main()
