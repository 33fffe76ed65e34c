using System.Buffers.Binary;
using MoshBroker.Native;

namespace MoshBroker.Survival;

/// <summary>Input on its way to a program: appended here, then handed over by a system call that moves the memory's own position, so that whoever
/// holds the descriptor after a crash finds how much the program got.</summary>
/// <remarks>
/// What was handed over is wiped. <see cref="End"/> counts only once it is in a committed checkpoint: input beyond that was never acknowledged, and its
/// client sends it again. In the clear, for the kernel itself reads it: memory that is nobody's but this account's, as the process's own is.
/// </remarks>
internal sealed unsafe class InputJournal : IDisposable
{
    /// <summary>More than a session lets wait, and a datagram's worth.</summary>
    public const int Capacity = 8 * 1024 * 1024;

    private const int RewindAt = 64 * 1024;

    private readonly byte* _bytes;
    private int _committed;
    private bool _disposed;

    private InputJournal(FileDescriptor memory, byte* bytes)
    {
        Memory = memory;
        _bytes = bytes;
    }

    public FileDescriptor Memory { get; }

    /// <summary>Where the next input goes.</summary>
    public int End { get; private set; }

    /// <summary>How far the program has it.</summary>
    public int Position { get; private set; }

    public int Pending => End - Position;

    /// <summary>True when input was appended that no checkpoint knows.</summary>
    public bool HasUncommitted => End != _committed;

    /// <summary>A checkpoint knows of all that was appended.</summary>
    public void OnCommitted() => _committed = End;

    /// <summary>True when no more should be taken until all of it was handed over, so that it can begin again.</summary>
    public bool IsFilling => End > Capacity / 2;

    public static InputJournal Create() => TryOpen(MemoryNative.Create("moshbroker-input", Capacity), 0) ?? throw Errno.Exception("mmap");

    /// <summary>Goes on with the journal of a process that is gone; takes the descriptor over. Null when it is none.</summary>
    /// <param name="end">As committed.</param>
    public static InputJournal? TryOpen(FileDescriptor memory, int end)
    {
        byte* bytes = MemoryNative.TryMap(memory, Capacity);
        if (bytes is null || end < 0 || end > Capacity)
        {
            if (bytes is not null) { MemoryNative.Unmap(bytes, Capacity); }
            memory.Dispose();
            return null;
        }

        return new InputJournal(memory, bytes);
    }

    /// <summary>After <see cref="TryOpen"/>: what was committed, and where the kernel says the program is.</summary>
    public void GoOnFrom(int end, long position)
    {
        // A rewind commits its end before it moves the position: a position beyond the end is one that was not moved any more.
        End = _committed = end;
        Position = position > end ? 0 : (int)position;
        MemoryNative.SetPositionOf(Memory, Position);
    }

    /// <summary>False when there is no room.</summary>
    public bool TryAppend(ReadOnlySpan<byte> input)
    {
        if (input.Length > Capacity - End) { return false; }
        input.CopyTo(new Span<byte>(_bytes + End, input.Length));
        End += input.Length;
        return true;
    }

    /// <summary>Hands over what the terminal takes: bytes, or -1 with errno.</summary>
    public nint Push(FileDescriptor terminal)
    {
        nint count = MemoryNative.Send(terminal, Memory, Pending);
        Fault.At(FaultPoint.HandedOver);
        if (count > 0) { Advance((int)count); }
        return count;
    }

    /// <summary>Nobody will read what waits.</summary>
    public void Drop()
    {
        int waiting = Pending;
        Advance(waiting);
        MemoryNative.SetPositionOf(Memory, Position);
    }

    /// <summary>True when it is time to <see cref="Rewind"/>: nothing waits, and much of the room is used.</summary>
    public bool WantsRewind => Pending == 0 && End >= RewindAt;

    /// <summary>Begins again at the start; an end of 0 must have been committed before.</summary>
    public void Rewind()
    {
        MemoryNative.SetPositionOf(Memory, 0);
        End = Position = _committed = 0;
    }

    public void Dispose()
    {
        if (_disposed) { return; }
        _disposed = true;
        new Span<byte>(_bytes + Position, Pending).Clear();
        MemoryNative.Unmap(_bytes, Capacity);
        Memory.Dispose();
    }

    private void Advance(int count)
    {
        // It may have been a password.
        new Span<byte>(_bytes + Position, count).Clear();
        Position += count;
    }
}
