using System.Buffers;
using System.Diagnostics;
using System.Text;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Tests.Display;
using MoshBroker.Protocol.Tests.Terminal;
using MoshBroker.Testing;
using Xunit;
using Xunit.Abstractions;

namespace MoshBroker.Protocol.Tests.Fuzz;

/// <summary>Output of hostile programs. See <see cref="FuzzScale"/>.</summary>
[Collection(FuzzGroup.Name)]
public sealed class TerminalFuzzTests(ITestOutputHelper output)
{
    private static readonly (int Columns, int Rows)[] Sizes = [(80, 24), (80, 24), (80, 24), (200, 50), (1, 1), (2, 2), (9, 3), (400, 100)];

    [Fact]
    public void Mutated_streams_neither_throw_nor_grow_the_terminal_and_their_frames_reach_a_client()
    {
        SeededRandom random = new(FuzzScale.Seed);
        long total = FuzzScale.Of(100_000_000, 1_500_000);
        byte[][] corpus = [.. TerminalCase.All.SelectMany(c => c.Steps).Where(s => s.Write is not null).Select(s => s.Write!)];
        long done = 0;
        int checks = 0;
        int largest = 0;
        TimeSpan longest = default;
        TimeSpan working = default;
        ArrayBufferWriter<byte> replies = new();
        while (done < total)
        {
            (int columns, int rows) = Sizes[random.Next(Sizes.Length)];
            Emulator terminal = new(columns, rows);
            Emulator client = terminal.Clone();
            Framebuffer shown = terminal.Frame.Snapshot();
            for (int written = 0; written < 1_000_000 && done < total; checks++)
            {
                byte[] stream = Stream(corpus, random);
                long start = Stopwatch.GetTimestamp();
                for (int at = 0; at < stream.Length; at += 4096)
                {
                    terminal.Write(stream.AsSpan(at, Math.Min(4096, stream.Length - at)));
                    replies.ResetWrittenCount();
                    terminal.TakeReplies(replies);
                    Assert.InRange(replies.WrittenCount, 0, 16 * 1024);
                }

                TimeSpan took = Stopwatch.GetElapsedTime(start);
                working += took;
                longest = took > longest ? took : longest;
                written += stream.Length;
                done += stream.Length;
                if (random.Next(20) == 0)
                    terminal.Resize(1 + random.Next(columns * 2), 1 + random.Next(rows * 2));

                // The frame reaches a client that has an older one; what it shows is looked at in detail now and then.
                FrameDiffs.Apply(shown, terminal.Frame, client);
                shown.Release();
                shown = terminal.Frame.Snapshot();
                largest = Math.Max(largest, terminal.ByteSize);
                Assert.True(terminal.ByteSize <= Bound(2 * columns, 2 * rows), $"seed {FuzzScale.Seed}: {terminal.ByteSize} bytes for {columns}x{rows}");
            }
        }

        output.WriteLine(
            $"{done:N0} bytes in {checks} streams, {done / 1e6 / working.TotalSeconds:F1} MB/s, longest stream of 20 KB {longest.TotalMilliseconds:F1} ms, largest terminal {largest / 1024:N0} KiB");
        Assert.InRange(longest, default, TimeSpan.FromSeconds(20));
    }

    /// <summary>CVE-2012-2385: a few bytes that asked for 2^31 of something kept a terminal busy for ever.</summary>
    [Fact]
    public void A_count_of_any_size_costs_no_more_than_the_screen()
    {
        int repeats = FuzzScale.Of(20_000, 500);
        foreach (int count in new[] { 65_535, 65_536, int.MaxValue })
        {
            foreach (char final in "@ABCDEFGHIJKLMPSTXZ`abdefghlmnr")
            {
                Emulator terminal = new(2048, 256);
                byte[] sequence = Encoding.ASCII.GetBytes($"x\e[{count}{final}\e[{count};{count}{final}\e[?{count}{final}");
                long start = Stopwatch.GetTimestamp();
                for (int i = 0; i < repeats; i++)
                    terminal.Write(sequence);
                TimeSpan took = Stopwatch.GetElapsedTime(start);

                // The whole screen once each, at 10 ns a cell, and ten times that.
                Assert.True(took < TimeSpan.FromMilliseconds(repeats * 3 * 52), $"CSI {count} {final}: {took.TotalMilliseconds:F0} ms");
            }
        }
    }

    [Fact]
    public void Endless_different_texts_of_combining_characters_cost_bounded_time_and_memory_however_many_frames_are_kept()
    {
        SeededRandom random = new(FuzzScale.Seed);
        Emulator terminal = new(1000, 100);
        int count = FuzzScale.Of(2_000_000, 60_000);
        List<Framebuffer> kept = [];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            terminal.Write(Encoding.UTF8.GetBytes($"\e[{1 + random.Next(100)};{1 + random.Next(1000)}H{(char)('a' + random.Next(26))}{(char)(0x300 + random.Next(80))}{(char)(0x300 + random.Next(80))}{(char)(0x300 + random.Next(80))}"));
            if (i % 2000 == 0)
                kept.Add(terminal.Frame.Snapshot());
            if (kept.Count > 31)
            {
                kept[0].Release();
                kept.RemoveAt(0);
            }
        }

        TimeSpan took = Stopwatch.GetElapsedTime(start);
        output.WriteLine($"{count} texts in {took.TotalSeconds:F1} s, {terminal.ByteSize / 1024:N0} KiB");
        Assert.InRange(took, default, TimeSpan.FromMicroseconds(200L * count));
        Assert.InRange(terminal.ByteSize, 0, 34 * 1000 * 100 * 16 * 2);
    }

    private static byte[] Stream(byte[][] corpus, SeededRandom random)
    {
        List<byte> stream = [];
        while (stream.Count < 20_000)
        {
            byte[] piece = random.Happens(0.5) ? corpus[random.Next(corpus.Length)] : TerminalNoise.Piece(random.Next(int.MaxValue));
            stream.AddRange(random.Happens(0.5) ? Mutation.Of(piece, random) : piece);
        }

        return [.. stream];
    }

    /// <summary>A few frames' worth of cells, texts and scrollback: a constant for a size of screen.</summary>
    private static long Bound(int columns, int rows) => (8 * 1024 * 1024) + (4L * 16 * columns * (rows + 16)) + (2000L * 24 * columns);
}
