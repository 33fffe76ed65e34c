using System.Globalization;
using System.Security.Cryptography;
using MoshBroker.Configuration;

namespace MoshBroker.Cluster;

/// <summary>The master keys that this broker knows, by version: it seals under the newest, and opens under any of them.</summary>
/// <remarks>
/// <para>Version 1 is the file <c>master.key</c>; version 2 is <c>master.key.2</c> beside it, and so on. A file <c>master.key.3.next</c> is known, but not sealed
/// under yet.</para>
/// <para>That is how a cluster's key is replaced while people work: give all nodes the new key as <c>.next</c>; when all know it, rename it, node by node. A node
/// that starts seals everything anew under the newest key; then the old file can go.</para>
/// </remarks>
internal sealed class MasterKeys : IDisposable
{
    private const string Next = ".next";
    private const int FingerprintLength = 8;

    private readonly SortedDictionary<byte, MasterKey> _keys;

    private MasterKeys(SortedDictionary<byte, MasterKey> keys, byte current) => (_keys, Current) = (keys, current);

    /// <summary>The version to seal under.</summary>
    public byte Current { get; }

    /// <summary>All versions, the newest first.</summary>
    public IEnumerable<byte> Versions => _keys.Keys.Reverse();

    /// <summary>A single key, as version 1.</summary>
    public static MasterKeys Of(MasterKey key) => new(new SortedDictionary<byte, MasterKey> { [1] = key }, current: 1);

    /// <summary>Reads all keys beside the one that <see cref="MasterKey.Load"/> would read; without any, does as that does.</summary>
    /// <exception cref="StartRefusedException">Unreadable, of the wrong length, open to others, or of no version that could be.</exception>
    public static MasterKeys Load(string dataDirectory, string? path)
    {
        string first = path ?? Path.Combine(dataDirectory, MasterKey.FileName);
        SortedDictionary<byte, MasterKey> keys = [];
        byte current = 0;
        foreach ((byte version, bool isNext, string file) in Files(first))
        {
            keys[version] = MasterKey.Open(file, isNamed: path is not null);
            if (!isNext) { current = Math.Max(current, version); }
        }

        if (current != 0) { return new MasterKeys(keys, current); }
        keys[1] = MasterKey.Load(dataDirectory, path);
        return new MasterKeys(keys, current: 1);
    }

    /// <summary>Makes the next version's file beside those that are there, to be taken at the next start.</summary>
    /// <param name="dataDirectory">The broker's.</param>
    /// <param name="path">The file of version 1 when it is elsewhere.</param>
    /// <param name="isNext">True for one that is not sealed under yet.</param>
    /// <returns>Its name.</returns>
    public static string Make(string dataDirectory, string? path, bool isNext)
    {
        string first = path ?? Path.Combine(dataDirectory, MasterKey.FileName);
        int last = Files(first).Select(file => (int)file.Version).DefaultIfEmpty(0).Max();
        if (last == byte.MaxValue) { throw new StartRefusedException($"master key {first}: version {last} is the last one there is"); }
        string file = last == 0 ? first : string.Create(CultureInfo.InvariantCulture, $"{first}.{last + 1}{(isNext ? Next : "")}");
        MasterKey.Create(file);
        return file;
    }

    public bool Knows(byte version) => _keys.ContainsKey(version);

    /// <summary>Zero-length when the version is not known.</summary>
    public ReadOnlySpan<byte> Bytes(byte version) => _keys.TryGetValue(version, out MasterKey? key) ? key.Bytes : [];

    /// <summary>Tells keys apart without telling anything of them.</summary>
    public byte[] Fingerprint(byte version) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Bytes(version).ToArray(), FingerprintLength, [], System.Text.Encoding.ASCII.GetBytes($"moshbroker fingerprint|key version {version}"));

    public void Dispose()
    {
        foreach (MasterKey key in _keys.Values) { key.Dispose(); }
    }

    private static IEnumerable<(byte Version, bool IsNext, string File)> Files(string first)
    {
        if (File.Exists(first)) { yield return (1, false, first); }
        string folder = Path.GetDirectoryName(first)!;
        if (!Directory.Exists(folder)) { yield break; }
        string prefix = Path.GetFileName(first) + ".";
        foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            if (!Path.GetFileName(file).StartsWith(prefix, StringComparison.Ordinal)) { continue; }
            string version = Path.GetFileName(file)[prefix.Length..];
            bool isNext = version.EndsWith(Next, StringComparison.Ordinal);
            if (isNext) { version = version[..^Next.Length]; }
            if (byte.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) && number > 1) { yield return (number, isNext, file); }
        }
    }
}
