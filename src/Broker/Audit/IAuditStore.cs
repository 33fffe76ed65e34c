namespace MoshBroker.Audit;

/// <summary>The part of the store that the trail is kept in, to be asked; the files are what is verified.</summary>
internal interface IAuditStore
{
    /// <summary>Number and hash of the last event kept; 0 when there is none.</summary>
    Task<(long Number, byte[] Hash)> AuditHeadAsync(CancellationToken cancellationToken);

    /// <summary>Keeps events; those that are there already are left as they are.</summary>
    Task AppendAuditAsync(IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken);

    /// <summary>The lines that match, oldest first.</summary>
    Task<IReadOnlyList<string>> QueryAuditAsync(AuditFilter filter, CancellationToken cancellationToken);

    /// <summary>Forgets a tenant's events before a moment; null stands for all events that no tenant of <paramref name="others"/> has.</summary>
    Task<int> PruneAuditAsync(string? tenant, IReadOnlyCollection<string> others, DateTimeOffset before, CancellationToken cancellationToken);
}
