#!/usr/bin/python3
"""Measurements of a Mosh server, stock or the broker; ../RESULTS.md says how to read them."""
import argparse
import json
import os
import pty
import random
import re
import resource
import select
import statistics
import subprocess
import sys
import tempfile
import time

import server as srv
from client import CELLS, Pool, StockClient, now_ms
from gen_output import coloured_lines, generate
from moshproto import keystroke

HERE = os.path.dirname(os.path.abspath(__file__))
CAT = ["/bin/sh", "-c", "exec cat"]
TICK = ["python3", "-u", "-S", "-c",
        "import sys,time\n"
        "while 1:\n sys.stdout.write('\\rT%d.' % (time.monotonic()*1000));sys.stdout.flush();time.sleep(0.05)"]


def pct(xs, p):
    xs = sorted(xs)
    return xs[min(len(xs) - 1, int(len(xs) * p / 100.0))] if xs else float("nan")


def summary(xs, digits=2):
    if not xs:
        return {"n": 0}
    return {"n": len(xs), "mean": round(statistics.fmean(xs), digits),
            "sd": round(statistics.pstdev(xs), digits), "min": round(min(xs), digits),
            "p50": round(statistics.median(xs), digits), "p90": round(pct(xs, 90), digits),
            "p99": round(pct(xs, 99), digits), "max": round(max(xs), digits)}


class Meter:
    """Server CPU, this process's CPU and the machine's busy share over an interval."""

    def __init__(self, server):
        self.s = server
        self.t = time.monotonic()
        self.per = {p: srv.cpu(p) for p in server.pids}
        self.kids = {p: srv.cpu(p) for p in server.children()}
        self.own = time.process_time()
        self.busy, self.total = srv.machine_cpu()
        self.split = srv.cpu_split(server.pids)

    def read(self):
        wall = time.monotonic() - self.t
        per = [srv.cpu(p) - c for p, c in self.per.items()]
        busy, total = srv.machine_cpu()
        u, s = srv.cpu_split(self.s.pids)
        own = time.process_time() - self.own
        kids = sum(srv.cpu(p) - self.kids.get(p, 0) for p in self.s.children())
        rest = busy - self.busy - sum(per) - own - kids
        return {"wall_s": round(wall, 3), "server_cpu_s": sum(per), "per_process_s": per,
                "user_sys_s": (round(u - self.split[0], 2), round(s - self.split[1], 2)),
                "bench_cpu_s": round(own, 3), "session_commands_cpu_s": round(kids, 3),
                "unrelated_cpu_share": round(max(0, rest) / max(0.01, total - self.total), 3),
                "machine_busy": round((busy - self.busy) / max(0.01, total - self.total), 3)}


