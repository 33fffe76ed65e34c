using System.Text;
using MoshBroker.Backends;
using MoshBroker.Protocol;
using MoshBroker.Telemetry;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A program that the test plays.</summary>
internal sealed class InMemoryBackend(IBackendHandler handler) : IBackend
{
    private readonly StringBuilder _input = new();

    public string Input => _input.ToString();

    /// <summary>What was asked of it, in order: "resize 80x24", "release", "send".</summary>
    public List<string> Calls { get; } = [];

    public bool IsReleased { get; private set; }

    public bool IsDisposed { get; private set; }

    public (int Columns, int Rows) Size { get; private set; }

    public int PendingInput { get; set; }

    public MonoTime StalledSince { get; set; } = MonoTime.Forever;

    /// <summary>Runs in the midst of the next <see cref="Send"/>, once.</summary>
    public Action? DuringSend { get; set; }

    public void Release(MonoTime now)
    {
        Calls.Add("release");
        IsReleased = true;
    }

    public void Send(MonoTime now, ReadOnlySpan<byte> input)
    {
        Calls.Add("send");
        _input.Append(Encoding.UTF8.GetString(input));
        Action? during = DuringSend;
        DuringSend = null;
        during?.Invoke();
    }

    public void Resize(int columns, int rows)
    {
        Calls.Add($"resize {columns}x{rows}");
        Size = (columns, rows);
    }

    public void Print(MonoTime now, string output)
    {
        handler.OnOutput(now, Encoding.UTF8.GetBytes(output));
        handler.OnOutputEnd(now);
    }

    public void Exit(MonoTime now, BackendEnd end = BackendEnd.Exited)
    {
        NoteEnd(end);
        handler.OnOutputEnd(now);
    }

    /// <summary>Ends within a turn that something else began.</summary>
    public void NoteEnd(BackendEnd end) => handler.OnBackendEnded(end);

    public void Dispose() => IsDisposed = true;

    public TtyFlow Flow { get; set; } = TtyFlow.Usual;

    public TargetState? Target { get; set; } = TargetState.Open;

    public int Unread { get; set; }

    public int CountUnread() => Unread;

    public bool IsPaused { get; private set; }

    public void Pause(bool isPaused) => IsPaused = isPaused;
}
