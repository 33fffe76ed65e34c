namespace MoshBroker.Tenants;

/// <summary>What somebody proved to sshd.</summary>
internal abstract record Credential
{
    /// <summary>A plain key.</summary>
    /// <param name="Fingerprint"><c>SHA256:…</c></param>
    internal sealed record Key(string Fingerprint) : Credential;

    /// <summary>A key with a certificate.</summary>
    /// <param name="Fingerprint">Of the certified key.</param>
    /// <param name="Authority">The CA key's fingerprint.</param>
    /// <param name="ValidBefore">When it ends; <see cref="DateTimeOffset.MaxValue"/> for never.</param>
    internal sealed record Certificate(
        string Fingerprint, string Authority, ulong Serial, string KeyId, IReadOnlyList<string> Principals, DateTimeOffset ValidAfter, DateTimeOffset ValidBefore)
        : Credential;
}
