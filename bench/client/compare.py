#!/usr/bin/python3
"""bench/client/compare.py [--short] [--servers stock,broker] [--scenarios a,b] [--rtt 5,100,300] [--loss 0,0.1,0.29] [--json FILE]

The same recorded typing, by stock's mosh-client and by `moshbroker connect`, through the same seeded relay. What must be on the screen after each
key is taken from a run without delay and without prediction. Told for each cell of the table: how long until a key's effect is seen, the share of keys seen
within 5 ms, how often and for how long something was shown that the server never showed, and whether the last screens are equal.
"""
import argparse
import concurrent.futures
import fcntl
import json
import os
import pty
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "harness"))
from screen import Screen  # noqa: E402

ROOT = os.path.join(HERE, "..", "..")
RELAY = os.path.join(HERE, "..", "harness", "relay.py")
OURS = os.environ.get("MOSHBROKER_CONNECT", os.path.join(ROOT, "artifacts", "current", "connect", "moshbroker-connect"))
LAUNCHER = os.path.join(ROOT, "eng", "moshbroker")
W, H = 80, 24
HALF = "\uf8ff"          # the right half of a wide character
SEEN_WITHIN_MS = 5


class Cells(Screen):
    """One character of a row's string a column: clusters stand as characters of the private use area."""
    __slots__ = ("clusters",)

    def __init__(self, w=W, h=H):
        super().__init__(w, h)
        self.clusters = {}

    def _put(self, s):
        for c in s:
            if unicodedata.combining(c) or c == "\u200d":
                self.join(c)
                continue
            wide = unicodedata.east_asian_width(c) in "WF"
            if wide and self.x == self.w - 1 and not self.wrap:
                self.wrap = True
            super()._put(c)
            if wide:
                super()._put(HALF)

    def join(self, mark):
        at = self.x if self.wrap else self.x - 1
        if at < 0:
            return
        row = self.rows[self.y]
        if row[at] == HALF:
            at -= 1
        key = row[at] + mark
        c = self.clusters.setdefault(key, chr(0xF0000 + sum(map(ord, key)) % 0xFFF0))
        self.rows[self.y] = row[:at] + c + row[at + 1:]

    def state(self):
        return tuple(r.rstrip() for r in self.rows), self.y, self.x


def keys(text, seed, low=0.09, high=0.22):
    """A person's typing: every key with its own pause before it."""
    rng = random.Random(seed)
    out, i = [], 0
    for part in re.findall(r"\x1b\[[0-9;]*[A-Za-z~]|.", text, re.S):
        out.append((rng.uniform(low, high), part.encode()))
        i += 1
    return out


def at_once(text, wait=0.5):
    return [(wait, text.encode())]


HISTORY = "echo first entry\nls -l /usr/nothing\ngrep -n needle haystack\nmake all tests\n"
LESS = "".join("line %03d: the quick brown fox jumps over the lazy dog %d\n" % (i, i * 7919 % 1000) for i in range(400))
PASSWORD = r"""
import sys, termios, tty, getpass
name = input('Name: ')
sys.stdout.write('Continue? '); sys.stdout.flush()
old = termios.tcgetattr(0); tty.setcbreak(0)
c = sys.stdin.read(1); sys.stdout.write(c + '\r\n'); sys.stdout.flush()
termios.tcsetattr(0, termios.TCSADRAIN, old)
p = getpass.getpass('Secret word, please: ')
print('got', len(p))
q = getpass.getpass('Password: ')
print('got', len(q)); input('more? ')
"""

SCENARIOS = {
    "shell": ("bash", keys("echo the quick brown fox jumps over\recho it was a bright cold dax\x7fy in\x1b[D\x1b[D\x1b[Dvery \x1b[C\x1b[C\x1b[C april\rfor i in 1 2 3; do echo $i; done\r", 1)),
    "prose": ("bash", keys("echo It was a bright cold day in April, and the clocks were striking thirteen. Nobody had told the clocks, which went on "
                           "as clocks do, and so it was that the whole street, waiting for the bus, set its watches wrong and was early for once.", 19)),
    "vim": ("vim", keys("ithe first line of the text\rand a second one with a misx\x7ftake\x1b", 2) + [(0.8, b"0")] + keys("wwxxjkkbbA more words here", 3) + [(0.2, b"\x1b")] + keys(" dd", 4, 0.6, 0.8)),
    "less": ("less", keys("   b/fox\rnnN/012\rggG", 5, 0.25, 0.5)),
    "password": ("password", keys("alice\r", 6) + [(1.6, b"y"), (1.6, b"h")] + keys("unter2xyz\r", 7, 0.12, 0.2) + [(1.6, b"c")] + keys("orrect horse\r", 8) + [(1.6, b"n"), (0.2, b"o")]),
    "history": ("bash", keys("echo abc\r", 9) + [(0.6, b"\x12")] + keys("needle", 10) + [(0.5, b"\x1b[D")] + keys("xy\x15", 11) + [(0.4, b"\x1b[A"), (0.4, b"\x1b[A"), (0.3, b"\x1b[B")] + keys(" zz\x15ls /usr/sha", 12) + [(0.3, b"\t")] + keys("man\r", 13)),
    "paste": ("bash", keys("echo ", 14) + at_once("".join(random.Random(15).choice("abcdefghij klmnopqrst") for _ in range(2000))) + keys("end", 16)),
    "wide": ("bash", keys("echo 日本語のテキスト", 17) + [(0.3, "e".encode()), (0.15, "\u0301".encode())] + keys("ab\x7f\x7f한글x\x7f\x7f\x1b[D\x1b[Dmid\r", 18)),
}


