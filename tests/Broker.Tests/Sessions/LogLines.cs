using Microsoft.Extensions.Logging;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>Keeps what was logged.</summary>
internal sealed class LogLines<T> : ILogger<T>
{
    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Lines) { Lines.Add(formatter(state, exception)); }
    }

    /// <summary>While others may be logging.</summary>
    public bool Contains(string part)
    {
        lock (Lines) { return Lines.Exists(line => line.Contains(part, StringComparison.Ordinal)); }
    }
}
