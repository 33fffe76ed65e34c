namespace MoshBroker.FrontDoor;

/// <summary>Reads OpenSSH's log lines (9.x, level VERBOSE) as events.</summary>
internal static class SshdLogLine
{
    /// <summary>All that sshd tells of most keys that fail.</summary>
    public const string KeyNotAccepted = "key_not_accepted";

    /// <summary>In this order; the first piece of text that a line has decides.</summary>
    private static readonly (string Text, SshdEvent Event)[] Known =
    [
        ("Certificate invalid: expired", Failed("certificate_expired")),
        ("Certificate invalid: not yet valid", Failed("certificate_not_yet_valid")),
        ("name is not a listed principal", Failed("certificate_principal")),
        ("does not contain an authorized principal", Failed("certificate_principal")),
        ("Certificate lacks principal", Failed("certificate_principal")),
        ("Certificate invalid", Failed("certificate_invalid")),
        ("not allowed because not listed in AllowUsers", Failed("wrong_login_name")),
        ("Invalid user ", Failed("wrong_login_name")),
        ("not allowed because account is locked", Failed("account_locked")),
        ("ROOT LOGIN REFUSED", Failed("root_refused")),
        ("refusing RSA key", Failed("weak_key")),
        ("Invalid key length", Failed("weak_key")),
        ("Timeout before authentication", new SshdEvent(SshdEventKind.Broken, "", "timeout")),
        ("no matching key exchange method", new SshdEvent(SshdEventKind.Broken, "", "no_common_kex")),
        ("no matching cipher", new SshdEvent(SshdEventKind.Broken, "", "no_common_cipher")),
        ("no matching host key type", new SshdEvent(SshdEventKind.Broken, "", "no_common_host_key")),
        ("Unable to negotiate", new SshdEvent(SshdEventKind.Broken, "", "no_common_algorithm")),
        ("banner exchange", new SshdEvent(SshdEventKind.Broken, "", "not_ssh")),
        ("kex_exchange_identification", new SshdEvent(SshdEventKind.Broken, "", "not_ssh")),
        ("Protocol major versions differ", new SshdEvent(SshdEventKind.Broken, "", "not_ssh")),
        ("Bad packet length", new SshdEvent(SshdEventKind.Broken, "", "bad_packet")),
        ("Corrupted MAC", new SshdEvent(SshdEventKind.Broken, "", "bad_packet")),
        ("Too many authentication failures", new SshdEvent(SshdEventKind.Broken, "", "too_many_attempts")),
    ];

    /// <summary>What <see cref="SshdSettings"/> makes sshd tell besides.</summary>
    private const string Handshake = "debug1: kex.c:choose_kex():";

    private const string Algorithm = " kex: algorithm: ";

    public static SshdEvent Read(string line)
    {
        if (line.StartsWith(Handshake, StringComparison.Ordinal))
        {
            int at = line.IndexOf(Algorithm, StringComparison.Ordinal);
            return at < 0 ? default : new SshdEvent(SshdEventKind.Handshake, "", line[(at + Algorithm.Length)..].Split(' ')[0]);
        }

        if (line.StartsWith("Accepted ", StringComparison.Ordinal))
        {
            // "Accepted key … found at" precedes the proof of it, and is no login yet.
            return line.StartsWith("Accepted key ", StringComparison.Ordinal) || line.StartsWith("Accepted certificate ", StringComparison.Ordinal)
                ? default
                : new SshdEvent(SshdEventKind.Accepted, MethodOf(line, "Accepted "), "");
        }

        if (line.StartsWith("Failed ", StringComparison.Ordinal))
        {
            string method = MethodOf(line, "Failed ");
            // Every client asks "none" first, to learn what is offered.
            return method == "none" ? default : new SshdEvent(SshdEventKind.Failed, method, method == "publickey" ? KeyNotAccepted : "method_not_offered");
        }

        foreach ((string text, SshdEvent what) in Known)
        {
            if (line.Contains(text, StringComparison.Ordinal)) { return what; }
        }

        return default;
    }

    private static SshdEvent Failed(string reason) => new(SshdEventKind.Failed, "publickey", reason);

    private static string MethodOf(string line, string start)
    {
        string word = line[start.Length..].Split(' ', 2)[0].Split('/')[0];
        return word is "publickey" or "password" or "keyboard-interactive" or "hostbased" or "none" or "gssapi-with-mic" ? word : "other";
    }
}
