using MoshBroker.Protocol;

namespace MoshBroker.Testing;

/// <summary>Chance that replays from its seed.</summary>
public sealed class SeededRandom(int seed) : IRandomSource
{
    private readonly Random _random = new(seed);

    public int Seed { get; } = seed;

    public void Fill(Span<byte> destination) => _random.NextBytes(destination);

    /// <summary>0 to <paramref name="bound"/> - 1.</summary>
    public int Next(int bound) => _random.Next(bound);

    /// <summary>True with the given probability.</summary>
    public bool Happens(double probability) => _random.NextDouble() < probability;

    public byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        Fill(bytes);
        return bytes;
    }
}
