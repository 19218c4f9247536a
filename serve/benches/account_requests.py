"""Measures how many requests for one account a running server answers.

    plimsoll serve --lake LAKE --model MODEL --listen 127.0.0.1:8471
    python3 serve/benches/account_requests.py 8471 /v1/accounts/PROTOCOL/MARKET/ADDRESS

Two clients send one request after another on connections that stay open, for four seconds.
"""

import re
import socket
import sys
import threading
import time

CLIENTS = 2
SECONDS = 4.0


def send_requests(port, path, until, counts):
    """Counts the answers that one client receives until a time."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    request = f"GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode()
    count, received = 0, b""
    while time.monotonic() < until:
        connection.sendall(request)
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        head, _, received = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head.decode()
        length = int(re.search(rb"content-length: (\d+)", head).group(1))
        while len(received) < length:
            received += connection.recv(65536)
        received = received[length:]
        count += 1
    counts.append(count)


def main():
    """Prints requests a second."""
    port, path = int(sys.argv[1]), sys.argv[2]
    counts, start = [], time.monotonic()
    arguments = (port, path, start + SECONDS, counts)
    clients = [threading.Thread(target=send_requests, args=arguments) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    print(f"{sum(counts) / (time.monotonic() - start):.0f} requests/s")


if __name__ == "__main__":
    main()
