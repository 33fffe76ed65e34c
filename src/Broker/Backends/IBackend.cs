using MoshBroker.Protocol;
using MoshBroker.Telemetry;

namespace MoshBroker.Backends;

/// <summary>What runs behind a terminal: it takes input, gives output, and ends. All on the session's own loop.</summary>
internal interface IBackend : IDisposable
{
    /// <summary>Bytes of input that it has not taken yet.</summary>
    int PendingInput { get; }

    /// <summary>False when there is no room for more of it, however little waits.</summary>
    bool TakesInput => true;

    /// <summary>Since when it has taken none of them; <see cref="MonoTime.Forever"/> while nothing waits.</summary>
    MonoTime StalledSince { get; }

    /// <summary>How it stands with its program; null when there is none. From any thread.</summary>
    TargetState? Target => StalledSince < MonoTime.Forever ? TargetState.Stalled : TargetState.Open;

    /// <summary>Lets the program begin: it waits until a client is there to see it.</summary>
    void Release(MonoTime now);

    /// <summary>Hands input over; what it cannot take at once is kept. With a <see cref="IBackendHandler.Lifeline"/>, nothing is handed over before <see cref="Push"/>.</summary>
    void Send(MonoTime now, ReadOnlySpan<byte> input);

    /// <summary>What was sent is in a committed checkpoint: the program may have it.</summary>
    void Push(MonoTime now)
    {
    }

    /// <summary>Sets the window size that the program sees.</summary>
    void Resize(int columns, int rows);

    /// <summary>How its terminal answers to the keys that stop its output.</summary>
    TtyFlow Flow => TtyFlow.Usual;

    /// <summary>Bytes of input that its terminal took and the program has not read. A few system calls: for when there is a doubt.</summary>
    int CountUnread() => 0;

    /// <summary>While it is paused its output waits in the kernel, and a program that writes more is held up there.</summary>
    void Pause(bool isPaused)
    {
    }

    /// <summary>The client that had it said good-bye, rather than being lost; <see cref="IDisposable.Dispose"/> follows.</summary>
    void OnClientQuit()
    {
    }
}
