"""Sends `eth_getLogs` and prints the seconds until the last byte was received; nothing is parsed."""

import http.client
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

rpc, folder, first, last, calls, filter_file = sys.argv[1:]
first, last, calls = int(first), int(last), int(calls)
with open(filter_file) as file:
    log_filter = json.load(file)
node = urlsplit(rpc)


def get_logs(span):
    params = [{**log_filter, 'fromBlock': hex(span[0]), 'toBlock': hex(span[1])}]
    body = json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': 'eth_getLogs', 'params': params})
    connection = http.client.HTTPConnection(node.hostname, node.port)
    connection.request('POST', node.path or '/', body, {'Content-Type': 'application/json'})
    return connection.getresponse().read()


cuts = [first + (last + 1 - first) * i // calls for i in range(calls + 1)]
spans = [(start, end - 1) for start, end in zip(cuts, cuts[1:])]
started = time.perf_counter()
with ThreadPoolExecutor(calls) as pool:
    answers = list(pool.map(get_logs, spans))
print(time.perf_counter() - started, flush=True)
for i, answer in enumerate(answers):
    with open(os.path.join(folder, f'{i}.json'), 'wb') as file:
        file.write(answer)
