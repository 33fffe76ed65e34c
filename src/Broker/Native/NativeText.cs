using System.Runtime.InteropServices;
using System.Text;

namespace MoshBroker.Native;

/// <summary>A null-terminated array of C strings, as exec takes them.</summary>
internal sealed unsafe class NativeText : IDisposable
{
    private readonly int _count;

    public NativeText(IReadOnlyList<string> texts)
    {
        Start = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(byte*));
        foreach (string text in texts)
        {
            int length = Encoding.UTF8.GetByteCount(text);
            byte* copy = (byte*)NativeMemory.Alloc((nuint)length + 1);
            Encoding.UTF8.GetBytes(text, new Span<byte>(copy, length));
            copy[length] = 0;
            Start[_count++] = copy;
        }
    }

    public byte** Start { get; private set; }

    public void Dispose()
    {
        if (Start == null) { return; }
        for (int i = 0; i < _count; i++) { NativeMemory.Free(Start[i]); }
        NativeMemory.Free(Start);
        Start = null;
    }
}
