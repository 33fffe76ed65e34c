using System.Runtime.InteropServices;
using System.Text;

namespace MoshBroker.Client.Native;

/// <summary>Words as execve(2) takes them: a null-terminated array of pointers to zero-terminated UTF-8.</summary>
internal sealed unsafe class NativeWords : IDisposable
{
    private readonly int _count;

    public NativeWords(IReadOnlyList<string> words)
    {
        _count = words.Count;
        Pointers = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
        {
            int length = Encoding.UTF8.GetByteCount(words[i]);
            Pointers[i] = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
            Encoding.UTF8.GetBytes(words[i], new Span<byte>(Pointers[i], length));
        }
    }

    public byte** Pointers { get; }

    public byte* First => Pointers[0];

    public void Dispose()
    {
        for (int i = 0; i < _count; i++) { NativeMemory.Free(Pointers[i]); }
        NativeMemory.Free(Pointers);
    }
}
