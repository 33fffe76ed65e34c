using MoshBroker.Protocol;

namespace MoshBroker.Backends;

/// <summary>A program that is no more: its session is there to tell its clients so.</summary>
internal sealed class GoneBackend : IBackend
{
    public int PendingInput => 0;

    public MonoTime StalledSince => MonoTime.Forever;

    public void Release(MonoTime now)
    {
        // Nobody waits.
    }

    public void Send(MonoTime now, ReadOnlySpan<byte> input)
    {
        // Nobody reads.
    }

    public void Resize(int columns, int rows)
    {
        // Nobody looks.
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
