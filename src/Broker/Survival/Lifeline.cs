using System.Buffers.Binary;
using System.Security.Cryptography;
using MoshBroker.Cluster;
using MoshBroker.Native;

namespace MoshBroker.Survival;

/// <summary>What of one session outlives this process: its descriptors in the fd store, its input journal, and a checkpoint in shared memory.</summary>
/// <remarks>
/// <para>A checkpoint has three parts. <em>Numbers</em>, a few hundred bytes, are committed in every turn in which a client was heard, before anything that
/// follows from it leaves. The <em>screen</em> is written rarely, because what the program prints is read straight into an <em>area</em> beside it, and
/// replayed: there is no moment at which output is neither in the terminal's queue nor here. Areas are zero beyond what was read, and zero bytes mean nothing to a terminal.</para>
/// <para>Numbers and screen are sealed. Area and journal, which the kernel itself writes and reads, cannot be; they hold the last moments only.</para>
/// </remarks>
internal sealed unsafe class Lifeline : IDisposable
{
    /// <summary>Of the shared memory. One of another version is not read.</summary>
    public const int Version = 1;

    /// <summary>What a session keeps in the store besides its channels' sockets.</summary>
    public static IReadOnlyList<string> Names { get; } = ["checkpoint", "journal", "pty", "release"];

    private const uint Magic = 0x4b43_424d; // MBCK
    private const int HeaderLength = 4096;
    private const int NumbersLength = 512 * 1024;
    private const int ScreenLength = 8 * 1024 * 1024;
    private const int AreaLength = 128 * 1024;
    private const int LeastRoom = 16 * 1024;
    private const int WantsScreenAt = AreaLength / 2;
    private const int NumbersHeaderLength = 17;
    private const long TotalLength = HeaderLength + (2L * NumbersLength) + (2L * ScreenLength) + (2L * AreaLength);

    private readonly IDescriptorStore? _store;
    private readonly string _id;
    private readonly byte* _at;
    private readonly SealedSlots _numbers;
    private readonly SealedSlots _screen;
    private readonly AesGcm _aes;
    private readonly long _epoch;
    private readonly byte[] _binding;
    private int _used; // Of the present area.
    private uint _repliesSent; // Of those that the present area's output asked for.
    private bool _disposed;

    private Lifeline(IDescriptorStore? store, string id, long epoch, KeySealer sealer, FileDescriptor memory, byte* at, InputJournal journal)
    {
        _store = store;
        _id = id;
        _epoch = epoch;
        Memory = memory;
        _at = at;
        Journal = journal;
        (_aes, _binding) = sealer.CheckpointKey(id, epoch, sealer.Version);
        _numbers = new SealedSlots(at + HeaderLength, NumbersLength, 1);
        _screen = new SealedSlots(at + HeaderLength + (2 * NumbersLength), ScreenLength, 2);
    }

    public InputJournal Journal { get; }

    /// <summary>The checkpoint's.</summary>
    public FileDescriptor Memory { get; }

    /// <summary>True once the screen had no room: the session lives on, and would end with the process.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>True when the area fills up, so that the screen is to be written anew.</summary>
    public bool WantsScreen => _used >= WantsScreenAt;

    /// <summary>Where the program's next output is to be read to.</summary>
    public byte* Room => Area(_screen.Generation) + _used;

    /// <summary>How much; 0 when the screen has to be written first.</summary>
    public int RoomLength => AreaLength - _used < LeastRoom ? 0 : AreaLength - _used;

    /// <summary>For a session that begins.</summary>
    /// <param name="store">Null for tests that keep the descriptors themselves.</param>
    /// <exception cref="IOException">There is no memory, or no descriptor.</exception>
    public static Lifeline Create(IDescriptorStore? store, string id, long epoch, KeySealer sealer)
    {
        FileDescriptor memory = MemoryNative.Create("moshbroker-checkpoint", TotalLength);
        byte* at = MemoryNative.TryMap(memory, TotalLength);
        if (at is null)
        {
            memory.Dispose();
            throw Errno.Exception("mmap");
        }

        Lifeline lifeline;
        try
        {
            lifeline = new Lifeline(store, id, epoch, sealer, memory, at, InputJournal.Create());
        }
        catch
        {
            MemoryNative.Unmap(at, TotalLength);
            memory.Dispose();
            throw;
        }

        *(uint*)at = Magic;
        *(int*)(at + 4) = Version;
        lifeline.Hold("checkpoint", memory);
        lifeline.Hold("journal", lifeline.Journal.Memory);
        return lifeline;
    }

