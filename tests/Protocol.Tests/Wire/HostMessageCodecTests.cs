using System.Buffers;
using MoshBroker.Protocol.Wire;
using Xunit;

namespace MoshBroker.Protocol.Tests.Wire;

public sealed class HostMessageCodecTests
{
    [Fact]
    public void Bytes_and_echo_ack_are_laid_out_as_stock_does()
    {
        ArrayBufferWriter<byte> bytes = new();
        HostMessageCodec.WriteHostBytes(bytes, "$ "u8);
        Assert.Equal("0a06120422022420", Convert.ToHexStringLower(bytes.WrittenSpan));

        bytes.Clear();
        HostMessageCodec.WriteEchoAck(bytes, 5);
        Assert.Equal("0a043a024005", Convert.ToHexStringLower(bytes.WrittenSpan));
    }

    [Fact]
    public void Instructions_are_read_back_in_order()
    {
        byte[] text = new byte[70_000];
        text.AsSpan().Fill((byte)'x');
        ArrayBufferWriter<byte> bytes = new();
        HostMessageCodec.WriteEchoAck(bytes, ulong.MaxValue);
        HostMessageCodec.WriteResize(bytes, 300, 1);
        HostMessageCodec.WriteHostBytes(bytes, text);

        HostMessageReader reader = new(bytes.WrittenSpan);
        Assert.True(reader.TryNext());
        Assert.Equal(HostInstructionKind.EchoAck, reader.Kind);
        Assert.Equal(ulong.MaxValue, reader.EchoAck);
        Assert.True(reader.TryNext());
        Assert.Equal(HostInstructionKind.Resize, reader.Kind);
        Assert.Equal((300, 1), (reader.Columns, reader.Rows));
        Assert.True(reader.TryNext());
        Assert.Equal(HostInstructionKind.HostBytes, reader.Kind);
        Assert.True(reader.HostBytes.SequenceEqual(text));
        Assert.False(reader.TryNext());
        Assert.False(reader.IsMalformed);
    }

    [Theory]
    [InlineData("0a")]
    [InlineData("0a07120422022420")]
    [InlineData("0a06120522022420")]
    [InlineData("0a0612042203242000")]
    [InlineData("0a021b00")]
    [InlineData("00")]
    [InlineData("0a0480808080")]
    public void What_is_no_message_is_refused(string hex)
    {
        HostMessageReader reader = new(Convert.FromHexString(hex));
        while (reader.TryNext())
            Assert.NotEqual(HostInstructionKind.Resize, reader.Kind);
        Assert.True(reader.IsMalformed);
    }

    [Fact]
    public void Unknown_fields_and_instructions_are_skipped()
    {
        // Field 9 (integer), an instruction with an unknown extension, then echo-ack 5.
        HostMessageReader reader = new(Convert.FromHexString("4801" + "0a045202084d" + "0a043a024005"));
        Assert.True(reader.TryNext());
        Assert.Equal(HostInstructionKind.None, reader.Kind);
        Assert.True(reader.TryNext());
        Assert.Equal(5UL, reader.EchoAck);
        Assert.False(reader.TryNext());
        Assert.False(reader.IsMalformed);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        Random random = new(1);
        byte[] bytes = new byte[40];
        int malformed = 0;
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] = 0x0a;
            HostMessageReader reader = new(bytes.AsSpan(0, random.Next(bytes.Length)));
            while (reader.TryNext())
            {
                Assert.True(reader.HostBytes.Length <= bytes.Length);
            }

            malformed += reader.IsMalformed ? 1 : 0;
        }

        Assert.InRange(malformed, 1, 20_000);
    }
}
