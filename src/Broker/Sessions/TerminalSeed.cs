using System.Net;
using MoshBroker.Native;

namespace MoshBroker.Sessions;

/// <summary>What a terminal channel is made of. Whoever starts the channel takes both descriptors over.</summary>
/// <param name="Terminal">A tty, opened by ourselves, in raw mode, that does not block.</param>
/// <param name="Line">A socket to whoever waits at the terminal: a byte from there says that the window has changed, its end that he is gone; a status from us ends it.</param>
/// <param name="Client">Where the person is.</param>
/// <param name="Watcher">Set when he only watches.</param>
internal sealed record TerminalSeed(FileDescriptor Terminal, FileDescriptor Line, IPAddress Client, Watcher? Watcher) : IDisposable
{
    /// <summary>Where the person is, for lists.</summary>
    public string From => $"ssh from {Client}";

    public void Dispose()
    {
        Terminal.Dispose();
        Line.Dispose();
    }
}
