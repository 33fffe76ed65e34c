using System.Buffers;
using System.Globalization;
using System.Text;
using MoshBroker.Broker.Tests.Backends;
using MoshBroker.Cluster;
using MoshBroker.Native;
using MoshBroker.Survival;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Survival;

/// <summary>What a process that dies at any moment leaves to the next one. Dying is to be gone without another word; the store's copies stay.</summary>
public sealed unsafe class LifelineTests : IDisposable
{
    private const string Id = "1a2b3c4d";

    private readonly TemporaryDirectory _folder = new();
    private readonly KeySealer _sealer;
    private readonly List<FileDescriptor> _kept = [];
    private readonly FileDescriptor _memory;
    private readonly FileDescriptor _journal;
    private readonly Lifeline _first;
    private readonly List<Lifeline> _dead = []; // Whose end says nothing more to what they left, until the test is over.
    private long _epoch = 5;

    public LifelineTests()
    {
        _sealer = new KeySealer(MasterKey.Load(_folder.Path, path: null));
        _first = Lifeline.Create(null, Id, _epoch, _sealer);
        _memory = Keep(_first.Memory);
        _journal = Keep(_first.Journal.Memory);
    }

    public void Dispose()
    {
        _first.Dispose();
        foreach (Lifeline dead in _dead) { dead.Dispose(); }
        foreach (FileDescriptor kept in _kept) { kept.Dispose(); }
        _sealer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Numbers_and_screen_come_back_as_committed_last_and_output_since_then_is_there()
    {
        Screen(_first, "one");
        Numbers(_first, "early");
        Print(_first, "lost to no one");
        Screen(_first, "two");
        Print(_first, "after ");
        Print(_first, "two");
        Numbers(_first, "late", isLive: true, isLocked: true);

        Checkpoint left = Open(out Lifeline next);
        using (next)
        {
            Assert.Equal("two", Encoding.ASCII.GetString(left.Screen));
            Assert.Equal("late", Encoding.ASCII.GetString(left.Channels.Span));
            Assert.Equal("after two", Encoding.ASCII.GetString(left.Output));
            Assert.True(left is { IsLive: true, IsLocked: true, RepliesSent: 0 });
        }
    }

    [Fact]
    public void Replies_are_counted_for_the_screen_that_they_go_with()
    {
        Screen(_first, "one");
        _first.OnReplies(7);
        Numbers(_first, "n");
        Assert.Equal(7, OpenAndClose().RepliesSent);
        Screen(_first, "two"); // And dead before it could say so in the numbers.
        Assert.Equal(0, OpenAndClose().RepliesSent);
    }

    [Fact]
    public void A_part_that_was_being_written_leaves_the_one_before()
    {
        Screen(_first, "one");
        Numbers(_first, "early");
        Screen(_first, "two");
        Numbers(_first, "late");
        Harm("late-numbers", generation: 2, offset: 4096);
        Assert.Equal("early", Encoding.ASCII.GetString(OpenAndClose().Channels.Span));
    }

    [Fact]
    public void Another_key_another_session_and_a_newer_version_open_nothing_and_say_why()
    {
        Screen(_first, "one");
        Numbers(_first, "n");
        using TemporaryDirectory elsewhere = new();
        using KeySealer other = new(MasterKey.Load(elsewhere.Path, path: null));
        Assert.Null(Lifeline.TryOpen(null, Id, 6, other, TestMemory.Copy(_memory), TestMemory.Copy(_journal), out _, out string reason));
        Assert.Contains("damaged", reason, StringComparison.Ordinal);
        Assert.Null(Lifeline.TryOpen(null, "ffffffff", 6, _sealer, TestMemory.Copy(_memory), TestMemory.Copy(_journal), out _, out _));
        byte* at = MemoryNative.TryMap(_memory, 4096);
        *(int*)(at + 4) = Lifeline.Version + 1;
        MemoryNative.Unmap(at, 4096);
        Assert.Null(Lifeline.TryOpen(null, Id, 6, _sealer, TestMemory.Copy(_memory), TestMemory.Copy(_journal), out _, out reason));
        Assert.Contains($"version {Lifeline.Version + 1}", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_that_is_too_short_or_no_memory_is_refused()
    {
        using FileDescriptor brief = MemoryNative.Create("brief", 4096);
        Assert.Null(Lifeline.TryOpen(null, Id, 6, _sealer, TestMemory.Copy(brief), TestMemory.Copy(_journal), out _, out _));
        Screen(_first, "one");
        Numbers(_first, "n");
        Assert.Null(Lifeline.TryOpen(null, Id, 6, _sealer, TestMemory.Copy(_memory), TestMemory.Copy(brief), out _, out _));
    }

    [Fact]
    public void Input_arrives_once_and_in_order_though_the_process_dies_between_any_two_steps()
    {
        using TestPty terminal = new();
        Random random = new(11);
        List<byte> arrived = [];
        Lifeline now = _first;
        Screen(now, "s");
        Numbers(now, "");
        int committed = 0; // The last key that a client was told of; it sends what follows again.
        for (int death = 0; death < 1000; death++)
        {
            for (int step = random.Next(1, 12); step > 0; step--)
            {
                switch (step % 3)
                {
                    case 2 when now.Journal.HasUncommitted is false:
                        Assert.True(now.Journal.TryAppend(Encoding.ASCII.GetBytes(Key(committed + 1))));
                        break;
                    case 1 when now.Journal.HasUncommitted:
                        Numbers(now, Key(committed + 1));
                        committed++;
                        break;
                    case 0 when !now.Journal.HasUncommitted:
                        now.Journal.Push(terminal.Master);
                        break;
                }
            }

            Checkpoint left = Open(out now);
            _dead.Add(now);
            string known = Encoding.ASCII.GetString(left.Channels.Span);
            Assert.Equal(committed == 0 ? "" : Key(committed), known);
            if (death % 7 == 0) { now.Journal.Push(terminal.Master); }
            Read(terminal, arrived, (Key(1).Length * committed) - now.Journal.Pending);
        }

        now.Journal.Push(terminal.Master);
        Read(terminal, arrived, Key(1).Length * committed);
        Assert.True(committed > 500, $"{committed} keys");
        Assert.Equal(string.Concat(Enumerable.Range(1, committed).Select(Key)), Encoding.ASCII.GetString([.. arrived]));
    }

    [Fact]
    public void A_journal_begins_again_at_its_start_once_much_was_typed_and_all_of_it_read()
    {
        using TestPty terminal = new();
        Screen(_first, "s");
        List<byte> arrived = [];
        byte[] typed = new byte[2_000];
        int largest = 0;
        for (int i = 1; i <= 100; i++)
        {
            Assert.True(_first.Journal.TryAppend(typed));
            Numbers(_first, "n");
            Assert.Equal(typed.Length, _first.Journal.Push(terminal.Master));
            Read(terminal, arrived, typed.Length * i);
            largest = Math.Max(largest, _first.Journal.End);
            Numbers(_first, "its ack was acknowledged");
        }

        Assert.InRange(largest, 10_000, 100_000);
    }

    [Fact]
    public void What_was_handed_over_is_wiped()
    {
        using TestPty terminal = new();
        Assert.True(_first.Journal.TryAppend("password"u8));
        Screen(_first, "s");
        Numbers(_first, "n");
        _first.Journal.Push(terminal.Master);
        List<byte> arrived = [];
        Read(terminal, arrived, "password"u8.Length);
        Assert.Equal("password", Encoding.ASCII.GetString([.. arrived]));
        byte* at = MemoryNative.TryMap(_journal, 4096);
        Assert.Equal(-1, new ReadOnlySpan<byte>(at, 4096).IndexOfAnyExcept((byte)0));
        MemoryNative.Unmap(at, 4096);
    }

    /// <summary>Reads until so many bytes have come in all.</summary>
    private static void Read(TestPty terminal, List<byte> arrived, int count)
    {
        while (arrived.Count < count)
        {
            Assert.True(PacketSocketNative.Wait(terminal.Slave, 10_000), $"{arrived.Count} of {count} bytes came");
            arrived.AddRange(TestPty.Read(terminal.Slave));
        }
    }

    private static string Key(int number) => number.ToString("D5", CultureInfo.InvariantCulture) + " ";

    private static void Screen(Lifeline lifeline, string text) => lifeline.CommitScreen(Encoding.ASCII.GetBytes(text));

    private static void Numbers(Lifeline lifeline, string channels, bool isLive = false, bool isLocked = false)
    {
        ArrayBufferWriter<byte> numbers = new();
        lifeline.BeginNumbers(numbers, isLive, isLocked);
        numbers.Write(Encoding.ASCII.GetBytes(channels));
        lifeline.CommitNumbers(numbers.WrittenSpan);
    }

    /// <summary>As the kernel does when a terminal is read to there.</summary>
    private static void Print(Lifeline lifeline, string output)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(output);
        bytes.CopyTo(new Span<byte>(lifeline.Room, lifeline.RoomLength));
        _ = lifeline.OnRead(bytes.Length);
    }

    private FileDescriptor Keep(FileDescriptor descriptor)
    {
        FileDescriptor copy = TestMemory.Copy(descriptor);
        _kept.Add(copy);
        return copy;
    }

    private Checkpoint Open(out Lifeline next)
    {
        next = Lifeline.TryOpen(null, Id, ++_epoch, _sealer, TestMemory.Copy(_memory), TestMemory.Copy(_journal), out Checkpoint? left, out string reason)
            ?? throw new InvalidOperationException(reason);
        return left!;
    }

    private Checkpoint OpenAndClose()
    {
        Checkpoint left = Open(out Lifeline next);
        next.Dispose();
        return left;
    }

    /// <summary>Changes a byte of a value of that generation.</summary>
    private void Harm(string what, ulong generation, int offset)
    {
        const int Slot = 512 * 1024;
        long length = offset + (2L * Slot);
        byte* at = MemoryNative.TryMap(_memory, length);
        byte* slot = at + offset + ((generation & 1) * Slot);
        Assert.True(*(ulong*)slot == generation, what);
        slot[24] ^= 1;
        MemoryNative.Unmap(at, length);
    }
}
