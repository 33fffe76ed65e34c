#!/usr/bin/env python3
"""Writes src/Protocol/Terminal/CharacterWidth.Table.cs from this machine's wcwidth.

Run it on the system whose widths are to be matched (glibc, locale C.UTF-8):
    eng/generate-widths.py > src/Protocol/Terminal/CharacterWidth.Table.cs
"""
import ctypes
import locale

locale.setlocale(locale.LC_ALL, "C.UTF-8")
libc = ctypes.CDLL(None)
libc.gnu_get_libc_version.restype = ctypes.c_char_p


def width(code_point):
    # Printable Latin-1 is one column without asking; NUL is dropped like everything unprintable.
    if 0x20 <= code_point <= 0x7E or 0xA0 <= code_point <= 0xFF:
        return 1
    if code_point == 0:
        return -1
    return libc.wcwidth(code_point)


BLOCK = 256
CODES = {-1: 3, 0: 0, 1: 1, 2: 2}
blocks = []
index = []
for start in range(0, 0x110000, BLOCK):
    widths = [CODES[width(c)] for c in range(start, start + BLOCK)]
    packed = bytes(
        widths[i] | widths[i + 1] << 2 | widths[i + 2] << 4 | widths[i + 3] << 6
        for i in range(0, BLOCK, 4)
    )
    if packed not in blocks:
        blocks.append(packed)
    index.append(blocks.index(packed))
assert len(blocks) <= 256

# Planes 4 to 16 repeat few blocks; runs are written as such only up to the last change.
last = max(i for i in range(1, len(index)) if index[i] != index[i - 1])
assert index[last] == index[-1]


def rows(values):
    for at in range(0, len(values), 32):
        yield "        " + " ".join(f"{v}," for v in values[at:at + 32])


print(f"""namespace MoshBroker.Protocol.Terminal;

// Written by eng/generate-widths.py from wcwidth of glibc {libc.gnu_get_libc_version().decode()}. Do not edit.
public static partial class CharacterWidth
{{
    // Which block describes 256 code points; the last entry stands for all beyond.
    private static ReadOnlySpan<byte> BlockOf =>
    [""")
print("\n".join(rows(index[:last + 1])))
print("""    ];

    // Two bits a code point, the lowest first: the width, or 3 for "not printable".
    private static ReadOnlySpan<byte> Blocks =>
    [""")
for block in blocks:
    print("\n".join(rows(block)))
print("""    ];
}""")
