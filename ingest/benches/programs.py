"""The programs that are compared, and their commands."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

HERE = Path(__file__).parent

ETL_WORKERS = 4
ETL_BATCH = 100


@dataclass(frozen=True)
class Workload:
    """The range and logs that all programs read, and the paths of the programs."""

    rpc: str
    market: Path
    first: int
    last: int
    filter_file: Path
    addresses: tuple
    plimsoll: Path
    tools: Path


@dataclass(frozen=True)
class Program:
    name: str
    #: The format of its output, see `rows.py`.
    kind: str
    #: Computes the commands, run in order, from the workload and an empty folder.
    commands: Callable
    #: Whether it prints its own duration in seconds; otherwise its process is timed.
    times_itself: bool = False


#: The short chain's last blocks that plimsoll verifies by every header with any proof.
MAX_REORG = 16


def plimsoll(proof):
    def commands(workload, folder):
        return [[workload.plimsoll, 'ingest', 'rpc', '--market', workload.market, '--rpc', workload.rpc,
                 '--lake', folder, '--to', workload.last, '--proof', proof, '--max-reorg', MAX_REORG]]
    return commands


def cryo(same_contracts, **options):
    def commands(workload, folder):
        filters = {'contract': workload.addresses} if same_contracts else {}
        return [[workload.tools / 'python', HERE / 'freeze.py', workload.rpc, folder, workload.first,
                 workload.last, json.dumps({**filters, **options})]]
    return commands


def ethereum_etl(workload, folder):
    etl, blocks = workload.tools / 'ethereumetl', folder / 'blocks.csv'
    transactions, hashes = folder / 'transactions.csv', folder / 'hashes.txt'
    parallel = ['--provider-uri', workload.rpc, '--max-workers', ETL_WORKERS, '--batch-size', ETL_BATCH]
    return [
        [etl, 'export_blocks_and_transactions', '--start-block', workload.first, '--end-block',
         workload.last, '--blocks-output', blocks, '--transactions-output', transactions, *parallel],
        [etl, 'extract_csv_column', '--input', transactions, '--column', 'hash', '--output', hashes],
        [etl, 'export_receipts_and_logs', '--transaction-hashes', hashes,
         '--receipts-output', folder / 'receipts.csv', '--logs-output', folder / 'logs.csv', *parallel],
    ]


def get_logs(calls):
    def commands(workload, folder):
        return [[sys.executable, HERE / 'get_logs.py', workload.rpc, folder, workload.first,
                 workload.last, calls, workload.filter_file]]
    return commands


PROGRAMS = [
    Program('plimsoll ingest rpc --proof full', 'plimsoll', plimsoll('full')),
    Program('plimsoll ingest rpc --proof sampled', 'plimsoll', plimsoll('sampled')),
    Program('plimsoll ingest rpc --proof logs', 'plimsoll', plimsoll('logs')),
    Program('cryo, all logs, defaults', 'cryo', cryo(False), True),
    Program('cryo, all logs, tuned', 'cryo', cryo(
        False, inner_request_size=50, chunk_size=250), True),
    Program('cryo, same contracts, tuned', 'cryo', cryo(
        True, inner_request_size=250, chunk_size=250), True),
    Program('ethereum-etl, all logs', 'ethereum-etl', ethereum_etl),
    Program('eth_getLogs, 1 call', 'eth_getLogs', get_logs(1), True),
    Program('eth_getLogs, 10 calls at once', 'eth_getLogs', get_logs(10), True),
]