class Relay:
    def __init__(self, delay_ms=0, loss=0, seed=1):
        self.p = subprocess.Popen([sys.executable, os.path.join(HERE, "relay.py"), "--delay-ms", str(delay_ms),
                                   "--loss", str(loss), "--seed", str(seed)],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def say(self, line):
        self.p.stdin.write(line + "\n")
        self.p.stdin.flush()

    def add(self, port):
        self.say("add %d" % port)
        return int(self.p.stdout.readline().split()[1])

    def stats(self):
        self.say("stats")
        return json.loads(self.p.stdout.readline())

    def close(self):
        self.p.stdin.close()
        self.p.wait()


def wait_quiet(share, limit):
    """Wait until other work leaves the machine alone; the last busy share seen."""
    end = time.monotonic() + limit
    while True:
        b0, t0 = srv.machine_cpu()
        time.sleep(2)
        b1, t1 = srv.machine_cpu()
        busy = (b1 - b0) / max(0.01, t1 - t0)
        if busy <= share or time.monotonic() > end:
            return round(busy, 3)


def connect(server, pool, n, cmd=CAT, via=None):
    """Open n sessions one after another and wait until each has been answered."""
    out = []
    for _ in range(n):
        port, key, _ = server.open(cmd)
        s = pool.add(server.host, via.add(port) if via else port, key)
        out.append(s)
        pool.run(0.002)
    if not pool.run(20, lambda: all(s.rx for s in out)):
        raise RuntimeError("%d sessions not answered" % sum(not s.rx for s in out))
    server.collect()
    pool.run(0.5)
    return out


def finish(server, pool):
    unclean = pool.close_all()
    end = time.monotonic() + 5
    while not server.fixed and time.monotonic() < end and any(srv.alive(p) for p in server.pids):
        time.sleep(0.1)
    return {"not_closed_by_protocol": unclean, "killed": server.kill_left()}


def type_all(pool, sessions, keys, rate, seed=5):
    rng = random.Random(seed)
    t0 = now_ms() + 200
    gap = 1000.0 / rate
    for s in sessions:
        off = rng.random() * gap

        def step(s=s, k=0, t=t0 + off):
            s.type_cell()
            if k + 1 < keys:
                pool.at(t + gap, lambda: step(s, k + 1, t + gap))
        pool.at(t0 + off, step)
    return t0


# 1
def t_memory(a, server):
    res = {}
    for n in a.sessions:
        pool = Pool()
        avail = srv.mem_available()
        # What one process that holds every session has before the first one: the share that does not grow with them.
        fixed = srv.memory(server.fixed)["uss"] if server.fixed else 0
        ss = connect(server, pool, n, ["/bin/sh", "-c", "cat %s; exec cat" % a.file] if a.file else CAT)
        if a.active:
            type_all(pool, ss, 60, 5)
        pool.run(a.settle + (13 if a.active else 0))
        drop = avail - srv.mem_available()
        mem = [srv.memory(p) for p in server.pids]
        kids = server.children()
        kmem = [srv.memory(p) for p in kids]
        r = {"server_processes": len(mem), "children": len(kids)}
        for k in ("pss", "uss", "rss", "anon", "private_dirty", "pte"):
            r["server_%s_kib_per_session" % k] = round(sum(m[k] for m in mem) / n, 1)
            r["child_%s_kib_per_session" % k] = round(sum(m[k] for m in kmem) / n, 1)
        r["server_fixed_uss_kib"] = fixed
        r["server_uss_beyond_fixed_kib_per_session"] = round((sum(m["uss"] for m in mem) - fixed) / n, 1)
        r["server_uss_kib_by_process"] = summary([m["uss"] for m in mem], 0)
        r["threads"] = sum(m["threads"] for m in mem)
        r["mem_available_drop_kib_per_session"] = round(drop / n, 1)
        r["end"] = finish(server, pool)
        res[n] = r
    return res


# 2
def t_idle(a, server):
    res = {}
    for n in a.sessions:
        pool = Pool()
        ss = connect(server, pool, n)
        pool.run(12)                                  # first retries and utmp updates over
        rx, tx = sum(s.rx for s in ss), sum(s.tx for s in ss)
        m = Meter(server)
        pool.run(a.seconds)
        r = m.read()
        per = [x / r["wall_s"] * 60000 for x in r.pop("per_process_s")]
        r["cpu_ms_per_session_minute"] = round(r["server_cpu_s"] / n / r["wall_s"] * 60000, 3)
        r["by_process_ms_per_minute"] = summary(per, 3)
        r["datagrams_per_session_minute"] = [round((sum(s.rx for s in ss) - rx) / n / r["wall_s"] * 60, 1),
                                             round((sum(s.tx for s in ss) - tx) / n / r["wall_s"] * 60, 1)]
        r["end"] = finish(server, pool)
        res[n] = r
    return res


# how many frames a program that does not stop printing is shown in
LINES = ["python3", "-u", "-S", "-c",
         "import sys,time\nn,gap,t=0,float(sys.argv[1])/1000,time.monotonic()\n"
         "while 1:\n n+=1;sys.stdout.write('line %d\\n' % n);sys.stdout.flush();t+=gap;time.sleep(max(0,t-time.monotonic()))"]


def t_frames(a, server):
    res = {}
    for pace in a.paces:
        pool = Pool()
        (s,) = connect(server, pool, 1, LINES + [str(pace)] if pace else ["seq", "1000000000"])
        pool.run(3)
        rx, bytes_ = s.rx, s.rx_bytes
        m = Meter(server)
        pool.run(a.seconds)
        r = m.read()
        res["%d ms" % pace if pace else "flood"] = {
            "frames_per_s": round((s.rx - rx) / r["wall_s"], 2), "bytes_per_s": round((s.rx_bytes - bytes_) / r["wall_s"]),
            "server_cpu_s": r["server_cpu_s"], "end": finish(server, pool)}
    return res


# 3 and 4
def t_typing(a, server):
    res = {}
    for n in a.sessions:
        pool = Pool(kernel_time=True)
        ss = connect(server, pool, n)
        pool.run(5)
        for s in ss:
            s.rx = s.tx = s.rx_bytes = s.tx_bytes = 0
        m = Meter(server)
        began = time.monotonic()
        type_all(pool, ss, a.keys, a.rate)
        pool.run(a.keys / a.rate + 20, lambda: all(len(s.echoes) >= a.keys for s in ss))
        r = m.read()
        r["typed_from_to_monotonic_s"] = [began, time.monotonic()]
        r.pop("per_process_s")
        ech = [e for s in ss for e in s.echoes]
        r["keys_echoed"], r["keys_typed"] = len(ech), sum(s.typed for s in ss)
        r["cpu_us_per_key"] = round(r["server_cpu_s"] / max(1, len(ech)) * 1e6, 1)
        r["latency_ms_sent_to_echo"] = summary([e[2] - e[1] for e in ech], 3)
        r["client_hold_ms_typed_to_sent"] = summary([e[1] - e[0] for e in ech], 3)
        r["datagrams_per_key_from_server_to_server"] = [round(sum(s.rx for s in ss) / len(ech), 2),
                                                        round(sum(s.tx for s in ss) / len(ech), 2)]
        r["bytes_per_key_from_server_to_server"] = [round(sum(s.rx_bytes for s in ss) / len(ech)),
                                                    round(sum(s.tx_bytes for s in ss) / len(ech))]
        r["end"] = finish(server, pool)
        res[n] = r
    return res


# 5
def t_setup(a, server):
    runs = [setup_once(a, server) for _ in range(a.reps)]
    return {"sessions_per_s": summary([r["sessions_per_s"] for r in runs], 1),
            "exec_to_first_server_datagram_p50_ms":
                summary([r["exec_to_first_server_datagram_ms"]["p50"] for r in runs]), "runs": runs}


def setup_once(a, server):
    wait_quiet(0.1, a.quiet_wait)
    pool = Pool()
    todo, live, done = [a.count], set(), []

    class Opening:
        def __init__(self):
            self.t0 = time.monotonic()
            self.p = subprocess.Popen(server.argv(CAT), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, env=server.env, close_fds=False)
            self.buf = b""
            pool.register(self.p.stdout.fileno(), self)

        def readable(self, fd):
            b = os.read(fd, 4096)
            self.buf += b
            m = srv.CONNECT.search(self.buf)
            if not m:
                if not b:
                    raise RuntimeError("no CONNECT line: %r" % self.buf)
                return
            self.t1 = time.monotonic()
            pool.unregister(fd)
            self.s = pool.add(server.host, int(m.group(1)), m.group(2).decode())
            self.s.on_datagram = self.first

        def first(self, s, now, fd):
            s.on_datagram = None
            done.append(((self.t1 - self.t0) * 1000, now - s.first_tx, now - self.t0 * 1000))
            live.discard(self)
            if not server.fixed:
                err = b""
                while not srv.DETACHED.search(err):
                    b = os.read(self.p.stderr.fileno(), 4096)
                    if not b:
                        break
                    err += b
                d = srv.DETACHED.search(err)
                if d:
                    server.pids.append(int(d.group(1)))
            self.p.stdout.close()
            self.p.stderr.close()
            server.reap = getattr(server, "reap", []) + [self.p]
            more()

    def more():
        while todo[0] and len(live) < a.parallel:
            todo[0] -= 1
            live.add(Opening())

    fixed = srv.cpu_all(server.pids)
    kids0 = resource.getrusage(resource.RUSAGE_CHILDREN)
    b0, _ = srv.machine_cpu()
    t0 = time.monotonic()
    more()
    pool.run(120, lambda: len(done) >= a.count)
    wall = time.monotonic() - t0
    b1, _ = srv.machine_cpu()
    server.collect()
    kids = resource.getrusage(resource.RUSAGE_CHILDREN)
    r = {"count": len(done), "parallel": a.parallel, "wall_s": round(wall, 2),
         "sessions_per_s": round(len(done) / wall, 1),
         "exec_to_connect_line_ms": summary([d[0] for d in done]),
         "first_datagram_round_trip_ms": summary([d[1] for d in done]),
         "exec_to_first_server_datagram_ms": summary([d[2] for d in done]),
         "server_cpu_ms_per_session": round((srv.cpu_all(server.pids) - fixed) / len(done) * 1000, 2),
         "open_command_cpu_ms_per_session": round((kids.ru_utime + kids.ru_stime - kids0.ru_utime - kids0.ru_stime)
                                                  / len(done) * 1000, 2),
         "machine_busy_cpu_ms_per_session": round((b1 - b0) / len(done) * 1000, 2)}
    pool.run(1)
    r["end"] = finish(server, pool)
    return r


# 6
def pty_ceiling(path):
    """Seconds for a bare reader to drain `cat path` from a pseudo-terminal."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp("cat", ["cat", path])
    t0, n = time.monotonic(), 0
    while True:
        try:
            b = os.read(fd, 16384)
        except OSError:
            break
        if not b:
            break
        n += len(b)
    os.waitpid(pid, 0)
    os.close(fd)
    return time.monotonic() - t0, n


def t_bulk(a, server):
    res = {}
    for kind in a.kinds:
        with tempfile.NamedTemporaryFile(dir=a.tmp, suffix=".out") as f:
            data = generate(kind, int(a.mb * 1000000))
            f.write(data)
            f.flush()
            ceil = [pty_ceiling(f.name) for _ in range(3)]
            runs = []
            for i in range(a.reps):
                wait_quiet(0.1, a.quiet_wait)
                pool = Pool()
                mark = "END-OF-BULK-%d" % (1000 + i)
                (s,) = connect(server, pool, 1,
                               ["/bin/sh", "-c", "read x; cat %s; printf '%s'; exec cat" % (f.name, mark)])
                seen = []
                frames = [0]

                def frame(s, now):
                    frames[0] += 1
                    if not seen and mark in s.screen.text():
                        seen.append(now)
                s.on_frame = frame
                pool.run(1)
                m = Meter(server)
                t0 = now_ms()
                s.push(keystroke(b"\r"))
                pool.run(300, lambda: bool(seen))
                r = m.read()
                r.pop("per_process_s")
                r["seconds"] = round((seen[0] - t0) / 1000, 3) if seen else None
                r["frames"], r["bytes_to_client"] = frames[0], s.rx_bytes
                r["server_cpu_s"] = round(r["server_cpu_s"], 3)
                r["end"] = finish(server, pool)
                runs.append(r)
            secs = [r["seconds"] for r in runs]
            cpus = [r["server_cpu_s"] for r in runs]
            size = len(data) / 1e6
            res[kind] = {"megabytes": round(size, 2), "seconds": summary(secs, 3), "server_cpu_s": summary(cpus, 3),
                         "MB_per_wall_s": round(size / statistics.median(secs), 2),
                         "MB_per_cpu_s": round(size / statistics.median(cpus), 2),
                         "bare_pty_reader_MB_per_s": round(ceil[0][1] / 1e6 / statistics.median(c[0] for c in ceil), 1),
                         "runs": runs}
    return res


# 7
def t_lossy(a, server):
    """Several independent sessions may share the run (each is one sample of the condition)."""
    pool = Pool()
    relays, cs = [], []
    for i in range(a.samples):
        rl = Relay(a.delay_ms, a.loss, a.seed + i)
        relays.append(rl)
        port, key, _ = server.open(CAT)
        via = rl.add(port)
        if a.client == "light":
            cs.append(pool.add(server.host, via, key))
        else:
            cs.append(StockClient(pool, server.host, via, key, a.predict))
    server.collect()
    pool.run(8 if a.client == "stock" else 4)
    if a.client == "light":
        pool.run(20, lambda: all(len(c.sent) and c.rx and c.screen.y for c in cs))
        pool.run(2)
    type_all(pool, cs, a.keys, a.rate)
    pool.run(a.keys / a.rate + 60, lambda: all(len(c.echoes) >= a.keys for c in cs))
    r = {"client": a.client, "predict": a.predict if a.client == "stock" else None, "one_way_ms": a.delay_ms,
         "loss": a.loss, "seed": a.seed, "by_session_ms": []}
    every = []
    for c in cs:
        d = [e[2] - e[0] for e in c.echoes]
        every += d
        r["by_session_ms"].append(dict(summary(d, 1), missing=a.keys - len(d)))
    r["all_ms"] = summary(every, 1)
    r["under_5ms"] = round(sum(x < 5 for x in every) / max(1, len(every)), 3)
    r["relay"] = [x.stats() for x in relays]
    if a.client == "light":
        r["srtt_ms"] = [round(c.srtt) for c in cs]
    r["end"] = finish(server, pool)
    for x in relays:
        x.close()
    return r


# 8
def t_recover(a, server):
    out = {"typed_ms": {}, "output_ms": {}, "runs": []}
    stamp = re.compile(r"T(\d+)\.")
    acc = {}
    for rnd in range(a.rounds):
        pool = Pool()
        rl = Relay(a.delay_ms, 0)
        group = {}
        for kind in ("light", "stock"):
            for what, cmd in (("typed", CAT), ("output", TICK)):
                for _ in range(a.samples):
                    port, key, _ = server.open(cmd)
                    via = rl.add(port)
                    c = pool.add(server.host, via, key) if kind == "light" else \
                        StockClient(pool, server.host, via, key)
                    group.setdefault((what, kind), []).append(c)
        server.collect()
        pool.run(6)
        typed = group[("typed", "light")] + group[("typed", "stock")]
        type_all(pool, typed, 10, 5)
        pool.run(4)
        rl.say("pause")
        t_pause = now_ms()
        type_all(pool, typed, int((a.pause - 1) * 2), 2)
        pool.run(a.pause + rnd * 0.37)
        t_res = now_ms()
        got = {}

        def check(key):
            def frame(c, now):
                if id(c) in got:
                    return
                if key[0] == "typed":
                    if not c.expect:
                        got[id(c)] = (key, now - t_res)
                else:
                    m = stamp.search(c.screen.text())
                    if m and int(m.group(1)) >= t_res:
                        got[id(c)] = (key, now - t_res)
            return frame
        n = 0
        for key, cs in group.items():
            for c in cs:
                n += 1
                c.on_frame = check(key)
        waiting = {str(k): sum(len(c.expect) for c in cs) for k, cs in group.items()}
        rl.say("resume")
        pool.run(30, lambda: len(got) >= n)
        for key, ms in got.values():
            acc.setdefault(key, []).append(ms)
        out["runs"].append({"paused_s": round((t_res - t_pause) / 1000, 2), "synced": len(got), "of": n,
                            "cells_waiting_at_resume": waiting})
        finish(server, pool)
        rl.close()
    for (what, kind), ms in acc.items():
        out[what + "_ms"][kind] = summary(ms, 1)
    return out


def t_roam(a, server):
    pool = Pool(kernel_time=True)
    (s,) = connect(server, pool, 1)
    type_all(pool, [s], 10, 10)
    pool.run(2)
    first, echo, quiet = [], [], []
    for mode in ("typing", "idle"):
        for i in range(a.reps if mode == "typing" else max(3, a.reps // 4)):
            s.roam()
            new = s.sock.fileno()
            hit = []
            s.on_datagram = lambda s, now, fd: hit.append(now) if fd == new and not hit else None
            t0 = now_ms()
            if mode == "typing":
                s.type_cell()
                pool.run(10, lambda: hit and not s.expect)
                first.append(hit[0] - s.echoes[-1][1])
                echo.append(s.echoes[-1][2] - s.echoes[-1][1])
                pool.run(0.15 + 0.05 * (i % 7))
            else:
                pool.run(10, lambda: bool(hit))
                quiet.append(hit[0] - t0)
                pool.run(0.7 * (i % 4))
    # the other side of a NAT: the path changes, the client does not know
    rl = Relay(0, 0)
    (n,) = connect(server, pool, 1, via=rl)
    type_all(pool, [n], 5, 10)
    pool.run(1.5)
    nat = []
    for i in range(a.reps):
        rl.say("rebind")
        pool.run(0.1)
        n.type_cell()
        pool.run(10, lambda: not n.expect)
        nat.append(n.echoes[-1][2] - n.echoes[-1][1])
        pool.run(0.1)
    r = {"typing_first_datagram_on_new_port_ms": summary(first, 2), "typing_echo_on_new_port_ms": summary(echo, 2),
         "idle_first_datagram_on_new_port_ms": summary(quiet, 1), "relay_rebind_echo_ms": summary(nat, 2)}
    r["end"] = finish(server, pool)
    rl.close()
    return r


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--open", default=srv.STOCK, help="open command, {cmd} stands for the session command")
    ap.add_argument("--pid", type=int, help="the one server process to account for (else: pids the open command reports)")
    ap.add_argument("--host", default="127.0.0.1")
    ap.add_argument("--json", help="write the result here as well")
    ap.add_argument("--quiet-wait", type=float, default=0, help="wait at most this long for an idle machine first")
    sub = ap.add_subparsers(dest="test", required=True)
    ints = lambda s: [int(x) for x in s.split(",")]
    p = sub.add_parser("memory")
    p.add_argument("--sessions", type=ints, default=[1, 50, 200])
    p.add_argument("--settle", type=float, default=5)
    p.add_argument("--active", action="store_true", help="a screenful of colour output and 60 keys first")
    p.add_argument("--lines", type=int, default=0, help="that many lines of coloured output first")
    p.set_defaults(file=None)
    p = sub.add_parser("idle")
    p.add_argument("--sessions", type=ints, default=[200])
    p.add_argument("--seconds", type=float, default=60)
    p = sub.add_parser("frames")
    p.add_argument("--paces", type=ints, default=[0, 3, 12, 30], help="ms between two lines; 0 is without a pause")
    p.add_argument("--seconds", type=float, default=10)
    p = sub.add_parser("typing")
    p.add_argument("--sessions", type=ints, default=[50])
    p.add_argument("--keys", type=int, default=300)
    p.add_argument("--rate", type=float, default=5)
    p = sub.add_parser("setup")
    p.add_argument("--count", type=int, default=200)
    p.add_argument("--parallel", type=int, default=1)
    p.add_argument("--reps", type=int, default=3)
    p = sub.add_parser("bulk")
    p.add_argument("--mb", type=float, default=20)
    p.add_argument("--reps", type=int, default=3)
    p.add_argument("--kinds", type=lambda s: s.split(","), default=["plain", "mix"])
    p.add_argument("--tmp")
    p = sub.add_parser("lossy")
    p.add_argument("--delay-ms", type=float, default=50)
    p.add_argument("--loss", type=float, default=0.29)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--keys", type=int, default=300)
    p.add_argument("--rate", type=float, default=4)
    p.add_argument("--samples", type=int, default=3)
    p.add_argument("--client", choices=["light", "stock"], default="light")
    p.add_argument("--predict", default="never")
    p = sub.add_parser("recover")
    p.add_argument("--samples", type=int, default=4)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--pause", type=float, default=10)
    p.add_argument("--delay-ms", type=float, default=0)
    p = sub.add_parser("roam")
    p.add_argument("--reps", type=int, default=20)
    a = ap.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = srv.Server(a.open, a.pid, a.host)
    tmp = None
    if a.test == "memory" and (a.active or a.lines):
        tmp = tempfile.NamedTemporaryFile(suffix=".out")
        tmp.write(coloured_lines(a.lines) if a.lines else generate("mix", 60000))
        tmp.flush()
        a.file = tmp.name
    before = wait_quiet(0.1, a.quiet_wait)
    try:
        r = {"test": a.test, "arguments": {k: v for k, v in vars(a).items() if k not in ("test", "json", "file")},
             "machine_busy_before": before,
             "result": globals()["t_" + a.test](a, server)}
    finally:
        server.kill_left()
    text = json.dumps(r, indent=1)
    print(text)
    if a.json:
        with open(a.json, "w") as f:
            f.write(text + "\n")


if __name__ == "__main__":
    main()
