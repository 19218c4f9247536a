"""Races `plimsoll ingest rpc` against its peers over one chain; see README.md."""

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

import ground
from contenders import CONTENDERS, HERE, Course
from relay import Relay
from table import render


def main():
    options = arguments()
    work = Path(options.work or tempfile.mkdtemp(prefix='plimsoll-race-')).resolve()
    work.mkdir(parents=True, exist_ok=True)
    tools = ground.tools(work / 'tools')
    out = Path(options.running or work / 'devnet').resolve()
    up = ground.running(out) if options.running else ground.node(options.devnet, out, options.scale)
    with up as chain:
        course = lay_out(chain, out, options.plimsoll.resolve(), tools, work)
        results = race(course, options.rounds, work)
        results['chain'] = {'blocks': course.last - course.first + 1, 'contracts': len(course.addresses)}
        results['machine'] = machine(course)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + '\n')
    print(render(results))
    if not options.work:
        shutil.rmtree(work)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    option = parser.add_argument
    option('--plimsoll', type=Path, default=ground.REPOSITORY / 'target/release/plimsoll')
    option('--rounds', type=int, default=7, help='runs of each, the first of which is discarded')
    option('--scale', default='large', help='of the devnet: small or large')
    option('--devnet', type=Path, default=ground.REPOSITORY / 'devnet', help='folder of up.mjs')
    option('--running', metavar='OUT', help='the --out folder of a devnet that is already running')
    option('--work', help='folder that is kept, with the installed peers; a temporary one otherwise')
    option('--json', type=Path, help='file for the figures')
    options = parser.parse_args()
    if options.rounds < 2:
        parser.error('--rounds must be 2 or more: the first is thrown away')
    if not options.plimsoll.exists():
        parser.error(f'no {options.plimsoll}: cargo build --release')
    return options


def lay_out(chain, out, plimsoll, tools, work):
    """Lets plimsoll show what it asks for: that filter and that range are the course."""
    folder = work / 'scouting'
    shutil.rmtree(folder, ignore_errors=True)
    market, filter_file = out / 'aave-v3.toml', work / 'filter.json'
    course = Course(chain['rpc'], market, 0, chain['head']['number'], filter_file, (), plimsoll, tools)
    with Relay(chain['rpc']) as relay:
        run(CONTENDERS[0], replace(course, rpc=relay.url), folder)
    shutil.rmtree(folder)
    widest = max(relay.log_filters, key=lambda asked: len(asked['address']))
    log_filter = {'address': widest['address'], 'topics': widest['topics']}
    filter_file.write_text(json.dumps(log_filter))
    (work / 'turns.json').write_text(json.dumps(ground.turns(chain)))
    first = min(int(asked['fromBlock'], 16) for asked in relay.log_filters)
    return replace(course, first=first, addresses=tuple(widest['address']))


def race(course, rounds, work):
    """Round by round, each begun by another, so that a noisy minute hits all alike."""
    runs = {contender.name: [] for contender in CONTENDERS}
    kept, agreed = {}, None
    for number in range(rounds):
        turn = number % len(CONTENDERS)
        for contender in CONTENDERS[turn:] + CONTENDERS[:turn]:
            folder = work / 'output'
            shutil.rmtree(folder, ignore_errors=True)
            took = run(contender, course, folder)
            digest = rows(contender, course, folder)
            kept[contender.name] = digest.pop('rows')
            agreed = agreed or digest
            if digest != agreed:
                raise SystemExit(f'{contender.name} has other logs than the rest: {digest}, not {agreed}')
            if number > 0:
                runs[contender.name].append(took)
            print(f"round {number} {contender.name}: {took['seconds']:.2f} s", file=sys.stderr)
    shutil.rmtree(work / 'output')
    racers = []
    for contender in CONTENDERS:
        asked = requests(contender, course, work / 'counted')
        racers.append({**summary(contender, runs[contender.name]), 'logs_kept': kept[contender.name], **asked})
    return {'logs': agreed['wanted'], 'digest': agreed['digest'], 'rounds': rounds - 1, 'contenders': racers}


def summary(contender, runs):
    seconds = [took['seconds'] for took in runs]
    return {
        'name': contender.name,
        'kind': contender.kind,
        'median_s': statistics.median(seconds),
        'min_s': min(seconds),
        'seconds': seconds,
        'cpu_s': statistics.median(took['cpu_s'] for took in runs),
        'peak_mib': max(took['peak_mib'] for took in runs),
    }


def run(contender, course, folder):
    """Runs the contender once: its seconds, those on a processor, and its most memory."""
    folder.mkdir()
    took = {'seconds': 0.0, 'cpu_s': 0.0, 'peak_mib': 0.0}
    for command in contender.commands(course, folder):
        started = time.perf_counter()
        output, used = finish([str(word) for word in command], contender.name)
        took['seconds'] += float(output) if contender.times_itself else time.perf_counter() - started
        took['cpu_s'] += used.ru_utime + used.ru_stime
        took['peak_mib'] = max(took['peak_mib'], used.ru_maxrss / 1024)
    return took


def finish(command, name):
    """What the command printed, and what it used."""
    with tempfile.TemporaryFile('w+') as complaints:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, text=True)
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            complaints.seek(0)
            raise SystemExit(f'{name} ended with code {process.returncode}:\n{complaints.read()[-4000:]}')
        return output, used


def requests(contender, course, folder):
    """What the contender asks of the node, counted outside the race."""
    shutil.rmtree(folder, ignore_errors=True)
    with Relay(course.rpc) as relay:
        run(contender, replace(course, rpc=relay.url), folder)
    shutil.rmtree(folder)
    return {'calls': sum(relay.calls.values()), 'posts': relay.posts, 'received_mib': relay.received_bytes / 2**20}


def rows(contender, course, folder):
    turns = course.filter_file.with_name('turns.json')
    read = [course.tools / 'python', HERE / 'rows.py', contender.kind, folder, course.filter_file, turns]
    return json.loads(subprocess.run(read, check=True, stdout=subprocess.PIPE).stdout)


def machine(course):
    version = subprocess.run([course.plimsoll, '--version'], check=True, capture_output=True, text=True)
    return {'cores': os.cpu_count(), 'system': platform.platform(), 'plimsoll': version.stdout.strip()}


if __name__ == '__main__':
    main()
