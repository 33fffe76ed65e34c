namespace MoshBroker.Protocol.Tests.Fuzz;

/// <summary>How long the fuzz tests run.</summary>
/// <remarks>
/// A short seeded form runs with all tests. The full one, a million datagrams and 100 MB of terminal output:
/// <code>MOSHBROKER_FUZZ=full dotnet test tests/Protocol.Tests -c Release --filter FullyQualifiedName~Fuzz --logger "console;verbosity=detailed"</code>
/// MOSHBROKER_FUZZ_SEED chooses another seed than 1; the seed is in every failure.
/// </remarks>
internal static class FuzzScale
{
    public static bool IsFull { get; } = string.Equals(Environment.GetEnvironmentVariable("MOSHBROKER_FUZZ"), "full", StringComparison.Ordinal);

    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("MOSHBROKER_FUZZ_SEED"), out int seed) ? seed : 1;

    public static int Of(int full, int brief) => IsFull ? full : brief;
}
