namespace MoshBroker.Testing;

/// <summary>A wall clock that a test sets, backwards too.</summary>
public sealed class SettableClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
