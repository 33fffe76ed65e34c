using System.Buffers;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Protocol.Tests.StateSync;

/// <summary>A state known only by which diffs made it from which: two are equal when they came to be in the same way.</summary>
internal sealed class DiffChainState : ISyncState<DiffChainState>
{
    public ulong Content { get; private set; }

    public static ulong Chain(ulong source, ReadOnlySpan<byte> diff)
    {
        ulong hash = (source ^ 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9;
        foreach (byte b in diff)
            hash = (hash ^ b) * 0x100000001b3;
        return hash;
    }

    public DiffChainState Snapshot() => new() { Content = Content };

    public void Release()
    {
    }

    public bool SameAs(DiffChainState other) => Content == other.Content;

    public void WriteDiff(DiffChainState source, IBufferWriter<byte> diff) => throw new NotSupportedException();

    public bool TryApply(ReadOnlySpan<byte> diff)
    {
        Content = Chain(Content, diff);
        return true;
    }

    public void ForgetBefore(DiffChainState oldest)
    {
    }
}
