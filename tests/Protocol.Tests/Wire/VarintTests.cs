using Google.Protobuf;
using MoshBroker.Protocol.Wire;
using Xunit;

namespace MoshBroker.Protocol.Tests.Wire;

public sealed class VarintTests
{
    [Fact]
    public void Every_bit_length_is_written_as_google_protobuf_writes_it_and_read_back()
    {
        for (int bit = 0; bit < 64; bit++)
        {
            foreach (ulong value in new[] { 1UL << bit, (1UL << bit) - 1, ulong.MaxValue >> bit })
            {
                byte[] expected = new byte[CodedOutputStream.ComputeUInt64Size(value)];
                using CodedOutputStream oracle = new(expected);
                oracle.WriteUInt64(value);
                oracle.Flush();

                byte[] written = new byte[Varint.Length(value)];
                Assert.Equal(written.Length, Varint.Write(written, value));
                Assert.Equal(expected, written);

                ReadOnlySpan<byte> source = [.. written, 7];
                Assert.True(Varint.TryRead(ref source, out ulong read));
                Assert.Equal(value, read);
                Assert.Equal(1, source.Length);
            }
        }
    }

    [Fact]
    public void An_integer_cut_short_or_longer_than_ten_bytes_is_refused()
    {
        ReadOnlySpan<byte> cut = [0x80, 0x80];
        Assert.False(Varint.TryRead(ref cut, out _));
        Assert.Equal(2, cut.Length);

        ReadOnlySpan<byte> endless = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];
        Assert.False(Varint.TryRead(ref endless, out _));
    }
}
