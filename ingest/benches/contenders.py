"""Who races, and by which commands."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

HERE = Path(__file__).parent


ETL_WORKERS = 4
ETL_BATCH = 100


@dataclass(frozen=True)
class Course:
    """What all of them read, and the tools they read it with."""

    rpc: str
    market: Path
    first: int
    last: int
    filter_file: Path
    addresses: tuple
    plimsoll: Path
    tools: Path


@dataclass(frozen=True)
class Contender:
    name: str
    #: The format of its output, see `rows.py`.
    kind: str
    #: From the course and an empty folder to the commands, run one after another.
    commands: Callable
    #: Whether it prints its own seconds; its process is timed otherwise.
    times_itself: bool = False


def plimsoll(course, folder):
    return [[course.plimsoll, 'ingest', 'rpc', '--market', course.market, '--rpc', course.rpc,
             '--lake', folder, '--to', course.last]]


def plimsoll_from(course, folder):
    return [[*plimsoll(course, folder)[0], '--from', course.first]]


def cryo(same_contracts, **options):
    def commands(course, folder):
        own = {'contract': course.addresses} if same_contracts else {}
        return [[course.tools / 'python', HERE / 'freeze.py', course.rpc, folder, course.first,
                 course.last, json.dumps({**own, **options})]]
    return commands


def ethereum_etl(course, folder):
    etl, blocks = course.tools / 'ethereumetl', folder / 'blocks.csv'
    transactions, hashes = folder / 'transactions.csv', folder / 'hashes.txt'
    crew = ['--provider-uri', course.rpc, '--max-workers', ETL_WORKERS, '--batch-size', ETL_BATCH]
    return [
        [etl, 'export_blocks_and_transactions', '--start-block', course.first, '--end-block',
         course.last, '--blocks-output', blocks, '--transactions-output', transactions, *crew],
        [etl, 'extract_csv_column', '--input', transactions, '--column', 'hash', '--output', hashes],
        [etl, 'export_receipts_and_logs', '--transaction-hashes', hashes,
         '--receipts-output', folder / 'receipts.csv', '--logs-output', folder / 'logs.csv', *crew],
    ]


def get_logs(calls):
    def commands(course, folder):
        return [[sys.executable, HERE / 'get_logs.py', course.rpc, folder, course.first,
                 course.last, calls, course.filter_file]]
    return commands


CONTENDERS = [
    Contender('plimsoll ingest rpc', 'plimsoll', plimsoll),
    Contender('plimsoll ingest rpc --from', 'plimsoll', plimsoll_from),
    Contender('cryo, all logs, defaults', 'cryo', cryo(False), True),
    Contender('cryo, all logs, tuned', 'cryo', cryo(
        False, inner_request_size=50, chunk_size=250), True),
    Contender('cryo, same contracts, tuned', 'cryo', cryo(
        True, inner_request_size=250, chunk_size=250), True),
    Contender('ethereum-etl, all logs', 'ethereum-etl', ethereum_etl),
    Contender('eth_getLogs, 1 call', 'eth_getLogs', get_logs(1), True),
    Contender('eth_getLogs, 10 calls at once', 'eth_getLogs', get_logs(10), True),
]
