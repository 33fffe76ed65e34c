using System.Collections.Concurrent;
using MoshBroker.Audit;
using MoshBroker.Detection;

namespace MoshBroker.Http.Access;

/// <summary>Tells who came in by which token: every log-in, and a script's token once in a while. That of an emergency is an alarm.</summary>
internal sealed class AccessNotes(IAuditTrail audit, Lookout? lookout, TimeProvider time)
{
    private static readonly TimeSpan NotedFor = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, long> _scripts = new(StringComparer.Ordinal);

    /// <summary>A request by a token itself, of which a script makes many.</summary>
    public void OnBearer(HttpContext context, AccessToken token)
    {
        long now = time.GetTimestamp();
        if (_scripts.TryGetValue(token.Id, out long last) && time.GetElapsedTime(last, now) < NotedFor) { return; }
        _scripts[token.Id] = now;
        OnEntry(context, token);
    }

    public void OnEntry(HttpContext context, AccessToken token)
    {
        if (token.IsBreakGlass) { lookout?.BrokeGlass(); }
        audit.Write(new AuditEvent(AuditEventName.DashboardLogin)
        {
            User = token.Name,
            Tenant = token.Tenant,
            ClientAddress = context.Connection.RemoteIpAddress?.ToString(),
            Reason = token.IsBreakGlass ? "break_glass" : null,
            More = AuditEvent.Attribute("moshbroker.role", token.Role.ToString().ToLowerInvariant()),
        });
    }
}
