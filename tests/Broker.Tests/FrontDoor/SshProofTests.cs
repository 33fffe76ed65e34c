using FsCheck;
using FsCheck.Fluent;
using MoshBroker.FrontDoor;
using MoshBroker.Tenants;
using Xunit;

namespace MoshBroker.Broker.Tests.FrontDoor;

/// <summary>What sshd writes of a login, with keys and certificates that OpenSSH made.</summary>
public sealed class SshProofTests : IDisposable
{
    private readonly KeyFolder _keys = new();

    public void Dispose() => _keys.Dispose();

    [Theory]
    [InlineData("ed25519")]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    public void A_key_is_its_fingerprint(string type)
    {
        string key = _keys.Make("key", type);
        Credential.Key read = Assert.IsType<Credential.Key>(SshProof.Read($"publickey {KeyFolder.Public(key)}\n"));
        Assert.Equal(KeyFolder.Fingerprint(key), read.Fingerprint);
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    public void A_certificate_is_all_that_policy_asks_of_it(string type)
    {
        (string key, string authority) = (_keys.Make("key", type), _keys.Make("authority"));
        string line = _keys.Certify(key, authority, "-I", "ann of acme", "-n", "ann,ops", "-z", "18446744073709551615", "-V", "20260101000000Z:20270101000000Z");
        Credential.Certificate read = Assert.IsType<Credential.Certificate>(SshProof.Read($"publickey {line}\n"));
        Assert.Equal(KeyFolder.Fingerprint(key), read.Fingerprint);
        Assert.Equal(KeyFolder.Fingerprint(authority), read.Authority);
        Assert.Equal((ulong.MaxValue, "ann of acme"), (read.Serial, read.KeyId));
        Assert.Equal(["ann", "ops"], read.Principals);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), read.ValidAfter);
        Assert.Equal(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero), read.ValidBefore);
    }

    [Fact]
    public void A_certificate_for_ever_ends_never()
    {
        string line = _keys.Certify(_keys.Make("key"), _keys.Make("authority"), "-I", "x", "-n", "x");
        Assert.Equal(DateTimeOffset.MaxValue, Assert.IsType<Credential.Certificate>(SshProof.Read($"publickey {line}")).ValidBefore);
    }

    [Fact]
    public void A_hosts_certificate_is_no_users()
    {
        string line = _keys.Certify(_keys.Make("key"), _keys.Make("authority"), "-h", "-I", "x", "-n", "x");
        Assert.Null(SshProof.Read($"publickey {line}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("password\n")]
    [InlineData("publickey ssh-ed25519\n")]
    [InlineData("publickey ssh-ed25519 not!base64\n")]
    [InlineData("publickey moon-cert-v01@openssh.com AAAA\n")]
    public void What_is_no_proof_proves_nothing(string text) => Assert.Null(SshProof.Read(text));

    [Fact]
    public void A_certificate_cut_anywhere_or_with_a_byte_changed_throws_nothing()
    {
        string[] words = _keys.Certify(_keys.Make("key"), _keys.Make("authority"), "-I", "x", "-n", "x").Split(' ');
        byte[] blob = Convert.FromBase64String(words[1]);
        for (int length = 0; length < blob.Length; length++)
        {
            string cut = $"publickey {words[0]} {Convert.ToBase64String(blob.AsSpan(0, length))}";
            // The signature at the end is sshd's to check: without it the facts are there all the same.
            Assert.True(SshProof.Read(cut) is null || length > blob.Length - 100, $"{length} of {blob.Length}");
        }

        Prop.ForAll(Gen.Choose(0, blob.Length - 1).ToArbitrary(), ArbMap.Default.ArbFor<byte>(), (at, value) =>
        {
            byte[] changed = [.. blob];
            changed[at] = value;
            return SshProof.Read($"publickey {words[0]} {Convert.ToBase64String(changed)}") is null or Credential.Certificate;
        }).QuickCheckThrowOnFailure();
    }
}