class Terminal:
    """A client in a pseudo-terminal, and everything it ever showed."""

    def __init__(self, argv, env):
        self.screen, self.rest, self.tail = Cells(), "", b""
        self.states = []                      # (time, state)
        self.writes, self.bytes = 0, 0
        self.raw = b""
        self.lock = threading.Lock()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", H, W, 0, 0))
                os.execvpe(argv[0], argv, env)
            finally:
                os._exit(127)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                return
            if not data:
                return
            now = time.monotonic()
            text = (self.tail + data)
            try:
                decoded, self.tail = text.decode(), b""
            except UnicodeDecodeError as e:
                decoded, self.tail = text[:e.start].decode(), text[e.start:] if len(text) - e.start < 4 else b""
            with self.lock:
                self.writes += 1
                self.bytes += len(data)
                self.rest = self.screen.feed(self.rest + decoded)
                state = self.screen.state()
                if not self.states or self.states[-1][1] != state:
                    self.states.append((now, state))

    def type(self, data):
        os.write(self.fd, data)

    def last(self):
        with self.lock:
            return self.states[-1] if self.states else (0, (("",) * H, 0, 0))

    def wait(self, condition, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition(self.last()[1]):
                return True
            time.sleep(0.02)
        return False

    def settle(self, quiet, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and time.monotonic() - self.last()[0] < quiet:
            time.sleep(0.02)

    def close(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except OSError:
            pass
        os.close(self.fd)


def program(kind, folder):
    """The words of a scenario's program, and what its first screen shows."""
    with open(os.path.join(folder, "history"), "w") as f:
        f.write(HISTORY)
    if kind == "bash":
        with open(os.path.join(folder, "rc"), "w") as f:
            f.write("PS1='$ '\nset +o histexpand\nHISTFILE=%s/history\nhistory -r\nbind 'set enable-bracketed-paste off' 2>/dev/null\n" % folder)
        return ["/bin/bash", "--noprofile", "--rcfile", os.path.join(folder, "rc"), "-i"], lambda s: any(r.startswith("$") for r in s[0])
    if kind == "vim":
        return ["vim", "-u", "NONE", "-N", "-i", "NONE", "-n", "--cmd", "set noruler noshowcmd shortmess+=I", "/tmp/moshbroker-bench-none"], lambda s: s[0][1].startswith("~")
    if kind == "less":
        with open(os.path.join(folder, "text"), "w") as f:
            f.write(LESS)
        return ["less", os.path.join(folder, "text")], lambda s: any("line 000" in r for r in s[0])
    return ["/usr/bin/python3", "-u", "-c", PASSWORD], lambda s: any("Name:" in r for r in s[0])


def environment(folder, **more):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MOSH", "TMUX", "LC_"))}
    env.update(TERM="xterm-256color", LANG="C.UTF-8", LC_ALL="C.UTF-8", HOME=folder, LESSHISTFILE="-", INPUTRC="/dev/null", **more)
    return env


class Run:
    """One session: server, relay, client."""

    def __init__(self, scenario, client, server, rtt, loss, seed, predict, broker=None):
        self.folder = tempfile.mkdtemp(prefix="mb-client-")
        kind, self.steps = SCENARIOS[scenario]
        words, self.is_ready = program(kind, self.folder)
        env = environment(self.folder)
        opener = ["mosh-server", "new"] if server == "stock" else [LAUNCHER, "open", "--broker", broker, "new"]
        out = subprocess.run([*opener, "-i", "127.0.0.1", "-c", "256", "-p", "20001:29999", "--", *words], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        m = re.search(r"MOSH CONNECT (\d+) (\S{22})", out.stdout)
        if not m:
            raise SystemExit("no server: " + out.stdout + out.stderr)
        d = re.search(r"detached, pid = (\d+)", out.stderr)
        self.server_pid = int(d.group(1)) if d and server == "stock" else None
        self.relay = subprocess.Popen([sys.executable, RELAY, "--delay-ms", str(rtt / 2), "--loss", str(loss), "--seed", str(seed)],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.relay.stdin.write("add %s\n" % m.group(1))
        self.relay.stdin.flush()
        port = self.relay.stdout.readline().split()[1]
        env = environment(self.folder, MOSH_KEY=m.group(2), MOSH_PREDICTION_DISPLAY=predict)
        self.stats = os.path.join(self.folder, "stats")
        argv = ["mosh-client", "127.0.0.1", port] if client == "stock" else [OURS, "--stats=" + self.stats, "--direct", "127.0.0.1", port]
        self.began = time.monotonic()
        self.terminal = Terminal(argv, env)
        if not self.terminal.wait(self.is_ready, 40):
            self.close()
            raise RuntimeError("%s did not start: %r" % (client, self.terminal.last()))

    def close(self):
        self.terminal.close()
        self.relay.kill()
        self.relay.wait()
        if self.server_pid:
            try:
                os.kill(self.server_pid, signal.SIGKILL)
            except OSError:
                pass
        shutil.rmtree(self.folder, ignore_errors=True)


def truth(scenario):
    """What is on the screen after each key, and all rows that ever were, from a session without delay or prediction."""
    run = Run(scenario, "stock", "stock", 0, 0, 1, "never")
    after = []
    run.terminal.settle(0.5, 3)
    for _, data in run.steps:
        run.terminal.type(data)
        run.terminal.settle(0.35, 3)
        time.sleep(0.15)
        run.terminal.settle(0.15, 3)
        after.append(run.terminal.last()[1])
    rows = {r for _, s in run.terminal.states for r in s[0]}
    run.close()
    return after, rows


def is_bar(row):
    return row.startswith("mosh: ")


def measure(scenario, client, server, rtt, loss, seed, known, broker=None):
    after, rows = known
    run = Run(scenario, client, server, rtt, loss, seed, "adaptive", broker)
    t = run.terminal
    t.settle(0.5 + rtt / 500, 6)
    typed = []
    for wait, data in run.steps:
        time.sleep(wait)
        typed.append(time.monotonic())
        t.type(data)
    final = after[-1]
    is_final = t.wait(lambda s: s == final, 20 + rtt / 50)
    time.sleep(0.3)
    states, last = list(t.states), t.last()[1]
    stats = None
    if client == "ours":
        time.sleep(1.1)
        try:
            with open(run.stats) as f:
                stats = json.loads(f.readlines()[-1])
        except (OSError, ValueError, IndexError):
            pass
    run.close()
    place = {}
    for i, s in enumerate(after):
        place.setdefault(s, []).append(i)
    latencies, waiting, slow = [], [], []
    events = sorted([(at, 0, i) for i, at in enumerate(typed)] + [(at, 1, s) for at, s in states], key=lambda e: (e[0], e[1]))
    before = [None] + after[:-1]
    for at, what, x in events:
        if what == 0:
            if after[x] != before[x]:
                waiting.append(x)
        else:
            s = (tuple("" if i == 0 and is_bar(r) else r for i, r in enumerate(x[0])), x[1], x[2])
            for j in place.get(x, place.get(s, ())):
                done = [i for i in waiting if i <= j]
                latencies += [(at - typed[i]) * 1000 for i in done]
                slow += [(i, round((at - typed[i]) * 1000)) for i in done if at - typed[i] > SEEN_WITHIN_MS / 1000]
                waiting = [i for i in waiting if i > j]
    wrong, since, lengths, what = 0, None, [], None
    for at, s in states:
        if at < typed[0]:
            continue
        bad = [r for i, r in enumerate(s[0]) if r not in rows and not (i == 0 and is_bar(r))]
        if bad and since is None:
            since, what = at, bad[0]
        elif not bad and since is not None:
            lengths.append(((at - since) * 1000, what))
            since = None
    if since is not None:
        lengths.append(((states[-1][0] - since) * 1000, what))
    latencies.sort()
    n = len(latencies)
    return {
        "scenario": scenario, "client": client, "server": server, "rtt": rtt, "loss": loss, "keys": n, "unseen": len(waiting),
        "mean_ms": sum(latencies) / n if n else None, "p50_ms": latencies[n // 2] if n else None, "p95_ms": latencies[int(n * 0.95)] if n else None,
        "within_5ms": sum(x <= SEEN_WITHIN_MS for x in latencies) / n if n else None,
        "wrong": len(lengths), "wrong_ms": sum(x for x, _ in lengths), "longest_wrong_ms": max((x for x, _ in lengths), default=0),
        "wrong_rows": [w for _, w in lengths][:20], "final_equal": is_final, "final_differs": None if is_final else difference(final, last),
        "slow_keys": slow, "bytes": t.bytes, "reads": t.writes, "stats": stats,
    }


def difference(a, b):
    return [(i, x, y) for i, (x, y) in enumerate(zip(a[0], b[0])) if x != y][:5] + [("cursor", a[1:], b[1:])]


def show(results):
    print("| scenario | RTT ms | loss | seen within 5 ms: stock / ours | mean ms | p95 ms | wrong shown | longest wrong ms | last screen equal |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    cells = {}
    for r in results:
        cells.setdefault((r["scenario"], r["server"], r["rtt"], r["loss"]), {})[r["client"]] = r
    for (scenario, server, rtt, loss), pair in cells.items():
        def both(f):
            return " / ".join("–" if c not in pair or f(pair[c]) is None else f(pair[c]) for c in ("stock", "ours"))
        print("| %s%s | %g | %d %% | %s | %s | %s | %s | %s | %s |" % (
            scenario, "" if server == "stock" else " (broker)", rtt, round(loss * 100),
            both(lambda r: "–" if r["within_5ms"] is None else "%.0f %%" % (100 * r["within_5ms"])), both(lambda r: "–" if r["mean_ms"] is None else "%.0f" % r["mean_ms"]),
            both(lambda r: "–" if r["p95_ms"] is None else "%.0f" % r["p95_ms"]), both(lambda r: "%d" % r["wrong"]),
            both(lambda r: "%.0f" % r["longest_wrong_ms"]), both(lambda r: "yes" if r["final_equal"] else "NO")))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--short", action="store_true", help="RTT 100 ms, loss 0 and 29 %%, shell, history and password")
    ap.add_argument("--scenarios", default=",".join(SCENARIOS))
    ap.add_argument("--clients", default="stock,ours")
    ap.add_argument("--rtt", default="5,100,300")
    ap.add_argument("--loss", default="0,0.1,0.29")
    ap.add_argument("--server", default="stock", help="stock, or the control socket of a running broker")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--parallel", type=int, default=6)
    ap.add_argument("--json")
    ap.add_argument("--truth", help="a file that keeps what must be on the screen, so that it need not be found out again")
    a = ap.parse_args()
    if a.short:
        a.scenarios, a.rtt, a.loss = "shell,history,password", "100", "0,0.29"
    names = a.scenarios.split(",")
    with concurrent.futures.ThreadPoolExecutor(a.parallel) as pool:
        known = {}
        if a.truth and os.path.exists(a.truth):
            with open(a.truth) as f:
                for name, (after, rows) in json.load(f).items():
                    known[name] = [(tuple(s[0]), s[1], s[2]) for s in after], set(rows)
        missing = [n for n in names if n not in known]
        known.update(zip(missing, pool.map(truth, missing)))
        if a.truth:
            with open(a.truth, "w") as f:
                json.dump({n: (after, sorted(rows)) for n, (after, rows) in known.items()}, f)
        jobs = [(s, c, "stock" if a.server == "stock" else "broker", float(r), float(p)) for s in names for r in a.rtt.split(",") for p in a.loss.split(",")
                for c in a.clients.split(",")]

        def one(job):
            s, c, server, r, p = job
            try:
                return measure(s, c, server, r, p, a.seed, known[s], None if a.server == "stock" else a.server)
            except RuntimeError as e:
                print("failed:", job, e, file=sys.stderr)
                return None
        results = [r for r in pool.map(one, jobs) if r]
    show(results)
    for r in results:
        if r["wrong_rows"] or not r["final_equal"]:
            print(r["scenario"], r["client"], r["rtt"], r["loss"], "wrong:", r["wrong_rows"][:4], "differs:", r["final_differs"], file=sys.stderr)
    if a.json:
        with open(a.json, "w") as f:
            json.dump(results, f, indent=1)
    total = {}
    for r in results:
        t = total.setdefault(r["client"], [0, 0, 0.0, 0])
        t[0] += r["keys"]
        t[1] += round((r["within_5ms"] or 0) * r["keys"])
        t[2] += (r["mean_ms"] or 0) * r["keys"]
        t[3] += r["wrong"]
    for client, (n, fast, ms, wrong) in total.items():
        print("%s: %d keys, %.1f %% seen within %d ms, mean %.1f ms, %d times something wrong shown" % (client, n, 100 * fast / max(n, 1), SEEN_WITHIN_MS, ms / max(n, 1), wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main())
