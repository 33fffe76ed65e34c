"""A user who talks to the broker's control socket himself, and is not honest about his terminal.

hostile_pty.py SOCKET UID MODE: becomes UID (0: stays) and asks for a session. Prints the broker's answer, one name=value a line.
Modes that begin with "refuse-" send what no `open` sends, and end. The others get their session and go on until standard input closes.
"""
import array, fcntl, os, socket, struct, sys, termios, threading, time, tty

path, uid, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def become():
    if uid:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)


def new_terminal():
    master, slave = os.openpty()
    tty.setraw(slave)
    return master, slave


def ask(descriptors):
    body = b"open\ncommand=hostile\nsize=80x24\n"
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.connect(path)
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    peer.sendmsg([struct.pack(">I", len(body)) + body], rights)
    answer = b""
    while part := peer.recv(65536):
        answer += part
    sys.stdout.write(answer[4:].decode() or "nothing\n")
    sys.stdout.flush()


if mode != "refuse-foreign-slave":
    become()
master, slave = new_terminal()
if mode == "refuse-foreign-slave":
    become()
waiting, release = os.pipe()

if mode.startswith("refuse-"):
    kind = mode[len("refuse-"):]
    second, second_slave = new_terminal()
    null = os.open("/dev/null", os.O_RDWR)
    left, right = socket.socketpair()
    locked = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
    hung = os.open("/proc/self/maps", os.O_RDONLY)
    ask({
        "foreign-slave": [master, release],
        "slave": [slave, release],
        "locked": [locked, release],
        "device": [null, release],
        "file": [hung, release],
        "socket": [left.fileno(), release],
        "second-master": [master, second],
        "no-pipe": [master, null],
        "one": [master],
        "three": [master, release, null],
        "none": [],
        "many": [null] * 200,
    }[kind])
    sys.exit(0)

ask([master, release])


def block():
    # Our copy shares its flags with the broker's: its next call that has nothing to do waits in the kernel.
    while True:
        fcntl.fcntl(master, fcntl.F_SETFL, fcntl.fcntl(master, fcntl.F_GETFL) & ~os.O_NONBLOCK)
        time.sleep(0.0005)


def steal():
    # Takes what the broker was told is there to be read.
    while True:
        os.read(master, 65536)


def print_without_end():
    while True:
        os.write(slave, b"x" * 64)
        time.sleep(0.0005)


for part in {"never-reads": [], "blocks": [block], "blocks-and-steals": [block, steal, print_without_end]}[mode]:
    threading.Thread(target=part, daemon=True).start()
sys.stdin.read()
