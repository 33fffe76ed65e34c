using System.Text;
using MoshBroker.Audit;

namespace MoshBroker.Broker.Tests.Http;

/// <summary>A kept trail, set by the test.</summary>
internal sealed class StandInTrail : IAuditStore
{
    private readonly List<AuditRecord> _records = [];

    public void Add(AuditEvent happened) =>
        _records.Add(AuditLine.Write(_records.Count + 1, new DateTimeOffset(2026, 7, 1, 12, 0, _records.Count % 60, TimeSpan.Zero), happened, AuditLine.Genesis));

    public Task<IReadOnlyList<string>> QueryAuditAsync(AuditFilter filter, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(
        [.. _records.Where(record => filter.Tenant is null || record.Event.Tenant == filter.Tenant).Where(record => filter.Name is null || record.Event.Name == filter.Name)
            .TakeLast(filter.Limit).Select(record => Encoding.UTF8.GetString(record.Line))]);

    public Task<(long Number, byte[] Hash)> AuditHeadAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task AppendAuditAsync(IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<int> PruneAuditAsync(string? tenant, IReadOnlyCollection<string> others, DateTimeOffset before, CancellationToken cancellationToken) => throw new NotSupportedException();
}
