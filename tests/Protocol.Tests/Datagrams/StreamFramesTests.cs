using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using Xunit;

namespace MoshBroker.Protocol.Tests.Datagrams;

/// <summary>Datagrams in a stream of bytes.</summary>
public sealed class StreamFramesTests
{
    [Fact]
    public void Datagrams_come_out_as_they_went_in_however_the_stream_is_cut()
    {
        Random random = new(7);
        List<byte[]> sent = [];
        List<byte> stream = [];
        byte[] frame = new byte[StreamFrames.HeaderLength + DatagramLimits.MaxReceived];
        for (int i = 0; i < 500; i++)
        {
            byte[] datagram = new byte[i % 50 == 0 ? DatagramLimits.MaxReceived : random.Next(DatagramLimits.MinReceived, 1300)];
            random.NextBytes(datagram);
            sent.Add(datagram);
            stream.AddRange(frame.AsSpan(0, StreamFrames.Write(datagram, frame)));
        }

        StreamFrames frames = new();
        List<byte[]> got = [];
        byte[] bytes = [.. stream];
        for (int at = 0; at < bytes.Length;)
        {
            Span<byte> room = frames.Room;
            Assert.False(room.IsEmpty);
            int count = Math.Min(Math.Min(room.Length, bytes.Length - at), random.Next(1, 5000));
            bytes.AsSpan(at, count).CopyTo(room);
            frames.Advance(count);
            at += count;
            while (frames.TryTake(out ReadOnlySpan<byte> datagram, out bool isBroken))
            {
                Assert.False(isBroken);
                got.Add(datagram.ToArray());
            }
        }

        Assert.Equal(sent, got);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(DatagramLimits.MinReceived - 1)]
    [InlineData(DatagramLimits.MaxReceived + 1)]
    [InlineData(65_535)]
    public void A_length_that_no_datagram_has_breaks_the_stream(int length)
    {
        StreamFrames frames = new();
        frames.Room[0] = (byte)(length >> 8);
        frames.Room[1] = (byte)length;
        frames.Advance(2);
        Assert.False(frames.TryTake(out _, out bool isBroken));
        Assert.True(isBroken);
    }

    [Fact]
    public void A_channels_name_is_the_same_at_both_ends_and_another_for_another_key()
    {
        Assert.True(SessionKey.TryParse("AAECAwQFBgcICQoLDA0ODw", out SessionKey? key));
        Assert.True(SessionKey.TryParse("AAECAwQFBgcICQoLDA0ODQ", out SessionKey? other) || SessionKey.TryParse("BAECAwQFBgcICQoLDA0ODw", out other));
        string name = ChannelName.Print(ChannelName.Of(key));
        Assert.Equal(ChannelName.PrintedLength, name.Length);
        Assert.True(ChannelName.TryParse(name, out UInt128 read));
        Assert.Equal(ChannelName.Of(key), read);
        Assert.NotEqual(ChannelName.Of(other!), read);
        Assert.False(ChannelName.TryParse(name.AsSpan(1), out _));
        Assert.False(ChannelName.TryParse("x" + name[1..], out _));
    }
}
