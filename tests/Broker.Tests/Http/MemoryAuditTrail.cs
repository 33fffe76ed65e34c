using System.Collections.Concurrent;
using MoshBroker.Audit;

namespace MoshBroker.Broker.Tests.Http;

/// <summary>A trail in memory.</summary>
internal sealed class MemoryAuditTrail : IAuditTrail
{
    private readonly ConcurrentQueue<AuditEvent> _events = new();

    public IReadOnlyList<AuditEvent> Events => [.. _events];

    public void Write(AuditEvent happened) => _events.Enqueue(happened);
}
