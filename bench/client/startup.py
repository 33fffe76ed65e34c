#!/usr/bin/python3
"""bench/client/startup.py [--count 10]

How long a person waits for the first screen, over a real sshd on loopback: ssh alone (until the server's connect line has come and ssh has ended), stock's
mosh, and `moshbroker connect`; and what an idle client costs. Needs root (sshd).
"""
import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "harness"))
from compare import OURS, Terminal, environment  # noqa: E402
from server import cpu  # noqa: E402


class Sshd:
    def __enter__(self):
        self.folder = f = tempfile.mkdtemp(prefix="mb-sshd-")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        for key in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f + "/" + key], check=True)
        with open(f + "/host.pub") as host, open(f + "/known", "w") as known:
            known.write("[127.0.0.1]:%d %s" % (self.port, host.read()))
        with open(f + "/config", "w") as c:
            c.write("Port %d\nListenAddress 127.0.0.1\nHostKey %s/host\nAuthorizedKeysFile %s/user.pub\nPidFile none\nUsePAM no\nStrictModes no\n"
                    "PermitRootLogin yes\nPasswordAuthentication no\nPrintMotd no\nPrintLastLog no\n" % (self.port, f, f))
        os.makedirs("/run/sshd", exist_ok=True)
        self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", f + "/config"], stderr=subprocess.DEVNULL)
        self.ssh = ["ssh", "-F", "/dev/null", "-p", str(self.port), "-i", f + "/user", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                    "-o", "UserKnownHostsFile=" + f + "/known", "-o", "LogLevel=ERROR"]
        end = time.monotonic() + 5
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def p50(xs):
    return sorted(xs)[len(xs) // 2]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--count", type=int, default=10)
    ap.add_argument("--idle-seconds", type=float, default=30)
    a = ap.parse_args()
    env = environment(tempfile.gettempdir())
    target, show = "root@127.0.0.1", ["--", "/bin/sh", "-c", "echo here; exec sleep 100"]
    times = {"ssh": [], "stock": [], "ours": []}
    idle = {}
    with Sshd() as sshd:
        words = " ".join(sshd.ssh)
        clients = {"stock": ["mosh", "--ssh=" + words, target, *show], "ours": [OURS, "--ssh=" + words, target, *show]}
        for _ in range(a.count):
            began = time.monotonic()
            out = subprocess.run([*sshd.ssh, "-n", "-tt", target, "--", "mosh-server new -c 256 -s -l LANG=C.UTF-8 -- true"], env=env, stdin=subprocess.DEVNULL,
                                 capture_output=True, text=True).stdout
            times["ssh"].append((time.monotonic() - began) * 1000)
            pid = re.search(r"pid = (\d+)", out)
            if pid:
                os.kill(int(pid.group(1)), 9)
            for name, argv in clients.items():
                began = time.monotonic()
                terminal = Terminal(argv, env)
                if not terminal.wait(lambda s: any(r == "here" for r in s[0]), 20):
                    raise SystemExit("%s showed nothing: %r" % (name, terminal.last()))
                times[name].append((terminal.last()[0] - began) * 1000)
                terminal.type(b"\x1e.")
                time.sleep(0.3)
                terminal.close()
        for name, argv in clients.items():
            terminal = Terminal(argv, env)
            terminal.wait(lambda s: any(r == "here" for r in s[0]), 20)
            time.sleep(4)
            before = cpu(terminal.pid)
            time.sleep(a.idle_seconds)
            idle[name] = (cpu(terminal.pid) - before) * 60_000 / a.idle_seconds
            terminal.type(b"\x1e.")
            time.sleep(0.3)
            terminal.close()
    ssh = p50(times["ssh"])
    print("ssh alone until mosh-server has started: %.0f ms" % ssh)
    for name in clients:
        print("%s: first screen after %.0f ms, %.0f ms beyond ssh; idle: %.1f ms CPU a minute" % (name, p50(times[name]), p50(times[name]) - ssh, idle[name]))


if __name__ == "__main__":
    sys.exit(main())
