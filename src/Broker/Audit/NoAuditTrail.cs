namespace MoshBroker.Audit;

/// <summary>Keeps nothing: for tests and tools that have no broker behind them.</summary>
internal sealed class NoAuditTrail : IAuditTrail
{
    public static NoAuditTrail Instance { get; } = new();

    public void Write(AuditEvent happened)
    {
        // Nobody asks.
    }
}
