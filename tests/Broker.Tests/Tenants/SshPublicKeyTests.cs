using System.Buffers.Binary;
using System.Text;
using MoshBroker.Tenants;
using Xunit;

namespace MoshBroker.Broker.Tests.Tenants;

public sealed class SshPublicKeyTests
{
    private const string Rsa3072 =
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDLnaDVDHP0DosyqB6aST1RJPAmj00Obit5SFC2BwLF3ojoqZE+67au4IWNliKpR9PMumBxB0/pp6ARaWOP2w5ZKWnhIisnnSQ34RmrOrJuaDH5uSEzit+wUG0ZD60pIAGUb44b8lkf3p0fRCauYPGmPDJc/Fwj6+DvcxcQJPFN6CQ3cOzAU2JR2rwKgFGAUfmqBm4PM8AmxcZC9XTrvwjp+2pEYWHBOMppwQ9hQFgTXlzTgjT06pMQQzoSaFCnCK1VoQLqjpcRcpiddQ5MZXr9lgAO7eIJUQ48QnLOpUBGME+kJZlACCO01UKo0KBMlMMoIBUyLwByUybn2ct8pccN11uYfoPuRv7vw6hac4ZtLv/kOs0BqPwx4my1sSSWuIGOt2s67yIdGJ/X4KqnbkJ6V7j2BRAZU0aZpfC+V36Wj23PSvG6mTSee4QbPa8cVRdZaBQxwGqqUAWbILxklZ7tp2ewPv3xsZaIoTeopEJPDt21mNhgPEyQLe9pt3Ff7E0=";

    [Theory]
    [InlineData(Policies.AnnsKey, Policies.AnnsFingerprint)]
    [InlineData(Rsa3072, "SHA256:TNwdlsVminVLIBZix0+GNf2fkbq+RbHr4Ge+qlSJaf4")]
    [InlineData("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBIr2jtcMIgW95v+jAHDK3pvNQSgT85og/b8YY13v9IQDNzmqwx/C4Jh/EFhEM029qrma9hDd/jWPfv7aFRcUWls=", "SHA256:HslhbSmp+NLWVMBEytIHpVbuOp5b2mTzolzeoLtFkEw")]
    [InlineData("ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBOY/YK48shmtgVguA8+sRU6ML5BXUXiiqKUFMjl5msSH61VeZRnouv7Ag9+qapYP+Z9+Fj8AtuxXmncknA0T6L1KNj1MHIlygOqmDe7vAX/8YzD320o+/byV+r1dxO5z1w==", "SHA256:AhFMPuYYtXQq1aQ3cpKt6T58iUha8TMtaViNVJetVE4")]
    [InlineData("ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAHNfs9d9JlPMxMT7lCyY8QbANf/jkna6zvou07KsQP8fkymYiuq5CfNY8PpiNCq7Z6Oj0zKOF8AtSV7uurfUcq6ngBe7NSEFCORkly7N+4N4DM0V96CqiFLrVa9YDXMQOm8GN4OPq2n92NAvOeYA8nTYMd5OBnH+2qPi172yoJAanxceQ==", "SHA256:sKVt6dXjvRfTkSwnx6N628rxfe14+luHqniyLRpFdqU")]
    public void A_key_has_the_fingerprint_that_ssh_keygen_prints(string line, string fingerprint)
    {
        Assert.Null(SshPublicKey.Parse(line + " a comment of words", SshPublicKey.MinUserRsaBits, out SshPublicKey key));

        Assert.Equal((fingerprint, line, "a comment of words"), (key.Fingerprint, key.Line, key.Comment));
    }

    [Fact]
    public void Keys_of_security_tokens_are_taken()
    {
        string ed25519 = Line("sk-ssh-ed25519@openssh.com", new byte[32], "ssh:"u8.ToArray());
        string ecdsa = Line("sk-ecdsa-sha2-nistp256@openssh.com", "nistp256"u8.ToArray(), [4, .. new byte[64]], "ssh:"u8.ToArray());

        Assert.All([ed25519, ecdsa], line => Assert.Null(SshPublicKey.Parse(line, SshPublicKey.MinUserRsaBits, out _)));
    }

    [Fact]
    public void A_key_that_is_cut_lengthened_or_of_another_type_is_refused()
    {
        string[] broken =
        [
            Line("ssh-ed25519", new byte[31]),
            Line("ssh-ed25519", new byte[32], []),
            Policies.AnnsKey.Replace("ssh-ed25519", "ssh-rsa", StringComparison.Ordinal),
            Policies.AnnsKey[..^4],
            Policies.AnnsKey + "=",
            Line("ecdsa-sha2-nistp256", "nistp384"u8.ToArray(), [4, .. new byte[96]]),
            Line("ecdsa-sha2-nistp256", "nistp256"u8.ToArray(), [2, .. new byte[64]]),
            Line("ssh-rsa", [1, 0, 1], [0x80, .. new byte[400]]),
            Line("ssh-rsa", [2], [0x7F, .. new byte[400]]),
        ];

        Assert.All(broken, line => Assert.StartsWith("is not whole", SshPublicKey.Parse(line, SshPublicKey.MinUserRsaBits, out _), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ssh-dss AAAAB3NzaC1kc3M=", "is a DSA key")]
    [InlineData("ssh-ed25519-cert-v01@openssh.com AAAA", "is a certificate: give the CA's public key")]
    [InlineData("command=\"sh\" ssh-ed25519 AAAA", "is not a public key that is taken")]
    [InlineData("hello world", "is not a public key that is taken")]
    [InlineData("ssh-ed25519", "")]
    public void What_is_no_key_says_what_to_paste(string line, string fault) =>
        Assert.StartsWith(fault, SshPublicKey.Parse(line, SshPublicKey.MinUserRsaBits, out _), StringComparison.Ordinal);

    private static string Line(string type, params byte[][] parts)
    {
        List<byte> blob = [];
        foreach (byte[] part in (byte[][])[Encoding.ASCII.GetBytes(type), .. parts])
        {
            byte[] length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
            blob.AddRange(length);
            blob.AddRange(part);
        }

        return $"{type} {Convert.ToBase64String([.. blob])}";
    }
}
