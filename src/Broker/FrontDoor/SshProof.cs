using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MoshBroker.Tenants;

namespace MoshBroker.FrontDoor;

/// <summary>Reads what sshd wrote of a login (<c>ExposeAuthInfo</c>): <c>publickey TYPE BASE64</c>, a key or a certificate.</summary>
/// <remarks>sshd has checked signatures and dates; this only takes the facts out.</remarks>
internal static class SshProof
{
    private const string CertificateSuffix = "-cert-v01@openssh.com";

    /// <summary>Null when it is neither.</summary>
    public static Credential? Read(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 3 || words[0] != "publickey") { continue; }
            byte[] blob = new byte[(words[2].Length / 4 * 3) + 3];
            if (!Convert.TryFromBase64String(words[2], blob, out int length)) { return null; }
            ReadOnlySpan<byte> rest = blob.AsSpan(0, length);
            return words[1].EndsWith(CertificateSuffix, StringComparison.Ordinal) ? ReadCertificate(words[1], rest) : new Credential.Key(Fingerprint(rest));
        }

        return null;
    }

    public static string Fingerprint(ReadOnlySpan<byte> blob) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=');

    private static Credential.Certificate? ReadCertificate(string type, ReadOnlySpan<byte> rest)
    {
        // How many fields the key itself has, after the nonce; in the plain key they follow the type.
        string plain = type[..^CertificateSuffix.Length];
        int fields = plain switch
        {
            "ssh-ed25519" => 1,
            "sk-ssh-ed25519" or "ssh-rsa" or "rsa-sha2-256" or "rsa-sha2-512" or "ecdsa-sha2-nistp256" or "ecdsa-sha2-nistp384" or "ecdsa-sha2-nistp521" => 2,
            "sk-ecdsa-sha2-nistp256" => 3,
            _ => 0,
        };
        if (fields == 0 || !TryTake(ref rest, out _) || !TryTake(ref rest, out _)) { return null; }
        if (plain.StartsWith("sk-", StringComparison.Ordinal)) { plain += "@openssh.com"; }
        if (plain.StartsWith("rsa-", StringComparison.Ordinal)) { plain = "ssh-rsa"; }

        ReadOnlySpan<byte> keyStart = rest;
        for (int i = 0; i < fields; i++)
        {
            if (!TryTake(ref rest, out _)) { return null; }
        }

        ReadOnlySpan<byte> key = keyStart[..(keyStart.Length - rest.Length)];
        if (rest.Length < 12) { return null; }
        ulong serial = BinaryPrimitives.ReadUInt64BigEndian(rest);
        uint kind = BinaryPrimitives.ReadUInt32BigEndian(rest[8..]);
        rest = rest[12..];
        if (kind != 1 || !TryTake(ref rest, out ReadOnlySpan<byte> id) || !TryTake(ref rest, out ReadOnlySpan<byte> principals) || rest.Length < 16) { return null; }
        List<string> names = [];
        while (!principals.IsEmpty)
        {
            if (!TryTake(ref principals, out ReadOnlySpan<byte> name)) { return null; }
            names.Add(Encoding.UTF8.GetString(name));
        }

        DateTimeOffset after = Time(BinaryPrimitives.ReadUInt64BigEndian(rest));
        DateTimeOffset before = Time(BinaryPrimitives.ReadUInt64BigEndian(rest[8..]));
        rest = rest[16..];
        // Critical options, extensions, reserved.
        if (!TryTake(ref rest, out _) || !TryTake(ref rest, out _) || !TryTake(ref rest, out _) || !TryTake(ref rest, out ReadOnlySpan<byte> authority)) { return null; }

        byte[] plainBlob = new byte[4 + plain.Length + key.Length];
        BinaryPrimitives.WriteUInt32BigEndian(plainBlob, (uint)plain.Length);
        Encoding.ASCII.GetBytes(plain, plainBlob.AsSpan(4));
        key.CopyTo(plainBlob.AsSpan(4 + plain.Length));
        return new Credential.Certificate(Fingerprint(plainBlob), Fingerprint(authority), serial, Encoding.UTF8.GetString(id), names, after, before);
    }

    private static DateTimeOffset Time(ulong seconds) =>
        seconds > 253_402_300_799 ? DateTimeOffset.MaxValue : DateTimeOffset.FromUnixTimeSeconds((long)seconds); // Year 9999; "for ever" is 2^64 - 1.

    /// <summary>RFC 4251: a length and so many bytes.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> from, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (from.Length < 4) { return false; }
        uint length = BinaryPrimitives.ReadUInt32BigEndian(from);
        if (length > from.Length - 4) { return false; }
        value = from.Slice(4, (int)length);
        from = from[(4 + (int)length)..];
        return true;
    }
}
