#!/usr/bin/python3
"""Deterministic bulk output: gen_output.py plain|mix MEGABYTES > file"""
import random
import sys

WORDS = ("alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa "
         "quebec romeo sierra tango uniform victor whiskey xray yankee zulu error warning info build link test "
         "0x7ffe 1.4.0 -rw-r--r-- drwxr-xr-x /usr/lib/libexample.so main.c:120: return static void").split()
WIDE = "日本語 文字 café naïve Ωmega → ✓ ░▒▓ äöü ß 한국".split()


def plain(rng):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(3, 14))) + "\n"


def mix(rng):
    k = rng.random()
    if k < 0.45:                                   # coloured listing or compiler output
        out = []
        for _ in range(rng.randint(3, 10)):
            s = rng.random()
            if s < 0.4:
                out.append("\x1b[%d;%dm" % (rng.randint(0, 1), rng.randint(30, 37)))
            elif s < 0.6:
                out.append("\x1b[38;5;%dm" % rng.randint(0, 255))
            elif s < 0.7:
                out.append("\x1b[48;5;%dm" % rng.randint(0, 255))
            elif s < 0.75:
                out.append("\x1b[38;2;%d;%d;%dm" % tuple(rng.randint(0, 255) for _ in range(3)))
            out.append(rng.choice(WIDE) if rng.random() < 0.1 else rng.choice(WORDS))
            out.append("\x1b[0m " if rng.random() < 0.6 else " ")
        return "".join(out) + "\x1b[0m\n"
    if k < 0.60:                                   # progress bar
        n = rng.randint(0, 50)
        return "\r\x1b[K\x1b[32m%3d%%\x1b[0m [%s%s]" % (2 * n, "#" * n, " " * (50 - n))
    if k < 0.90:                                   # full-screen program touching places
        out = []
        for _ in range(rng.randint(2, 8)):
            out.append("\x1b[%d;%dH" % (rng.randint(1, 24), rng.randint(1, 70)))
            if rng.random() < 0.3:
                out.append("\x1b[K")
            if rng.random() < 0.4:
                out.append("\x1b[7m" if rng.random() < 0.3 else "\x1b[1;%dm" % rng.randint(30, 37))
            out.append(rng.choice(WORDS))
            out.append("\x1b[m")
            if rng.random() < 0.2:
                out.append("\x1b[%d%s" % (rng.randint(1, 5), rng.choice("ABCDPX@LM")))
        return "".join(out)
    if k < 0.97:                                   # scroll region
        t = rng.randint(1, 12)
        return "\x1b[%d;%dr\x1b[%d;1H\n%s\x1b[r" % (t, t + rng.randint(2, 11), t + 2, rng.choice(WORDS))
    return "\x1b[H\x1b[2J" + plain(rng)


def generate(kind, size, seed=20120613):
    rng = random.Random(seed)
    make = {"plain": plain, "mix": mix}[kind]
    # 1 MiB of distinct text, repeated
    parts, n = [], 0
    while n < 1 << 20:
        s = make(rng).encode()
        parts.append(s)
        n += len(s)
    block = b"".join(parts)
    out = (block * (size // len(block) + 1))[:size]
    cut = out.rfind(b"\n") + 1                     # no sequence cut in two
    return out[:cut] + (b"\x1b[r\x1b[m\x1b[H\x1b[2J" if kind == "mix" else b"")


def coloured_lines(count, seed=20120613):
    """That many rows of about 60 columns in changing colours, as a compiler or `ls --color` prints them."""
    rng = random.Random(seed)
    out = []
    for n in range(count):
        words, width = ["%5d" % n], 5
        while width < 56:
            word = rng.choice(WORDS)
            words.append("\x1b[%sm%s\x1b[0m" % (rng.choice(("1;31", "32", "33", "1;34", "36", "38;5;208", "48;5;19")), word)
                         if rng.random() < 0.5 else word)
            width += len(word) + 1
        out.append(" ".join(words) + "\n")
    return "".join(out).encode()


if __name__ == "__main__":
    sys.stdout.buffer.write(generate(sys.argv[1], int(float(sys.argv[2]) * 1000000)))
