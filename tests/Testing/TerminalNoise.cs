using System.Text;

namespace MoshBroker.Testing;

/// <summary>What programs write, out of numbers: each number is a piece of output, so that a list of numbers is a stream that can be shrunk.</summary>
public static class TerminalNoise
{
    /// <summary>Numbers from here to twice this are pieces.</summary>
    public const int Kinds = 40;

    private static readonly string[] Words =
        ["a", "hello", "  ", "0123456789", "中", "中文字", "e\u0301", "x\u0301\u0302\u0303", "\u0301", "한글", "🙂", "👍🏽", "\U0001F1E9\U0001F1EA", "☺\uFE0F",
        "a\u00ad", "\u200d", "\u0600", "ß", "\uE000", "─│┌", "\U0001FAE8", "ｱ", "A\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030d\u030e\u030f\u0310\u0311"];

    private static readonly int[] Modes = [1, 3, 5, 6, 7, 9, 25, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1015, 2004, 47, 1047, 1048, 1049, 2026, 12];

    private static readonly string[] Pens =
        ["", "0", "1", "3", "4", "5", "7", "8", "22", "24", "27", "31", "42", "39", "49", "97", "104", "38;5;200", "48;5;17", "38;2;1;2;3", "48;2;250;0;7", "1;4;31;44", "7;8"];

    /// <summary>The bytes of one number; 0 or more.</summary>
    public static byte[] Piece(int number)
    {
        uint rest = (uint)number / Kinds;
        int a = (int)(rest % 30);
        int b = (int)(rest / 30 % 90);
        return (number % Kinds) switch
        {
            0 or 1 or 2 or 3 or 4 => Encoding.UTF8.GetBytes(Words[rest % (uint)Words.Length]),
            5 or 6 => Encoding.ASCII.GetBytes(new string((char)('a' + (a % 26)), b)),
            7 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("字", b / 2))),
            8 or 9 or 10 => Csi($"{a};{b}H"),
            11 => Csi($"{a}{"ABCDGd`"[b % 7]}"),
            12 => Csi($"{a % 4}J"),
            13 or 14 => Csi($"{a % 3}K"),
            15 => Csi($"{b}X"),
            16 => Csi($"{a}{"@P"[b % 2]}"),
            17 => Csi($"{a % 6}{"LM"[b % 2]}"),
            18 => Csi($"{a % 6}{"ST"[b % 2]}"),
            19 => Csi($"{a % 8};{b % 20}r"),
            20 or 21 or 22 => Csi($"{Pens[rest % (uint)Pens.Length]}m"),
            23 or 24 => Csi($"?{Modes[rest / 2 % (uint)Modes.Length]}{"hl"[(int)(rest % 2)]}"),
            25 => Csi($"4{"hl"[a % 2]}"),
            26 or 27 or 28 => "\r\n"u8.ToArray(),
            29 => [(byte)"\r\n\b\t\a\0\v\x0e\x0f"[a % 9]],
            30 => [0x1b, (byte)"MDE78HZ="[a % 8]],
            31 => Encoding.UTF8.GetBytes($"\e]{a % 4};{Words[b % Words.Length]}\a"),
            32 => Encoding.ASCII.GetBytes($"\e]52;c;{new string('Q', b)}\e\\"),
            33 => a % 8 == 0 ? "\ec"u8.ToArray() : a % 8 == 1 ? "\e#8"u8.ToArray() : "\e[!p"u8.ToArray(),
            34 => Csi($"{a % 5}{"IZg"[b % 3]}"),
            35 => [(byte)(0x80 + a + b), (byte)(0xc0 + a)],
            36 => Csi($"{b}b"),
            37 => Encoding.ASCII.GetBytes(a % 2 == 0 ? "\e(0lqqk" : "\e(B"),
            38 => Csi($"{(a % 2 == 0 ? 65535 : 2147483647)}{"@ABCDILMPSTXZb"[b % 14]}"),
            _ => Csi($"{a}:{b}m"),
        };
    }

    private static byte[] Csi(string rest) => Encoding.ASCII.GetBytes("\e[" + rest);
}