    /// <summary>Reads what a process before left, and goes on with it; takes both descriptors over. Null when it cannot be read, and why.</summary>
    public static Lifeline? TryOpen(
        IDescriptorStore? store, string id, long epoch, KeySealer sealer, FileDescriptor memory, FileDescriptor journalMemory, out Checkpoint? checkpoint, out string reason)
    {
        checkpoint = null;
        reason = "its checkpoint is damaged";
        byte* at = MemoryNative.TryMap(memory, TotalLength);
        InputJournal? journal = InputJournal.TryOpen(journalMemory, 0);
        if (at is not null && journal is not null)
        {
            Lifeline lifeline = new(store, id, epoch, sealer, memory, at, journal);
            if (*(uint*)at == Magic && *(int*)(at + 4) == Version) { checkpoint = lifeline.Read(sealer); }
            else if (*(uint*)at == Magic) { reason = $"its checkpoint has version {*(int*)(at + 4)}, and this broker reads {Version}"; }
            if (checkpoint is not null)
            {
                lifeline.Hold("checkpoint", memory);
                lifeline.Hold("journal", journal.Memory);
                return lifeline;
            }

            lifeline.Dispose();
            return null;
        }

        if (at is not null) { MemoryNative.Unmap(at, TotalLength); }
        journal?.Dispose();
        memory.Dispose();
        return null;
    }

    /// <summary>Keeps a copy of a descriptor of the session's in the store until it is closed here.</summary>
    public void Hold(string what, FileDescriptor descriptor)
    {
        if (!IsBroken) { _store?.Put(NameOf(_id, what), descriptor); }
    }

    public static string NameOf(string session, string what) => $"s/{session}/{what}";

    /// <summary>So much was read to <see cref="Room"/>.</summary>
    public ReadOnlySpan<byte> OnRead(int count)
    {
        ReadOnlySpan<byte> output = new(Room, count);
        _used += count;
        return output;
    }

    /// <summary>The terminal's answers to what it just read are in the journal.</summary>
    public void OnReplies(int count) => _repliesSent += (uint)count;

    /// <summary>Writes the numbers; from here on the journal's input is the program's.</summary>
    /// <param name="numbers">The channels as the protocol wrote them, behind <see cref="BeginNumbers"/>.</param>
    public void CommitNumbers(ReadOnlySpan<byte> numbers)
    {
        bool rewinds = Journal.WantsRewind;
        if (numbers.Length > _numbers.Capacity)
        {
            Break();
            return;
        }

        _numbers.Write(_aes, _epoch, _binding, numbers);
        Fault.At(FaultPoint.Saved);
        if (rewinds) { Journal.Rewind(); }
        else { Journal.OnCommitted(); }
    }

    /// <summary>What stands before the channels.</summary>
    public void BeginNumbers(System.Buffers.IBufferWriter<byte> numbers, bool isLive, bool isLocked)
    {
        Span<byte> header = numbers.GetSpan(NumbersHeaderLength);
        BinaryPrimitives.WriteUInt64LittleEndian(header, _screen.Generation);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Journal.WantsRewind ? 0 : Journal.End);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], _repliesSent);
        header[16] = (byte)((isLive ? 1 : 0) | (isLocked ? 2 : 0));
        numbers.Advance(NumbersHeaderLength);
    }

    /// <summary>Writes facts and screen; the area begins anew. All that was read must be on the screen, and all its answers in the journal.</summary>
    public void CommitScreen(ReadOnlySpan<byte> screen)
    {
        if (screen.Length > _screen.Capacity)
        {
            Break();
            return;
        }

        byte* before = Area(_screen.Generation);
        _screen.Write(_aes, _epoch, _binding, screen);
        Fault.At(FaultPoint.ScreenSaved);
        new Span<byte>(before, _used).Clear();
        _used = 0;
        _repliesSent = 0;
    }

    public void Dispose()
    {
        if (_disposed) { return; }
        _disposed = true;
        _aes.Dispose();
        Journal.Dispose();
        MemoryNative.Unmap(_at, TotalLength);
        Memory.Dispose();
    }

    private byte* Area(ulong generation) => _at + HeaderLength + (2 * NumbersLength) + (2 * ScreenLength) + ((generation & 1) * AreaLength);

    private Checkpoint? Read(KeySealer sealer)
    {
        // The process before may have sealed under an older key.
        byte[]? Open(SealedSlots slots) => sealer.Versions.Select(version => slots.Read(epoch => sealer.CheckpointKey(_id, epoch, version))).FirstOrDefault(value => value is not null);
        byte[]? screen = Open(_screen);
        byte[]? numbers = Open(_numbers);
        if (screen is null || numbers is null || numbers.Length < NumbersHeaderLength) { return null; }
        ReadOnlySpan<byte> header = numbers;
        // Killed between a screen and the wiping of the area before it: what stands there is on that screen.
        new Span<byte>(Area(_screen.Generation + 1), AreaLength).Clear();
        ReadOnlySpan<byte> area = new(Area(_screen.Generation), AreaLength);
        int length = area.LastIndexOfAnyExcept((byte)0) + 1;
        _used = length;
        Journal.GoOnFrom(BinaryPrimitives.ReadInt32LittleEndian(header[8..]), MemoryNative.PositionOf(Journal.Memory));
        bool isSameArea = BinaryPrimitives.ReadUInt64LittleEndian(header) == _screen.Generation;
        int sent = isSameArea ? (int)BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) : 0;
        return new Checkpoint(screen, numbers.AsMemory(NumbersHeaderLength), area[..length].ToArray(), sent, IsLive: (header[16] & 1) != 0, IsLocked: (header[16] & 2) != 0);
    }

    private void Break()
    {
        IsBroken = true;
        foreach (string what in Names) { _store?.Drop(NameOf(_id, what)); }
    }
}
