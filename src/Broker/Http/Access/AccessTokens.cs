using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MoshBroker.Configuration;

namespace MoshBroker.Http.Access;

/// <summary>The tokens of this broker: kept in its data folder by their hashes, readable by its own account only.</summary>
internal sealed class AccessTokens
{
    public const string FileName = "tokens.json";

    /// <summary>So that secret scanners, and people, know one when they see it.</summary>
    private const string Prefix = "mbt_";

    private const int MaxTokens = 1000;
    private static readonly TimeSpan OnceLifetime = TimeSpan.FromMinutes(15);

    private readonly string _file;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private Dictionary<string, AccessToken> _byHash;
    private readonly Dictionary<string, AccessToken> _once = new(StringComparer.Ordinal);

    private AccessTokens(string file, TimeProvider time, IEnumerable<AccessToken> tokens) =>
        (_file, _time, _byHash) = (file, time, tokens.ToDictionary(token => token.Hash, StringComparer.Ordinal));

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<AccessToken> All
    {
        get
        {
            lock (_lock) { return [.. _byHash.Values.OrderBy(token => token.CreatedAt)]; }
        }
    }

    /// <exception cref="StartRefusedException">The file is there and cannot be read.</exception>
    public static AccessTokens Load(string dataDirectory, TimeProvider time)
    {
        string file = Path.Combine(dataDirectory, FileName);
        try
        {
            return new AccessTokens(file, time, File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), AccessJson.Default.AccessTokenArray) ?? [] : []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            throw new StartRefusedException($"{file}: {OneLine.Of(e)}: restore it from a backup, or remove it and make new tokens (moshbroker token create)", e);
        }
    }

    /// <summary>Makes a token; the secret is told here and never again.</summary>
    /// <exception cref="IOException">It could not be kept.</exception>
    public (AccessToken Token, string Secret) Create(AccessTokenRequest request)
    {
        string secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        DateTimeOffset now = _time.GetUtcNow();
        AccessToken token = new(
            RandomNumberGenerator.GetHexString(8, lowercase: true), request.Name, request.Role, request.Tenant, request.MayWatch, request.IsBreakGlass, now,
            request.Once ? now + OnceLifetime : request.Lifetime is { } lifetime ? now + lifetime : null, HashOf(secret));
        lock (_lock)
        {
            if (request.Once)
            {
                foreach (AccessToken old in _once.Values.Where(old => !old.IsValid(now)).ToList()) { _once.Remove(old.Hash); }
                if (_once.Count >= MaxTokens) { throw new IOException($"there are {MaxTokens} one-time tokens: use them, or wait"); }
                _once[token.Hash] = token;
                return (token, secret);
            }

            if (_byHash.Count >= MaxTokens) { throw new IOException($"there are {MaxTokens} tokens: revoke those that nobody uses"); }
            Dictionary<string, AccessToken> next = new(_byHash, StringComparer.Ordinal) { [token.Hash] = token };
            Keep(next.Values);
            _byHash = next;
        }

        return (token, secret);
    }

    /// <summary>False when there is no such token.</summary>
    public bool Revoke(string id)
    {
        lock (_lock)
        {
            if (_byHash.Values.FirstOrDefault(token => token.Id == id) is not { } revoked) { return false; }
            Dictionary<string, AccessToken> next = new(_byHash, StringComparer.Ordinal);
            next.Remove(revoked.Hash);
            Keep(next.Values);
            _byHash = next;
            return true;
        }
    }

    /// <summary>The token whose secret this is; null when there is none, or its time is over.</summary>
    public AccessToken? Find(string secret) => FindHash(HashOf(secret));

    /// <summary>Is the token still there, and valid?</summary>
    public AccessToken? FindHash(string hash)
    {
        lock (_lock) { return _byHash.TryGetValue(hash, out AccessToken? token) && token.IsValid(_time.GetUtcNow()) ? token : null; }
    }

    /// <summary>A one-time token, which is spent by this; null when it was spent before, or never was.</summary>
    public AccessToken? Spend(string secret)
    {
        lock (_lock) { return _once.Remove(HashOf(secret), out AccessToken? token) && token.IsValid(_time.GetUtcNow()) ? token : null; }
    }

    // The secret has 256 random bits: a slow hash would protect nothing, and looking its hash up tells no time that helps to guess it.
    private static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private void Keep(IEnumerable<AccessToken> tokens)
    {
        string aside = $"{_file}.new";
        FileStreamOptions options = new()
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (FileStream stream = new(aside, options))
        {
            JsonSerializer.Serialize(stream, [.. tokens], AccessJson.Default.AccessTokenArray);
            stream.Flush(flushToDisk: true);
        }

        File.Move(aside, _file, overwrite: true);
    }
}
