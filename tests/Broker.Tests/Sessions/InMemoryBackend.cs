using System.Text;
using MoshBroker.Backends;
using MoshBroker.Protocol;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A program that the test plays.</summary>
internal sealed class InMemoryBackend(IBackendHandler handler) : IBackend
{
    private readonly StringBuilder _input = new();

    public string Input => _input.ToString();

    public bool IsReleased { get; private set; }

    public bool IsDisposed { get; private set; }

    public (int Columns, int Rows) Size { get; private set; }

    public int PendingInput { get; set; }

    public MonoTime StalledSince { get; set; } = MonoTime.Forever;

    public void Release(MonoTime now) => IsReleased = true;

    public void Send(MonoTime now, ReadOnlySpan<byte> input) => _input.Append(Encoding.UTF8.GetString(input));

    public void Resize(int columns, int rows) => Size = (columns, rows);

    public void Print(MonoTime now, string output)
    {
        handler.OnOutput(now, Encoding.UTF8.GetBytes(output));
        handler.OnOutputEnd(now);
    }

    public void Exit(MonoTime now) => handler.OnBackendEnded(now, BackendEnd.Exited);

    public void Dispose() => IsDisposed = true;
}
