using System.Text;

namespace MoshBroker.Protocol.Benchmarks;

/// <summary>What programs print, made from a seed: each piece is 64 KiB and ends between sequences.</summary>
public static class SampleOutput
{
    public const int Length = 64 * 1024;

    private static readonly string[] Words =
        "alpha bravo charlie delta echo foxtrot golf hotel india error warning info build link test 0x7ffe -rw-r--r-- /usr/lib/libexample.so main.c:120: return static void".Split(' ');

    private static readonly string[] WideWords = "日本語 文字 café naïve Ωmega → ✓ ░▒▓ äöü ß 한국".Split(' ');

    private static readonly string[] Colours = ["1;31", "32", "33", "1;34", "36", "38;5;208", "48;5;19", "38;2;10;200;30"];

    /// <summary>Lines of words, as <c>cat</c> of a log shows them.</summary>
    public static byte[] Plain() => Repeat(1, static (random, text) =>
    {
        for (int words = random.Next(3, 14); words > 0; words--) { text.Append(Word(random, Words)).Append(' '); }
        text.Append("\r\n");
    });

    /// <summary>Colours, wide characters, cursor motion, progress bars and scrolling regions.</summary>
    public static byte[] Mixed() => Repeat(2, static (random, text) =>
    {
        switch (random.Next(10))
        {
            case < 5:
                Coloured(random, text);
                break;
            case < 7:
                int done = random.Next(50);
                text.Append("\r\e[K\e[32m").Append(2 * done).Append("%\e[0m [").Append('#', done).Append(' ', 50 - done).Append(']');
                break;
            case < 9:
                text.Append("\e[").Append(random.Next(1, 25)).Append(';').Append(random.Next(1, 70)).Append("H\e[K\e[7m").Append(Word(random, Words)).Append("\e[m");
                break;
            default:
                text.Append("\e[3;12r\e[12;1H\n").Append(Word(random, WideWords)).Append("\e[r");
                break;
        }
    });

    /// <summary>Whole lines in changing colours, as a compiler or <c>ls --color</c> prints them: every line scrolls.</summary>
    public static byte[] ColouredScroll() => Repeat(3, Coloured);

    private static void Coloured(Random random, StringBuilder text)
    {
        for (int words = random.Next(4, 10); words > 0; words--)
        {
            if (random.Next(2) == 0) { text.Append("\e[").Append(Word(random, Colours)).Append('m').Append(Word(random, random.Next(10) == 0 ? WideWords : Words)).Append("\e[0m "); }
            else { text.Append(Word(random, Words)).Append(' '); }
        }

        text.Append("\r\n");
    }

    private static string Word(Random random, string[] words) => words[random.Next(words.Length)];

    private static byte[] Repeat(int seed, Action<Random, StringBuilder> append)
    {
        Random random = new(seed);
        StringBuilder text = new();
        int length = 0;
        while (length < Length)
        {
            int before = text.Length;
            append(random, text);
            length += Encoding.UTF8.GetByteCount(text.ToString(before, text.Length - before));
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
