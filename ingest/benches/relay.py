"""A relay in front of a node that counts what passes."""

import http.client
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Relay:
    """Passes JSON-RPC over HTTP on to a node, for as long as its `with` lasts."""

    def __init__(self, node):
        self.calls = Counter()
        self.posts = 0
        self.received_bytes = 0
        #: Of every `eth_getLogs`.
        self.log_filters = []
        self.lock = threading.Lock()
        relay, target = self, urlsplit(node)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            # Headers and body in one write: in two, each waits for the other's acknowledgement.
            wbufsize = -1

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                link = http.client.HTTPConnection(target.hostname, target.port)
                link.request('POST', target.path or '/', body, {'Content-Type': 'application/json'})
                answer = link.getresponse()
                reply = answer.read()
                link.close()
                relay.note(body, reply)
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

    def note(self, body, reply):
        asked = json.loads(body)
        asked = asked if isinstance(asked, list) else [asked]
        with self.lock:
            self.posts += 1
            self.received_bytes += len(reply)
            for call in asked:
                self.calls[call['method']] += 1
                if call['method'] == 'eth_getLogs':
                    self.log_filters.append(call['params'][0])

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
