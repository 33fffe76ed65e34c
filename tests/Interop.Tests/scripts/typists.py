"""Stock clients, each in a terminal of its own, and somebody at each who types counted tokens without a pause.

typists.py SESSIONS-FILE INTERVAL-MS   SESSIONS-FILE: a line "PORT KEY" for each.
Commands on stdin, a line each; each answer is a line of JSON:
  begin   types from here on
  mark    from here on: when each screen changes first, and how long it stood still at most
  watch   from here on: when each screen changes first
  report  {"first": [seconds], "gap": [seconds], "typed": [tokens]} since the mark; null for a screen that has not changed
  stop    types no more; as report
"""
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

GUARD = 0.03  # What was on its way when the mark was made.


class Typist:
    def __init__(self, port, key):
        self.typed = 0
        self.first = None
        self.last = None
        self.gap = 0.0
        pid, self.master = pty.fork()
        if pid == 0:
            os.environ.update(MOSH_KEY=key, TERM="xterm", LANG="C.UTF-8", MOSH_PREDICTION_DISPLAY="never")
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
            os.execvp("mosh-client", ["mosh-client", "127.0.0.1", port])
        os.set_blocking(self.master, False)
        self.pid = pid

    def type(self):
        os.write(self.master, b"%05d " % self.typed)
        self.typed += 1

    def take(self, now, marked):
        try:
            if not os.read(self.master, 65536):
                return False
        except BlockingIOError:
            return True
        except OSError:
            return False
        if marked is not None and now >= marked + GUARD:
            if self.first is None:
                self.first = now - marked
        if self.last is not None:
            self.gap = max(self.gap, now - self.last)
        self.last = now
        return True


def main():
    interval = int(sys.argv[2]) / 1000
    with open(sys.argv[1]) as file:
        typists = [Typist(*line.split()) for line in file if line.strip()]
    poller = select.poll()
    poller.register(0, select.POLLIN)
    by_master = {typist.master: typist for typist in typists}
    for master in by_master:
        poller.register(master, select.POLLIN)
    typing, marked, due = False, None, time.monotonic()
    commands = b""
    while True:
        now = time.monotonic()
        if typing and now >= due:
            for typist in typists:
                typist.type()
            due = max(due + interval, now)
        for fd, _ in poller.poll(max(1, (due - now) * 1000) if typing else 50):
            if fd != 0:
                if not by_master[fd].take(time.monotonic(), marked):
                    poller.unregister(fd)
                continue
            more = os.read(0, 4096)
            if not more:
                for typist in typists:
                    os.kill(typist.pid, 9)
                return
            commands += more
            while b"\n" in commands:
                command, commands = commands.split(b"\n", 1)
                if command == b"begin":
                    typing, due = True, time.monotonic()
                if command == b"stop":
                    typing = False
                answer = {"first": [t.first for t in typists], "gap": [t.gap for t in typists], "typed": [t.typed for t in typists]}
                if command in (b"mark", b"watch"):
                    marked = time.monotonic()
                    for typist in typists:
                        typist.first = None
                        if command == b"mark":
                            typist.gap, typist.last = 0.0, marked
                print(json.dumps(answer), flush=True)


main()
