using System.Buffers.Text;
using System.Security.Cryptography;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Access;

/// <summary>Browsers that have logged in: by a cookie that means nothing elsewhere, for half a day, in memory only.</summary>
internal sealed class LoginSessions(AccessTokens tokens, TimeProvider time)
{
    public const string CookieName = "moshbroker";

    private const int MaxSessions = 1000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Login> _logins = new(StringComparer.Ordinal);

    /// <summary>Begins one; the value of the cookie. Beyond all measure, the oldest ends.</summary>
    public string Begin(AccessToken token)
    {
        string cookie = Random();
        Principal principal = token.ToPrincipal() with { Antiforgery = Random() };
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset end = token.ExpiresAt is { } expiry && expiry < now + Lifetime && tokens.FindHash(token.Hash) is not null ? expiry : now + Lifetime;
        lock (_lock)
        {
            foreach (string over in _logins.Where(login => login.Value.End <= now).Select(login => login.Key).ToList()) { _logins.Remove(over); }
            if (_logins.Count >= MaxSessions) { _logins.Remove(_logins.MinBy(login => login.Value.End).Key); }
            // A one-time token is spent; what came of it stands by itself.
            _logins[cookie] = new Login(principal, tokens.FindHash(token.Hash) is null ? null : token.Hash, end);
        }

        return cookie;
    }

    /// <summary>Whose cookie it is; null when it is nobody's, its time is over, or its token has been revoked.</summary>
    public Principal? Find(string cookie)
    {
        lock (_lock)
        {
            if (!_logins.TryGetValue(cookie, out Login? login)) { return null; }
            if (login.End > time.GetUtcNow() && (login.TokenHash is null || tokens.FindHash(login.TokenHash) is not null)) { return login.Principal; }
            _logins.Remove(cookie);
            return null;
        }
    }

    public void End(string cookie)
    {
        lock (_lock) { _logins.Remove(cookie); }
    }

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));

    private sealed record Login(Principal Principal, string? TokenHash, DateTimeOffset End);
}
