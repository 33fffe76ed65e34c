using System.Buffers;
using MoshBroker.Protocol.Wire;
using MoshBroker.Testing;

namespace MoshBroker.Protocol.Tests.Fuzz;

/// <summary>Plays the client.</summary>
internal sealed class ThiefOfInput(SeededRandom random) : Thief(random)
{
    protected override byte[] Diff()
    {
        ArrayBufferWriter<byte> message = new();
        for (int count = Random.Next(4); count > 0; count--)
        {
            if (Random.Next(3) == 0)
                UserMessageCodec.WriteResize(message, 1 + Random.Next(70_000), 1 + Random.Next(200));
            else
                UserMessageCodec.WriteKeys(message, Random.Bytes(Random.Next(Random.Next(50) == 0 ? 1000 : 6)));
        }

        return message.WrittenSpan.ToArray();
    }
}
