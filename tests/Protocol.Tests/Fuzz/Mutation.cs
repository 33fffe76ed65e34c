using MoshBroker.Testing;

namespace MoshBroker.Protocol.Tests.Fuzz;

/// <summary>Damage to bytes.</summary>
internal static class Mutation
{
    private static readonly byte[][] Interesting =
        [[0], [0xff], [0x7f], [0x80], [0x1b, (byte)'['], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], [0, 0, 0, 0], "99999999"u8.ToArray()];

    public static byte[] Of(byte[] bytes, SeededRandom random)
    {
        List<byte> changed = [.. bytes];
        for (int count = 1 + random.Next(4); count > 0; count--)
        {
            int at = random.Next(changed.Count + 1);
            int length = Math.Min(random.Next(9), changed.Count - at);
            switch (random.Next(6))
            {
                case 0 or 1 when at < changed.Count:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    changed.RemoveRange(at, length);
                    break;
                case 3:
                    changed.InsertRange(at, changed.GetRange(at, length));
                    break;
                case 4:
                    changed.InsertRange(at, Interesting[random.Next(Interesting.Length)]);
                    break;
                default:
                    changed.InsertRange(at, random.Bytes(random.Next(6)));
                    break;
            }
        }

        return [.. changed];
    }
}
