using MoshBroker.Protocol.Datagrams;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.Datagrams;

public sealed class ZlibCodecProperties
{
    [Fact]
    public void What_is_compressed_is_inflated_again_and_what_is_cut_short_is_refused()
    {
        using ZlibCodec zlib = new();
        SeededRandom random = new(3);
        for (int i = 0; i < 300; i++)
        {
            byte[] plain = random.Happens(0.5) ? random.Bytes(random.Next(20_000)) : new byte[random.Next(300_000)];
            Assert.True(zlib.TryDeflate(plain, out ReadOnlySpan<byte> compressed));
            byte[] copy = compressed.ToArray();
            Assert.True(zlib.TryInflate(copy, out ReadOnlySpan<byte> inflated, out _));
            Assert.True(inflated.SequenceEqual(plain));
            Assert.False(zlib.TryInflate(copy.AsSpan(0, random.Next(copy.Length)), out _, out DropReason reason));
            Assert.Equal(DropReason.BadInstruction, reason);
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void The_limit_of_four_mebibytes_is_exact_both_ways(int beyond, bool isTaken)
    {
        using ZlibCodec zlib = new();
        byte[] plain = new byte[ZlibCodec.MaxLength + beyond];
        using MemoryStream stream = new();
        using (System.IO.Compression.ZLibStream writer = new(stream, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            writer.Write(plain);
        Assert.Equal(isTaken, zlib.TryDeflate(plain, out _));
        Assert.Equal(isTaken, zlib.TryInflate(stream.ToArray(), out _, out DropReason reason));
        Assert.Equal(isTaken ? DropReason.None : DropReason.InflateLimit, reason);
    }

    [Fact]
    public void Any_bytes_are_inflated_or_refused()
    {
        using ZlibCodec zlib = new();
        SeededRandom random = new(4);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = random.Bytes(random.Next(200));
            if (bytes.Length > 1 && random.Happens(0.8))
                (bytes[0], bytes[1]) = (0x78, 0x9c);
            Assert.Equal(zlib.TryInflate(bytes, out _, out DropReason reason), reason == DropReason.None);
        }
    }
}
