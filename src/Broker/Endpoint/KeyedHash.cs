namespace MoshBroker.Endpoint;

/// <summary>Hashes under a seed that nobody outside knows, so that nobody can choose addresses which meet in one place of a table.</summary>
internal static class KeyedHash
{
    public static ulong Of(ulong value, ulong seed)
    {
        // The finaliser of SplitMix64, on both sides of the seed.
        ulong mixed = Mix(value ^ seed);
        return Mix(mixed + seed);
    }

    public static ulong Of(in UdpAddress address, ulong seed) =>
        Of((ulong)(address.Ip >> 64), seed) ^ Of((ulong)address.Ip, seed + Of(address.Port | ((ulong)address.Scope << 16), seed));

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
