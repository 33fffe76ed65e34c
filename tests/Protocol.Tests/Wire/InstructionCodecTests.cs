using System.Buffers;
using Google.Protobuf;
using MoshBroker.Protocol.Wire;
using MoshBroker.Testing;
using Xunit;
using OracleInstruction = MoshBroker.Protocol.Tests.Wire.Oracle.TransportInstruction;

namespace MoshBroker.Protocol.Tests.Wire;

public sealed class InstructionCodecTests
{
    [Fact]
    public void All_seven_fields_are_written_as_stock_writes_them()
    {
        ArrayBufferWriter<byte> bytes = new();
        InstructionView instruction = new() { ProtocolVersion = 2, NewNum = 1, Diff = Convert.FromHexString("0a061a0428503018"), Chaff = "abc"u8 };
        InstructionCodec.Write(in instruction, bytes);
        Assert.Equal("0802100018012000280032080a061a04285030183a03616263", Convert.ToHexStringLower(bytes.WrittenSpan));
    }

    [Fact]
    public void Writing_is_byte_for_byte_what_Google_writes_and_reading_gives_it_back()
    {
        SeededRandom random = new(3);
        for (int i = 0; i < 3000; i++)
        {
            OracleInstruction oracle = new()
            {
                ProtocolVersion = (uint)Number(random),
                OldNum = Number(random),
                NewNum = Number(random),
                AckNum = Number(random),
                ThrowawayNum = Number(random),
                Diff = ByteString.CopyFrom(random.Bytes(random.Next(300))),
                Chaff = ByteString.CopyFrom(random.Bytes(random.Next(17))),
            };
            byte[] expected = oracle.ToByteArray();
            Assert.True(InstructionCodec.TryParse(expected, out InstructionView instruction));
            Assert.Equal(oracle.OldNum, instruction.OldNum);
            Assert.Equal(oracle.AckNum, instruction.AckNum);
            ArrayBufferWriter<byte> written = new();
            InstructionCodec.Write(in instruction, written);
            Assert.Equal(expected, written.WrittenSpan.ToArray());
        }
    }

    [Fact]
    public void Fields_may_be_missing_unknown_repeated_and_in_any_order()
    {
        // chaff, an unknown varint 9, an unknown fixed 10, new_num twice, version.
        byte[] message = Convert.FromHexString("3a0161" + "4805" + "510102030405060708" + "1801" + "1807" + "0802");
        Assert.True(InstructionCodec.TryParse(message, out InstructionView instruction));
        Assert.Equal((2u, 0ul, 7ul, 0ul), (instruction.ProtocolVersion, instruction.OldNum, instruction.NewNum, instruction.AckNum));
        Assert.True(instruction.Diff.IsEmpty);
        Assert.True(InstructionCodec.TryParse([], out instruction));
        Assert.Equal(0u, instruction.ProtocolVersion);
    }

    [Fact]
    public void Any_bytes_are_read_as_Google_reads_them_or_refused()
    {
        SeededRandom random = new(4);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] message = new OracleInstruction { ProtocolVersion = 2, OldNum = 5, NewNum = Number(random), Diff = ByteString.CopyFrom(random.Bytes(9)) }.ToByteArray();
            for (int flips = random.Next(4); flips >= 0; flips--)
                message[random.Next(message.Length)] = (byte)random.Next(256);
            if (!InstructionCodec.TryParse(message, out InstructionView instruction))
                continue;

            accepted++;
            OracleInstruction oracle = OracleInstruction.Parser.ParseFrom(message);
            Assert.Equal((oracle.ProtocolVersion, oracle.OldNum, oracle.NewNum), (instruction.ProtocolVersion, instruction.OldNum, instruction.NewNum));
            Assert.Equal(oracle.Diff.ToByteArray(), instruction.Diff.ToArray());
        }

        Assert.InRange(accepted, 1000, 19_999);
    }

    private static ulong Number(SeededRandom random) => random.Next(4) == 0 ? ulong.MaxValue : BitConverter.ToUInt64(random.Bytes(8)) >> random.Next(64);
}
