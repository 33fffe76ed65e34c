using System.Buffers;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Tests.Display;
using MoshBroker.Testing;
using Xunit;
using Xunit.Abstractions;

namespace MoshBroker.Protocol.Tests.Fuzz;

/// <summary>Snapshots that nobody wrote. See <see cref="FuzzScale"/>.</summary>
[Collection(FuzzGroup.Name)]
public sealed class SnapshotFuzzTests(ITestOutputHelper output)
{
    private const int Screens = 40;

    [Fact]
    public void A_forged_snapshot_is_refused_or_is_a_terminal_that_works_in_bounded_memory()
    {
        SeededRandom random = new(FuzzScale.Seed);
        int total = FuzzScale.Of(1_000_000, 20_000);
        int restored = 0;
        long largest = 0;
        ArrayBufferWriter<byte> again = new();
        for (int screen = 0; screen < Screens; screen++)
        {
            byte[] snapshot = Snapshot(random);
            for (int i = 0; i < total / Screens; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                Emulator? terminal = Emulator.TryRestore(SnapshotMutation.Of(snapshot, random));
                largest = Math.Max(largest, GC.GetAllocatedBytesForCurrentThread() - before);
                if (terminal is null)
                    continue;

                // What passed for a terminal takes output, is drawn for a client, is written and read again.
                restored++;
                for (int count = 0; count < 3; count++)
                    terminal.Write(TerminalNoise.Piece(random.Next(int.MaxValue)));
                if (terminal.Frame.Columns * terminal.Frame.Rows < 10_000)
                {
                    Framebuffer shown = terminal.Shown;
                    Emulator client = new(shown.Columns, shown.Rows, scrollbackRows: 0);
                    FrameDiffs.Apply(client.Frame, shown, client);
                    terminal.Resize(1 + random.Next(100), 1 + random.Next(40));
                }

                ScrollbackReader kept = terminal.Scrollback.Read();
                while (kept.TryReadOlder() && kept.TryReadRun(out _)) { }
                again.ResetWrittenCount();
                terminal.WriteSnapshot(again);
                Assert.NotNull(Emulator.TryRestore(again.WrittenSpan));
            }
        }

        output.WriteLine($"{total:N0} forged snapshots, {restored:N0} of them terminals, {largest / 1024:N0} KiB the most memory of one");
        Assert.InRange(restored, 1, total);
        Assert.InRange(largest, 1, 3L * 16 * Framebuffer.MaxCells * 2);
    }

    private static byte[] Snapshot(SeededRandom random)
    {
        Emulator terminal = new(1 + random.Next(60), 1 + random.Next(20), random.Next(50));
        for (int i = 0; i < 100; i++)
            terminal.Write(TerminalNoise.Piece(random.Next(int.MaxValue)));
        byte[] cut = TerminalNoise.Piece(random.Next(int.MaxValue));
        terminal.Write(cut.AsSpan(0, random.Next(cut.Length + 1)));
        ArrayBufferWriter<byte> snapshot = new();
        terminal.WriteSnapshot(snapshot);
        return snapshot.WrittenSpan.ToArray();
    }
}
