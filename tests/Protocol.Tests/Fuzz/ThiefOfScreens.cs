using System.Buffers;
using MoshBroker.Protocol.Wire;
using MoshBroker.Testing;

namespace MoshBroker.Protocol.Tests.Fuzz;

/// <summary>Plays the server.</summary>
internal sealed class ThiefOfScreens(SeededRandom random) : Thief(random)
{
    private ulong _echoAck;

    protected override byte[] Diff()
    {
        ArrayBufferWriter<byte> message = new();
        if (Random.Next(4) == 0)
            HostMessageCodec.WriteEchoAck(message, Random.Next(50) == 0 ? 0 : _echoAck += (ulong)Random.Next(2));
        if (Random.Next(10) == 0)
            HostMessageCodec.WriteResize(message, 1 + Random.Next(Random.Next(100) == 0 ? 3000 : 60), 1 + Random.Next(20));
        for (int count = Random.Next(4); count > 0; count--)
            HostMessageCodec.WriteHostBytes(message, TerminalNoise.Piece(Random.Next(int.MaxValue)));
        return message.WrittenSpan.ToArray();
    }
}
