using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Protocol.Snapshots;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Tests.Display;
using MoshBroker.Protocol.Tests.Fuzz;
using MoshBroker.Testing;
using Xunit;
using Xunit.Abstractions;

namespace MoshBroker.Protocol.Tests.Terminal;

/// <summary>A terminal restored from a snapshot is the terminal: whatever comes next, nobody can tell.</summary>
public sealed class EmulatorSnapshotProperties(ITestOutputHelper output)
{
    [Fact]
    public void A_stream_cut_between_any_two_bytes_goes_on_in_the_restored_terminal_as_without_the_cut()
    {
        Prop.ForAll(NoisyTerminal.Any, noise =>
        {
            Emulator original = noise.NewTerminal();
            Emulator restored = Restored(original);
            foreach (int number in noise.Numbers)
            {
                if (number % 29 == 0)
                {
                    NoisyTerminal.Feed(original, number);
                    NoisyTerminal.Feed(restored, number);
                    continue;
                }

                byte[] piece = TerminalNoise.Piece(number);
                int cut = number % (piece.Length + 1);
                original.Write(piece.AsSpan(0, cut));
                restored.Write(piece.AsSpan(0, cut));
                restored = Restored(restored);
                AssertSame(original, restored);
                original.Write(piece.AsSpan(cut));
                restored.Write(piece.AsSpan(cut));
                AssertSame(original, restored);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_long_stream_restored_many_times_ends_as_without_interruption_its_scrollback_and_answers_included()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            SeededRandom random = new(seed);
            Emulator original = new(1 + random.Next(100), 1 + random.Next(30), random.Next(200));
            Emulator restored = Restored(original);
            for (int i = 0; i < 600; i++)
            {
                byte[] piece = Mutation.Of(TerminalNoise.Piece(random.Next(int.MaxValue)), random);
                for (int at = 0; at < piece.Length;)
                {
                    int length = Math.Min(1 + random.Next(20), piece.Length - at);
                    original.Write(piece.AsSpan(at, length));
                    restored.Write(piece.AsSpan(at, length));
                    at += length;
                    if (random.Next(40) == 0)
                        restored = Restored(restored);
                }

                if (random.Next(50) == 0)
                {
                    (int columns, int rows) = (1 + random.Next(100), 1 + random.Next(30));
                    original.Resize(columns, rows);
                    restored.Resize(columns, rows);
                }

                if (random.Next(20) == 0)
                    Assert.Equal(RepliesOf(original), RepliesOf(restored));
                Assert.Equal(original.IsAtRest, restored.IsAtRest);
            }

            AssertSame(original, restored);
            Assert.Equal(Kept(original), Kept(restored));
        }
    }

    [Fact]
    public void Any_truncation_and_any_flipped_bit_is_refused()
    {
        SeededRandom random = new(3);
        Emulator terminal = new(40, 10);
        for (int i = 0; i < 200; i++)
            terminal.Write(TerminalNoise.Piece(random.Next(int.MaxValue)));
        byte[] snapshot = SnapshotOf(terminal);
        for (int length = 0; length < snapshot.Length; length++)
            Assert.Null(Emulator.TryRestore(snapshot.AsSpan(0, length)));
        for (int bit = 0; bit < 8 * snapshot.Length; bit++)
        {
            snapshot[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(Emulator.TryRestore(snapshot));
            snapshot[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.NotNull(Emulator.TryRestore(snapshot));
        Assert.Null(Emulator.TryRestore([.. snapshot, 0]));
    }

    [Fact]
    public void Another_version_is_refused_though_its_checksum_is_right()
    {
        byte[] snapshot = SnapshotOf(new Emulator(8, 2));
        snapshot[1]++;
        Assert.Null(Emulator.TryRestore(SnapshotMutation.Resum(snapshot)));
    }

    [Fact]
    public void The_scrollback_may_be_left_out_and_its_rows_are_numbered_on()
    {
        Emulator terminal = new(80, 24);
        for (int line = 0; line < 1000; line++)
            terminal.Write("drwxr-xr-x  2 alice users  4096 Nov 25 13:52 \e[01;34msome-folder\e[0m\r\n"u8);
        ArrayBufferWriter<byte> without = new();
        terminal.WriteSnapshot(without, withScrollback: false);
        Emulator? restored = Emulator.TryRestore(without.WrittenSpan);
        Assert.NotNull(restored);
        Assert.Equal((0, terminal.Scrollback.Added), (restored.Scrollback.Count, restored.Scrollback.Added));
        Assert.Equal(ScreenText.Describe(terminal.Frame), ScreenText.Describe(restored.Frame));
        output.WriteLine($"24 equal coloured lines: {without.WrittenCount} bytes; with {terminal.Scrollback.Count} kept rows {SnapshotOf(terminal).Length}");
    }

    [Fact]
    public void An_ordinary_shell_screen_takes_less_than_three_kilobytes()
    {
        Emulator terminal = new(80, 24);
        SeededRandom random = new(1);
        for (int line = 0; line < 24; line++)
        {
            string name = Convert.ToHexString(random.Bytes(4 + random.Next(12)));
            terminal.Write(System.Text.Encoding.UTF8.GetBytes($"\r\n-rw-r--r-- 1 alice users {random.Next(1_000_000),8} Nov {1 + random.Next(28),2} 13:{random.Next(60):00} \e[01;32m{name}\e[0m"));
        }

        terminal.Write("\r\n\e[01;32malice@web-1\e[00m:\e[01;34m~/src\e[00m$ "u8);
        ArrayBufferWriter<byte> snapshot = new();
        terminal.WriteSnapshot(snapshot, withScrollback: false);
        ArrayBufferWriter<byte> blank = new();
        new Emulator(80, 24).WriteSnapshot(blank);
        output.WriteLine($"ls -l: {snapshot.WrittenCount} bytes, blank: {blank.WrittenCount}");
        Assert.InRange(snapshot.WrittenCount, 100, 3000);
        Assert.InRange(blank.WrittenCount, 10, 100);
    }

    private static void AssertSame(Emulator original, Emulator restored)
    {
        Assert.Equal(SnapshotOf(original), SnapshotOf(restored));
        Assert.Equal(ScreenText.Describe(original.Shown), ScreenText.Describe(restored.Shown));
        Assert.Equal((original.Frame.CursorRow, original.Frame.CursorColumn), (restored.Frame.CursorRow, restored.Frame.CursorColumn));
    }

    private static byte[] SnapshotOf(Emulator terminal)
    {
        ArrayBufferWriter<byte> snapshot = new();
        terminal.WriteSnapshot(snapshot);
        return snapshot.WrittenSpan.ToArray();
    }

    private static Emulator Restored(Emulator terminal)
    {
        Emulator? restored = Emulator.TryRestore(SnapshotOf(terminal));
        Assert.NotNull(restored);
        return restored;
    }

    private static byte[] RepliesOf(Emulator terminal)
    {
        ArrayBufferWriter<byte> replies = new();
        terminal.TakeReplies(replies);
        return replies.WrittenSpan.ToArray();
    }

    private static List<string> Kept(Emulator terminal)
    {
        List<string> kept = [];
        ScrollbackReader reader = terminal.Scrollback.Read();
        while (reader.TryReadOlder())
        {
            string runs = "";
            while (reader.TryReadRun(out ScrollbackRun run))
                runs += run;
            kept.Add(System.Text.Encoding.UTF8.GetString(reader.Text) + reader.Wraps + runs);
        }

        return kept;
    }
}
