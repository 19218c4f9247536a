"""Reads the output of a program and prints its number of logs and a digest of the matching ones.

The digest covers block, log index, transaction, address, topics and data of every log that passes
the filter, in order: two programs with the same digest have the same logs. Answers of an
aggregator that was not used for prices at the time are left out, since plimsoll does not keep them.
"""

import csv
import hashlib
import json
import sys
from pathlib import Path

import pyarrow.parquet as pq

csv.field_size_limit(sys.maxsize)


def hexed(value):
    if isinstance(value, bytes):
        return '0x' + value.hex()
    return value.lower() if value else None


def parquet(folder):
    """Rows of all Parquet files below a folder."""
    for path in sorted(Path(folder).rglob('*.parquet')):
        for batch in pq.ParquetFile(path).iter_batches():
            yield from batch.to_pylist()


def plimsoll(folder):
    for row in parquet(Path(folder) / 'logs'):
        topics = [row['topics'][i:i + 32] for i in range(0, len(row['topics']), 32)]
        yield (row['block'], row['log_index'], hexed(row['tx']), hexed(row['address']),
               [hexed(topic) for topic in topics], hexed(row['data']))


def cryo(folder):
    for row in parquet(folder):
        topics = [row[f'topic{i}'] for i in range(4)]
        yield (row['block_number'], row['log_index'], hexed(row['transaction_hash']),
               hexed(row['address']), [hexed(topic) for topic in topics if topic], hexed(row['data']))


def ethereum_etl(folder):
    with open(Path(folder) / 'logs.csv', newline='') as file:
        for row in csv.DictReader(file):
            topics = row['topics'].lower().split(',') if row['topics'] else []
            yield (int(row['block_number']), int(row['log_index']), hexed(row['transaction_hash']),
                   hexed(row['address']), topics, hexed(row['data']))


def get_logs(folder):
    for path in sorted(Path(folder).glob('*.json')):
        for log in json.loads(path.read_bytes())['result']:
            yield (int(log['blockNumber'], 16), int(log['logIndex'], 16), hexed(log['transactionHash']),
                   hexed(log['address']), [hexed(topic) for topic in log['topics']], hexed(log['data']))


def main(kind, folder, filter_file, ranges_file):
    with open(filter_file) as file:
        log_filter = json.load(file)
    with open(ranges_file) as file:
        ranges = json.load(file)
    addresses = {address.lower() for address in log_filter['address']}
    firsts = {topic.lower() for topic in log_filter['topics'][0]}
    read = {'plimsoll': plimsoll, 'cryo': cryo, 'ethereum-etl': ethereum_etl, 'eth_getLogs': get_logs}
    rows, matching = 0, []
    for row in read[kind](folder):
        rows += 1
        block, index, tx, address, topics, payload = row
        counts = any(after < block and (until is None or block < until)
                     for after, until in ranges.get(address, [(-1, None)]))
        if counts and address in addresses and topics and topics[0] in firsts:
            matching.append((block, index, tx, address, topics, payload or '0x'))
    digest = hashlib.sha256()
    for row in sorted(matching):
        digest.update(json.dumps(row).encode())
    print(json.dumps({'rows': rows, 'matching': len(matching), 'digest': digest.hexdigest()[:16]}))


main(*sys.argv[1:])
