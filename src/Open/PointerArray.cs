using System.Runtime.InteropServices;

namespace MoshBroker.Open;

/// <summary>A null-terminated array of C strings outside the managed heap, as exec takes them.</summary>
internal sealed unsafe class PointerArray : IDisposable
{
    private int _count;

    public PointerArray(int capacity) => Start = (byte**)NativeMemory.AllocZeroed((nuint)capacity + 1, (nuint)sizeof(byte*));

    public byte** Start { get; private set; }

    public void Add(ReadOnlySpan<byte> text)
    {
        byte* copy = (byte*)NativeMemory.Alloc((nuint)text.Length + 1);
        text.CopyTo(new Span<byte>(copy, text.Length));
        copy[text.Length] = 0;
        Start[_count++] = copy;
    }

    public void Dispose()
    {
        if (Start == null) { return; }
        for (int i = 0; i < _count; i++) { NativeMemory.Free(Start[i]); }
        NativeMemory.Free(Start);
        Start = null;
    }
}
