namespace MoshBroker.Tenants;

/// <summary>A host that OpenSSH's client reaches from here.</summary>
internal sealed record SshTarget : Target
{
    /// <summary>The most sessions that one connection to a target carries.</summary>
    public const int DefaultSessionsPerConnection = 8;

    public required string Host { get; init; }

    public int Port { get; init; } = 22;

    /// <summary>The login name there.</summary>
    public required string User { get; init; }

    /// <summary>The only host keys that are believed.</summary>
    public required IReadOnlyList<SshPublicKey> HostKeys { get; init; }

    /// <summary>Absolute.</summary>
    public required string IdentityFile { get; init; }

    /// <summary>The identity's certificate; absolute, null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The target, of the same tenant, that the connection goes through; null for none.</summary>
    public SshTarget? ProxyJump { get; init; }

    /// <summary>What is run there when the session's connection broke; <c>{session}</c> stands for its id. Null: the session ends.</summary>
    public string? Reattach { get; init; }

    public int SessionsPerConnection { get; init; } = DefaultSessionsPerConnection;
}
