using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Testing;

namespace MoshBroker.Protocol.Tests.Display;

/// <summary>A terminal of some size and what happens to it: output and resizes, as numbers.</summary>
public sealed record NoisyTerminal(int Columns, int Rows, int[] Numbers)
{
    private const int ResizeEvery = 29;

    /// <summary>Mostly small ones, where every edge is near; a stream shrinks by losing parts.</summary>
    public static Arbitrary<NoisyTerminal> Any { get; } = Arb.From(
        from columns in Gen.Frequency((6, Gen.Choose(1, 12)), (3, Gen.Choose(13, 45)), (1, Gen.Choose(46, 200)))
        from rows in Gen.Frequency((6, Gen.Choose(1, 6)), (1, Gen.Choose(7, 40)))
        from length in Gen.Choose(1, 60)
        from numbers in Gen.Choose(0, int.MaxValue - 1).ArrayOf(length)
        select new NoisyTerminal(columns, rows, numbers),
        stream => stream.Shorter());

    public Emulator NewTerminal() => new(Columns, Rows);

    /// <summary>Some output, or now and then another size.</summary>
    public static void Feed(Emulator terminal, int number)
    {
        if (number % ResizeEvery == 0)
            terminal.Resize(1 + (number / ResizeEvery % 30), 1 + (number / 1009 % 10));
        else
            terminal.Write(TerminalNoise.Piece(number));
    }

    private IEnumerable<NoisyTerminal> Shorter()
    {
        for (int part = Numbers.Length / 2; part > 0; part /= 2)
        {
            for (int at = 0; at + part <= Numbers.Length; at += part)
                yield return this with { Numbers = [.. Numbers[..at], .. Numbers[(at + part)..]] };
        }
    }

    public override string ToString() => $"{Columns}x{Rows} [{string.Join(", ", Numbers)}]";
}
