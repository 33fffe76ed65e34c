using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using MoshBroker.Audit;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Tenants;

namespace MoshBroker.Http.Access;

/// <summary>Those whom an authenticating proxy names, as oauth2-proxy does: their rights are the policy's.</summary>
internal sealed class ProxyIdentities(Func<Policy> policy, IAuditTrail audit, TimeProvider time)
{
    public const string UserHeader = "X-Forwarded-User";
    public const string GroupsHeader = "X-Forwarded-Groups";

    private const int MaxNameLength = 128;
    private const int MaxGroups = 256;
    private const int MaxNoted = 10_000;
    private static readonly TimeSpan NotedFor = TimeSpan.FromHours(12);

    // So that what his pages send along with an action is the same on every page, and known to nobody else.
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _noted = new(StringComparer.Ordinal);

    /// <summary>Null when the proxy names nobody, or somebody who may nothing here.</summary>
    public Principal? Identify(HttpContext context)
    {
        string user = context.Request.Headers[UserHeader].ToString();
        if (user.Length is 0 or > MaxNameLength || user.Any(char.IsControl)) { return null; }
        string[] groups = context.Request.Headers[GroupsHeader].ToString().Split(',', MaxGroups, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        IReadOnlyList<AccessGrant> grants = policy().GrantsOf(user, groups, time.GetUtcNow());
        if (grants.Count == 0) { return null; }
        Note(user, grants);
        return new Principal(user, grants, Base64Url.EncodeToString(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(user))));
    }

    // A proxy has no log-in that we see: the first request in half a day stands for it.
    private void Note(string user, IReadOnlyList<AccessGrant> grants)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (_noted.TryGetValue(user, out DateTimeOffset last) && now - last < NotedFor) { return; }
        if (_noted.Count >= MaxNoted) { _noted.Clear(); }
        _noted[user] = now;
        audit.Write(new AuditEvent(AuditEventName.DashboardLogin)
        {
            User = user,
            Reason = "proxy",
            More = AuditEvent.Attribute("moshbroker.role", new Principal(user, grants).Role),
        });
    }
}
