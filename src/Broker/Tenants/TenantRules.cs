using MoshBroker.Configuration;

namespace MoshBroker.Tenants;

/// <summary>What holds for every session of a tenant, and of the drop-in.</summary>
internal sealed record TenantRules
{
    /// <summary>Without a policy: nothing is limited that a flag of <c>serve</c> does not limit.</summary>
    public static TenantRules Unlimited { get; } = new();

    /// <summary>Where clients may be: at the SSH leg, at the first datagram and at every roam.</summary>
    public NetworkSet Networks { get; init; } = NetworkSet.Everywhere;

    /// <summary>Where channels' ports come from; empty for all that the broker has.</summary>
    public IReadOnlyList<PortSource> Ports { get; init; } = [];

    /// <summary>Sessions at one time, all users together; null is no limit.</summary>
    public int? Sessions { get; init; }

    public int? SessionsPerUser { get; init; }

    public SessionLimits Limits { get; init; } = SessionLimits.None;

    public RecordingMode Recording { get; init; }

    public RecordingFailure OnRecordingFailure { get; init; }

    /// <summary>True when the screen of a watched session says so.</summary>
    public bool ShowsWatchers { get; init; } = true;

    /// <summary>False: rows that leave the screen are forgotten at once.</summary>
    public bool KeepsScrollback { get; init; } = true;

    /// <summary>When the key, the user or the right is taken away.</summary>
    public LossAction OnRevocation { get; init; } = LossAction.End;

    /// <summary>When the certificate, the grant or the time window is over.</summary>
    public LossAction OnExpiry { get; init; } = LossAction.Lock;

    /// <summary>Certificates that are valid for longer are refused; null takes any.</summary>
    public TimeSpan? MaxCertificateLifetime { get; init; }

    public TimeSpan AuditRetention { get; init; } = TimeSpan.FromDays(365);
}
