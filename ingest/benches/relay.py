"""A relay in front of a node that counts requests and bytes."""

import http.client
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Relay:
    """Forwards JSON-RPC over HTTP to a node while the context is open."""

    def __init__(self, node):
        self.calls = Counter()
        self.posts = 0
        self.received_bytes = 0
        #: The filter of every `eth_getLogs` call.
        self.log_filters = []
        self.lock = threading.Lock()
        relay, target = self, urlsplit(node)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            # Headers and body in one write: in two, each waits for the other's acknowledgement.
            wbufsize = -1

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                connection = http.client.HTTPConnection(target.hostname, target.port)
                connection.request('POST', target.path or '/', body, {'Content-Type': 'application/json'})
                answer = connection.getresponse()
                reply = answer.read()
                connection.close()
                relay.count(body, reply)
                self.send_response(answer.status)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)
                self.wfile.flush()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}'

    def count(self, body, reply):
        calls = json.loads(body)
        calls = calls if isinstance(calls, list) else [calls]
        with self.lock:
            self.posts += 1
            self.received_bytes += len(reply)
            for call in calls:
                self.calls[call['method']] += 1
                if call['method'] == 'eth_getLogs':
                    self.log_filters.append(call['params'][0])

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
