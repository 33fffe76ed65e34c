"""Plays the service manager: starts a program, keeps descriptors for it by sd_notify's FDSTORE, and starts it again with them when it dies.

service_manager.py FOLDER PROGRAM ARGUMENTS...   FOLDER gets notify.sock, pid (of the program that runs) and ready (how often it said so)
"""
import os
import signal
import socket
import sys

folder, words = sys.argv[1], sys.argv[2:]
path = os.path.join(folder, "notify.sock")
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
notify.bind(path)
kept = []  # (name, descriptor), as systemd: in the order in which they came.
stopping = False
ready = 0
child = 0


def stop(*_):
    global stopping
    stopping = True
    os.kill(child, signal.SIGTERM)


def run():
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Away from the places where they belong, which may be among theirs.
    moved = [os.dup2(fd, 1000 + i) for i, (_, fd) in enumerate(kept)]
    for i, fd in enumerate(moved):
        os.dup2(fd, 3 + i, inheritable=True)
        os.close(fd)
    os.closerange(3 + len(kept), 4096)
    environment = dict(os.environ, NOTIFY_SOCKET=path, FDSTORE="2000")
    if kept:
        environment.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(kept)), LISTEN_FDNAMES=":".join(name for name, _ in kept))
    os.execvpe(words[0], words, environment)


def take():
    global kept, ready
    message, fds, _, _ = socket.recv_fds(notify, 4096, 16)
    fields = dict(line.split("=", 1) for line in message.decode().split("\n") if line)
    if fields.get("READY") == "1":
        ready += 1
        with open(os.path.join(folder, "ready"), "w") as file:
            file.write(str(ready))
    if fields.get("FDSTOREREMOVE") == "1":
        for name, fd in kept:
            if name == fields["FDNAME"]:
                os.close(fd)
        kept = [entry for entry in kept if entry[0] != fields["FDNAME"]]
    if fields.get("FDSTORE") == "1":
        kept += [(fields.get("FDNAME", "stored"), fd) for fd in fds]
    else:
        for fd in fds:
            os.close(fd)


def main():
    global child
    signal.signal(signal.SIGTERM, stop)
    notify.settimeout(0.05)
    while True:
        child = run()
        with open(os.path.join(folder, "pid"), "w") as file:
            file.write(str(child))
        ended = False
        while not ended:
            try:
                take()
            except TimeoutError:
                ended = os.waitpid(child, os.WNOHANG)[0] != 0
        # What it said before it died counts.
        notify.setblocking(False)
        try:
            while True:
                take()
        except BlockingIOError:
            pass
        notify.settimeout(0.05)
        if stopping:
            return


main()
