using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MoshBroker.Tenants;

/// <summary>A public key as OpenSSH writes it, parsed to its last byte: type, base64, comment.</summary>
internal sealed class SshPublicKey
{
    /// <summary>Below this an RSA key of a user is refused.</summary>
    public const int MinUserRsaBits = 3072;

    /// <summary>Hosts' RSA keys are often older; OpenSSH's own floor for what it still calls safe.</summary>
    public const int MinHostRsaBits = 2048;

    private const int MaxRsaBits = 16384; // OpenSSH's own bound.

    private SshPublicKey(string type, byte[] blob, string comment)
    {
        Type = type;
        Line = $"{type} {Convert.ToBase64String(blob)}";
        Comment = comment;
        Fingerprint = "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=');
    }

    /// <summary>The algorithm's name: <c>ssh-ed25519</c>.</summary>
    public string Type { get; }

    /// <summary>Type and base64, for <c>authorized_keys</c> and <c>known_hosts</c>.</summary>
    public string Line { get; }

    public string Comment { get; }

    /// <summary>As <c>ssh-keygen -l</c> prints it: <c>SHA256:…</c> without padding.</summary>
    public string Fingerprint { get; }

    /// <summary>Null and the key, or what is wrong with the line.</summary>
    public static string? Parse(string line, int minRsaBits, out SshPublicKey key)
    {
        key = null!;
        string[] words = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length < 2) { return ""; }
        if (!IsKnown(words[0]))
        {
            return words[0] switch
            {
                "ssh-dss" => "is a DSA key, which nobody takes any more: make one by ssh-keygen -t ed25519",
                _ when words[0].Contains("-cert-v01", StringComparison.Ordinal) => "is a certificate: give the CA's public key to the tenant, and the user a principal",
                _ => "is not a public key that is taken: paste the line of a .pub file (ssh-ed25519, ecdsa-sha2-*, sk-*, ssh-rsa), without options before it",
            };
        }

        byte[] blob;
        try
        {
            blob = Convert.FromBase64String(words[1]);
        }
        catch (FormatException)
        {
            return "is not whole: its second word is not base64; paste the line of the .pub file again";
        }

        if (Convert.ToBase64String(blob) != words[1]) { return "is not whole: its second word is not base64; paste the line of the .pub file again"; }
        if (Check(words[0], blob, minRsaBits) is { } fault) { return fault; }
        key = new SshPublicKey(words[0], blob, words.Length > 2 ? words[2] : "");
        return null;
    }

    public override string ToString() => Comment.Length > 0 ? $"{Fingerprint} ({Comment})" : Fingerprint;

    private static bool IsKnown(string type) => type is "ssh-ed25519" or "ssh-rsa" or "sk-ssh-ed25519@openssh.com" or "sk-ecdsa-sha2-nistp256@openssh.com"
        or "ecdsa-sha2-nistp256" or "ecdsa-sha2-nistp384" or "ecdsa-sha2-nistp521";

    private static string? Check(string type, ReadOnlySpan<byte> blob, int minRsaBits)
    {
        const string Broken = "is not whole: what is inside is no key of that type; paste the line of the .pub file again";
        if (!TryTake(ref blob, out ReadOnlySpan<byte> inner) || Encoding.ASCII.GetString(inner) != type) { return Broken; }
        switch (type)
        {
            case "ssh-rsa":
                if (!TryTake(ref blob, out ReadOnlySpan<byte> exponent) || !TryTake(ref blob, out ReadOnlySpan<byte> modulus) || !blob.IsEmpty) { return Broken; }
                if (!IsPositive(exponent) || (exponent[^1] & 1) == 0 || !IsPositive(modulus)) { return Broken; }
                int bits = Bits(modulus);
                if (bits > MaxRsaBits) { return $"is an RSA key of {bits} bits; {MaxRsaBits} are the most"; }
                return bits < minRsaBits ? $"is an RSA key of {bits} bits; {minRsaBits} are the least: make one by ssh-keygen -t ed25519" : null;
            case "ssh-ed25519":
                return TryTake(ref blob, out ReadOnlySpan<byte> point) && point.Length == 32 && blob.IsEmpty ? null : Broken;
            case "sk-ssh-ed25519@openssh.com":
                return TryTake(ref blob, out point) && point.Length == 32 && TryTake(ref blob, out _) && blob.IsEmpty ? null : Broken;
            default:
                string curve = type.Contains("nistp256", StringComparison.Ordinal) ? "nistp256" : type[^8..];
                int coordinate = curve switch { "nistp256" => 32, "nistp384" => 48, _ => 66 };
                if (!TryTake(ref blob, out ReadOnlySpan<byte> named) || Encoding.ASCII.GetString(named) != curve) { return Broken; }
                if (!TryTake(ref blob, out point) || point.Length != 1 + (2 * coordinate) || point[0] != 4) { return Broken; }
                if (type.StartsWith("sk-", StringComparison.Ordinal) && !TryTake(ref blob, out _)) { return Broken; }
                return blob.IsEmpty ? null : Broken;
        }
    }

    /// <summary>RFC 4251: a length and so many bytes.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> blob, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (blob.Length < 4) { return false; }
        uint length = BinaryPrimitives.ReadUInt32BigEndian(blob);
        if (length > blob.Length - 4) { return false; }
        value = blob.Slice(4, (int)length);
        blob = blob[(4 + (int)length)..];
        return true;
    }

    /// <summary>RFC 4251's mpint: no superfluous zero before, and not negative.</summary>
    private static bool IsPositive(ReadOnlySpan<byte> number) =>
        !number.IsEmpty && (number[0] & 0x80) == 0 && (number[0] != 0 || (number.Length > 1 && (number[1] & 0x80) != 0));

    private static int Bits(ReadOnlySpan<byte> number)
    {
        if (number[0] == 0) { number = number[1..]; }
        return (number.Length * 8) - (System.Numerics.BitOperations.LeadingZeroCount(number[0]) - 24);
    }
}
