using System.Text;

namespace MoshBroker.FrontDoor;

/// <summary>What the front door's sshd is told, and what it is promised to be: one list for both, so that they cannot differ.</summary>
internal sealed record SshdSettings
{
    /// <summary>In order of preference; the first only where this OpenSSH knows it.</summary>
    public static readonly IReadOnlyList<string> KeyExchanges = ["mlkem768x25519-sha256", "sntrup761x25519-sha512@openssh.com", "curve25519-sha256"];

    public static readonly IReadOnlyList<string> Ciphers = ["chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com"];

    /// <summary>Not used by the ciphers above, which authenticate by themselves.</summary>
    public static readonly IReadOnlyList<string> Macs = ["hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com"];

    public static readonly IReadOnlyList<string> Signatures =
    [
        "ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com",
        "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384-cert-v01@openssh.com",
        "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
        "rsa-sha2-512", "rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-256", "rsa-sha2-256-cert-v01@openssh.com",
    ];

    /// <summary>Seconds that a client has to prove who he is.</summary>
    public const int LoginGraceSeconds = 30;

    public required string HostKey { get; init; }

    public required string AuthorizedKeys { get; init; }

    /// <summary>The program behind every login, and its arguments; no word of it comes from a client.</summary>
    public required string ForcedCommand { get; init; }

    /// <summary>The one account that sshd lets in.</summary>
    public required string Account { get; init; }

    /// <summary>The account is root's own.</summary>
    public required bool AccountIsRoot { get; init; }

    /// <summary>sshd runs as root and becomes the account.</summary>
    public required bool RunsAsRoot { get; init; }

    /// <summary>Those that this OpenSSH knows.</summary>
    public required IReadOnlyList<string> KnownKeyExchanges { get; init; }

    /// <summary>True for an exchange that what comes after today's computers does not undo either.</summary>
    public static bool IsPostQuantum(string keyExchange) =>
        keyExchange.StartsWith("mlkem", StringComparison.Ordinal) || keyExchange.StartsWith("sntrup", StringComparison.Ordinal);

    /// <summary>Single-valued settings, by their name in <c>sshd -T</c>'s spelling.</summary>
    public IReadOnlyList<(string Name, string Value)> Single =>
    [
        ("HostKey", HostKey),
        ("AllowUsers", Account),
        ("AuthenticationMethods", "publickey"),
        ("PubkeyAuthentication", "yes"),
        ("PasswordAuthentication", "no"),
        ("KbdInteractiveAuthentication", "no"),
        ("HostbasedAuthentication", "no"),
        ("PermitEmptyPasswords", "no"),
        ("PermitRootLogin", AccountIsRoot ? "without-password" : "no"),
        ("UsePAM", "no"),
        ("TrustedUserCAKeys", "none"),
        ("AuthorizedPrincipalsFile", "none"),
        ("DisableForwarding", "yes"),
        ("AllowTcpForwarding", "no"),
        ("AllowStreamLocalForwarding", "no"),
        ("AllowAgentForwarding", "no"),
        ("X11Forwarding", "no"),
        ("PermitTunnel", "no"),
        ("GatewayPorts", "no"),
        ("PermitUserRC", "no"),
        ("PermitUserEnvironment", "no"),
        ("PermitTTY", "yes"),
        ("ForceCommand", ForcedCommand),
        ("ExposeAuthInfo", "yes"),
        ("LoginGraceTime", LoginGraceSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("MaxAuthTries", "6"),
        ("MaxSessions", "10"),
        ("RequiredRSASize", "3072"),
        ("Compression", "no"),
        ("UseDNS", "no"),
        ("PrintMotd", "no"),
        ("PrintLastLog", "no"),
        ("Banner", "none"),
        ("VersionAddendum", "none"),
        ("TCPKeepAlive", "yes"),
        ("ClientAliveInterval", "30"),
        ("ClientAliveCountMax", "4"),
        ("LogLevel", "VERBOSE"),
        // The key file is written by us alone, into a folder that is ours alone: there is no user's home whose modes could be wrong.
        ("StrictModes", "no"),
    ];

    /// <summary>Settings whose every value must be among ours.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<string> Allowed)> Lists =>
    [
        ("KexAlgorithms", KnownKeyExchanges),
        ("Ciphers", Ciphers),
        ("MACs", Macs),
        ("HostKeyAlgorithms", ["ssh-ed25519"]),
        ("PubkeyAcceptedAlgorithms", Signatures),
        ("CASignatureAlgorithms", ["ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256"]),
    ];

    /// <summary>The configuration file.</summary>
    public string ToText()
    {
        StringBuilder text = new("# Generated by moshbroker at every start; changes are lost.\n");
        foreach ((string name, string value) in Single) { text.Append(name).Append(' ').Append(value).Append('\n'); }
        foreach ((string name, IReadOnlyList<string> allowed) in Lists) { text.Append(name).Append(' ').AppendJoin(',', allowed).Append('\n'); }
        text.Append("PidFile none\n");
        // Which key exchange a connection has is worth knowing, and the rest of sshd's debugging is not.
        text.Append("LogVerbose kex.c:choose_kex():*\n");
        // The account's own start-up files stay unread: bash reads ~/.bashrc under sshd unless it is an inner shell, zsh reads from ZDOTDIR.
        text.Append("SetEnv SHLVL=1 ZDOTDIR=/nonexistent\n");
        if (RunsAsRoot)
        {
            // As root sshd reads key files as the account that logs in, which has no business in our folder.
            text.Append("AuthorizedKeysFile none\nAuthorizedKeysCommand /usr/bin/cat ").Append(AuthorizedKeys).Append("\nAuthorizedKeysCommandUser root\n");
        }
        else
        {
            text.Append("AuthorizedKeysFile ").Append(AuthorizedKeys).Append('\n');
        }

        return text.ToString();
    }
}
