namespace MoshBroker.Dashboard.Feed;

/// <summary>What is asked now and then: policy, the audit trail, the machine. Each answer holds what its asker may see, and no more.</summary>
internal interface IBrokerRecords
{
    /// <summary>By name; those that the asker sees.</summary>
    IReadOnlyList<TenantView> Tenants { get; }

    /// <summary>May somebody have a session? Null when the asker may not ask about that tenant.</summary>
    AccessAnswer? Ask(AccessQuestion question);

    /// <summary>The newest that match, newest first; null when the asker may not read the trail.</summary>
    Task<IReadOnlyList<AuditEventView>?> AuditAsync(AuditQuestion question, CancellationToken cancellationToken);

    /// <summary>The newest first; null when the asker may play none.</summary>
    IReadOnlyList<RecordingView>? Recordings { get; }

    /// <summary>The node's last starts, newest first; null when the asker may not know.</summary>
    Task<IReadOnlyList<NodeStartView>?> StartsAsync(CancellationToken cancellationToken);

    /// <summary>The node's UDP; null when the asker may not know.</summary>
    UdpView? Udp { get; }

    /// <summary>Lets a network in again, or turns it away for so much longer; null when the asker may not, false when it is not turned away.</summary>
    bool? ChangeBlock(string network, TimeSpan? longer);

    /// <summary>What the doctor finds on this machine, the worst first; null when the asker may not know.</summary>
    Task<IReadOnlyList<FindingView>?> PostureAsync(CancellationToken cancellationToken);
}
