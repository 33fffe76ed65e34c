#!/usr/bin/python3
"""Userland UDP relay: fixed one-way delay, seeded independent loss in each direction.

Commands on stdin, one a line: `add <server port>` (answers `LISTEN <port>`), `pause`,
`resume`, `rebind` (new source port towards every server), `stats`, `quit`.
While paused every datagram, also one already queued, is lost.
"""
import argparse
import heapq
import json
import os
import random
import select
import socket
import sys
import time


def udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    s.setblocking(False)
    return s


class Link:
    def __init__(self, host, port):
        self.host, self.port = host, port
        self.down = udp()
        self.down.bind((host, 0))
        self.client = None
        self.up = None

    def new_up(self):
        self.up = udp()
        self.up.connect((self.host, self.port))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--delay-ms", type=float, default=0)
    ap.add_argument("--loss", type=float, default=0)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--host", default="127.0.0.1")
    a = ap.parse_args()
    rng = {"up": random.Random(a.seed), "down": random.Random(a.seed + 1000003)}
    stats = {"up": 0, "down": 0, "lost_up": 0, "lost_down": 0}
    ep = select.epoll()
    ep.register(0, select.EPOLLIN)
    by_fd, heap, links = {}, [], []
    n, paused, inbuf = 0, False, b""
    while True:
        wait = -1 if not heap else max(0.0, heap[0][0] - time.monotonic())
        for fd, _ in ep.poll(wait):
            if fd == 0:
                data = os.read(0, 4096)
                if not data:
                    return
                inbuf += data
                while b"\n" in inbuf:
                    line, inbuf = inbuf.split(b"\n", 1)
                    w = line.decode().split()
                    if w[0] == "add":
                        k = Link(a.host, int(w[1]))
                        k.new_up()
                        links.append(k)
                        for s, way in ((k.down, "up"), (k.up, "down")):
                            by_fd[s.fileno()] = (k, s, way)
                            ep.register(s.fileno(), select.EPOLLIN)
                        print("LISTEN %d" % k.down.getsockname()[1], flush=True)
                    elif w[0] == "pause":
                        paused = True
                        heap.clear()
                    elif w[0] == "resume":
                        paused = False
                    elif w[0] == "rebind":
                        for k in links:
                            k.new_up()
                            by_fd[k.up.fileno()] = (k, k.up, "down")
                            ep.register(k.up.fileno(), select.EPOLLIN)
                    elif w[0] == "stats":
                        print(json.dumps(stats), flush=True)
                    elif w[0] == "quit":
                        return
                continue
            k, s, way = by_fd[fd]
            for _ in range(64):
                try:
                    d, src = s.recvfrom(4096)
                except (BlockingIOError, ConnectionRefusedError):
                    break
                if way == "up":
                    k.client = src
                elif s is not k.up:
                    continue                      # came to a port given up by rebind
                stats[way] += 1
                if paused or rng[way].random() < a.loss:
                    stats["lost_" + way] += 1
                    continue
                n += 1
                heapq.heappush(heap, (time.monotonic() + a.delay_ms / 1000.0, n, k, way, d))
        t = time.monotonic()
        while heap and heap[0][0] <= t:
            _, _, k, way, d = heapq.heappop(heap)
            try:
                if way == "up":
                    k.up.send(d)
                elif k.client:
                    k.down.sendto(d, k.client)
            except OSError:
                pass


if __name__ == "__main__":
    sys.exit(main())
