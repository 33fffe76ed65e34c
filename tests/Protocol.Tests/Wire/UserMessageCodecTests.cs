using System.Buffers;
using Google.Protobuf;
using MoshBroker.Protocol.Tests.Wire.Oracle;
using MoshBroker.Protocol.Wire;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.Wire;

public sealed class UserMessageCodecTests
{
    [Fact]
    public void A_key_and_a_resize_are_laid_out_as_stock_does()
    {
        ArrayBufferWriter<byte> bytes = new();
        UserMessageCodec.WriteKeys(bytes, "x"u8);
        UserMessageCodec.WriteResize(bytes, 80, 24);
        Assert.Equal("0a051203220178" + "0a061a0428503018", Convert.ToHexStringLower(bytes.WrittenSpan));
    }

    [Fact]
    public void Writing_is_byte_for_byte_what_Google_writes_and_reading_gives_it_back()
    {
        SeededRandom random = new(5);
        for (int i = 0; i < 2000; i++)
        {
            UserMessage oracle = new();
            ArrayBufferWriter<byte> ours = new();
            for (int count = random.Next(5); count > 0; count--)
            {
                if (random.Next(2) == 0)
                {
                    byte[] keys = random.Bytes(random.Next(300));
                    oracle.Instruction.Add(new UserInstruction { Keystroke = new Keystroke { Keys = ByteString.CopyFrom(keys) } });
                    UserMessageCodec.WriteKeys(ours, keys);
                }
                else
                {
                    WindowSize size = new() { Width = 1 + random.Next(70_000), Height = 1 + random.Next(300) };
                    oracle.Instruction.Add(new UserInstruction { Resize = size });
                    UserMessageCodec.WriteResize(ours, size.Width, size.Height);
                }
            }

            Assert.Equal(oracle.ToByteArray(), ours.WrittenSpan.ToArray());
            AssertSame(oracle, ours.WrittenSpan);
        }
    }

    [Fact]
    public void Any_bytes_are_read_as_Google_reads_them_or_refused()
    {
        SeededRandom random = new(6);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            ArrayBufferWriter<byte> ours = new();
            UserMessageCodec.WriteKeys(ours, random.Bytes(random.Next(6)));
            UserMessageCodec.WriteResize(ours, 80, 24);
            UserMessageCodec.WriteKeys(ours, "ab"u8);
            byte[] message = ours.WrittenSpan.ToArray();
            for (int flips = random.Next(3); flips >= 0; flips--)
                message[random.Next(message.Length)] = (byte)random.Next(256);

            UserMessageReader reader = new(message);
            while (reader.TryNext())
            {
            }

            if (reader.IsMalformed)
                continue;
            accepted++;
            AssertSame(UserMessage.Parser.ParseFrom(message), message);
        }

        Assert.InRange(accepted, 1000, 19_999);
    }

    [Fact]
    public void An_instruction_with_both_is_a_keystroke_and_one_with_neither_is_nothing()
    {
        UserMessageReader reader = new(Convert.FromHexString("0a0b" + "1a0428503018" + "1203220178" + "0a00" + "0a03" + "2a0161"));
        Assert.True(reader.TryNext());
        Assert.Equal(UserInstructionKind.Keystroke, reader.Kind);
        Assert.True(reader.Keys.SequenceEqual("x"u8));
        Assert.True(reader.TryNext());
        Assert.Equal(UserInstructionKind.None, reader.Kind);
        Assert.True(reader.TryNext());
        Assert.Equal(UserInstructionKind.None, reader.Kind);
        Assert.False(reader.TryNext());
        Assert.False(reader.IsMalformed);
    }

    private static void AssertSame(UserMessage oracle, ReadOnlySpan<byte> message)
    {
        UserMessageReader reader = new(message);
        foreach (UserInstruction instruction in oracle.Instruction)
        {
            Assert.True(reader.TryNext());
            if (instruction.Keystroke is not null)
            {
                Assert.Equal(UserInstructionKind.Keystroke, reader.Kind);
                Assert.Equal(instruction.Keystroke.Keys.ToByteArray(), reader.Keys.ToArray());
            }
            else if (instruction.Resize is not null)
            {
                Assert.Equal(UserInstructionKind.Resize, reader.Kind);
                Assert.Equal((instruction.Resize.Width, instruction.Resize.Height), (reader.Columns, reader.Rows));
            }
            else
            {
                Assert.Equal(UserInstructionKind.None, reader.Kind);
            }
        }

        Assert.False(reader.TryNext());
        Assert.False(reader.IsMalformed);
    }
}
