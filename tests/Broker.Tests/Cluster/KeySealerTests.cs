using System.Security.Cryptography;
using MoshBroker.Cluster;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Cluster;

public sealed class KeySealerTests : IDisposable
{
    private static readonly SealContext Row = new("1a2b3c4d", 1, 17_000_000);

    private readonly TemporaryDirectory _folder = new();
    private readonly KeySealer _sealer;
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(16);

    public KeySealerTests() => _sealer = new KeySealer(MasterKey.Load(_folder.Path, path: null));

    public void Dispose()
    {
        _sealer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_sealed_key_opens_again()
    {
        byte[] opened = new byte[16];

        Assert.True(_sealer.TryOpen(Row, _sealer.Seal(Row, _key), opened));
        Assert.Equal(_key, opened);
    }

    [Fact]
    public void It_opens_in_the_next_process_too()
    {
        byte[] blob = _sealer.Seal(Row, _key);
        using KeySealer next = new(MasterKey.Load(_folder.Path, path: null));
        byte[] opened = new byte[16];

        Assert.True(next.TryOpen(Row, blob, opened));
        Assert.Equal(_key, opened);
    }

    [Theory]
    [InlineData("1a2b3c4e", 1, 17_000_000)]
    [InlineData("1a2b3c4d", 2, 17_000_000)]
    [InlineData("1a2b3c4d", 1, 17_000_001)]
    public void It_does_not_open_as_another_rows(string session, int channel, long epoch)
    {
        byte[] opened = [.. Enumerable.Repeat((byte)7, 16)];

        Assert.False(_sealer.TryOpen(new SealContext(session, channel, epoch), _sealer.Seal(Row, _key), opened));
        Assert.Equal(new byte[16], opened);
    }

    [Fact]
    public void It_does_not_open_when_any_bit_was_changed()
    {
        byte[] blob = _sealer.Seal(Row, _key);
        byte[] opened = new byte[16];
        for (int i = 0; i < blob.Length * 8; i++)
        {
            blob[i / 8] ^= (byte)(1 << (i % 8));
            Assert.False(_sealer.TryOpen(Row, blob, opened), $"bit {i}");
            blob[i / 8] ^= (byte)(1 << (i % 8));
        }

        Assert.True(_sealer.TryOpen(Row, blob, opened));
    }

    [Fact]
    public void It_does_not_open_when_it_was_cut()
    {
        byte[] blob = _sealer.Seal(Row, _key);

        Assert.All(Enumerable.Range(0, blob.Length), length => Assert.False(_sealer.TryOpen(Row, blob.AsSpan(0, length), new byte[16])));
    }

    [Fact]
    public void It_does_not_open_under_another_master_key()
    {
        using TemporaryDirectory other = new();
        using KeySealer stranger = new(MasterKey.Load(other.Path, path: null));

        Assert.False(stranger.TryOpen(Row, _sealer.Seal(Row, _key), new byte[16]));
    }

    [Fact]
    public void No_two_seals_share_salt_and_counter_over_threads_and_processes()
    {
        using KeySealer next = new(MasterKey.Load(_folder.Path, path: null));
        byte[][] blobs = [.. Enumerable.Range(0, 2000).AsParallel().Select(i => (i % 2 == 0 ? _sealer : next).Seal(Row, _key))];

        Assert.Equal(blobs.Length, blobs.Select(blob => Convert.ToHexString(blob.AsSpan(2, 24))).Distinct().Count());
        Assert.Equal(2, blobs.Select(blob => Convert.ToHexString(blob.AsSpan(2, 16))).Distinct().Count());
    }

    [Fact]
    public void The_key_does_not_show_in_its_seal()
    {
        Assert.True(_sealer.Seal(Row, _key).AsSpan().IndexOf(_key) < 0);
    }
}
