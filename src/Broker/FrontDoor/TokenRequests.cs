using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using MoshBroker.Audit;
using MoshBroker.Configuration;
using MoshBroker.Control;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Http.Access;
using MoshBroker.Tenants;

namespace MoshBroker.FrontDoor;

/// <summary>Tokens of the dashboard, asked for over the control socket; who may ask is decided before.</summary>
internal sealed class TokenRequests(AccessTokens tokens, IAuditTrail audit, Func<Policy> policy, Func<IPEndPoint?> dashboard)
{
    private const int MaxNameLength = 64;

    public ControlMessage Answer(string by, ControlMessage request) =>
        request.Head.SequenceEqual("token-create"u8) ? Create(by, request)
        : request.Head.SequenceEqual("token-revoke"u8) ? Revoke(by, request)
        : Ok(JsonSerializer.SerializeToUtf8Bytes([.. tokens.All.Select(token => token with { Hash = "" })], AccessJson.Default.AccessTokenArray));

    private static string? Text(ControlMessage request, ReadOnlySpan<byte> name) => request.Find(name) is { } value ? Encoding.UTF8.GetString(value) : null;

    private static ControlMessage Ok(byte[] json) => new ControlMessage("ok"u8).Add("json"u8, json);

    private static ControlMessage Refuse(string line) => new ControlMessage("error"u8).Add("message"u8, Encoding.UTF8.GetBytes(line));

    private ControlMessage Create(string by, ControlMessage request)
    {
        string role = Text(request, "role"u8) ?? "";
        if (!Enum.TryParse(role, ignoreCase: true, out DashboardRole parsed) || !Enum.IsDefined(parsed) || role.Any(char.IsDigit))
        {
            return Refuse($"'{OneLine.Of(role)}' is not a role: viewer, operator, auditor or admin");
        }

        string? tenant = Text(request, "tenant"u8);
        if (tenant is not null && tenant != Policy.DropInTenant && !policy().Tenants.ContainsKey(tenant)) { return Refuse($"the policy has no tenant '{OneLine.Of(tenant)}'"); }
        if (tenant is not null && parsed == DashboardRole.Admin) { return Refuse("an admin is for all tenants: leave --tenant out, or make an operator"); }
        string name = OneLine.Of(Text(request, "name"u8) ?? by);
        if (name.Length is 0 or > MaxNameLength) { return Refuse($"a name has 1 to {MaxNameLength} characters"); }
        TimeSpan? lifetime = long.TryParse(Text(request, "lifetime"u8), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) ? TimeSpan.FromSeconds(seconds) : null;
        bool isOnce = Text(request, "once"u8) is not null;
        if (isOnce && dashboard() is null) { return Refuse("the dashboard is off: start the broker with --http ADDR:PORT"); }
        AccessTokenRequest wanted = new(name, parsed, tenant, Text(request, "watch"u8) is not null, Text(request, "break-glass"u8) is not null, lifetime, isOnce);
        AccessToken token;
        string secret;
        try
        {
            (token, secret) = tokens.Create(wanted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse(OneLine.Of(e));
        }

        audit.Write(new AuditEvent(AuditEventName.TokenCreate)
        {
            User = by,
            Tenant = tenant,
            More = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["moshbroker.token"] = token.Id,
                ["moshbroker.token_name"] = token.Name,
                ["moshbroker.role"] = role.ToLowerInvariant(),
            },
        });
        string shown = isOnce ? $"http://{dashboard()}/login/once?token={secret}" : secret;
        return Ok(JsonSerializer.SerializeToUtf8Bytes([token.Id, shown], FeedJson.Default.StringArray));
    }

    private ControlMessage Revoke(string by, ControlMessage request)
    {
        string id = Text(request, "token"u8) ?? "";
        try
        {
            if (!tokens.Revoke(id)) { return Refuse($"no token '{OneLine.Of(id)}'; moshbroker token list shows them"); }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse(OneLine.Of(e));
        }

        audit.Write(new AuditEvent(AuditEventName.TokenRevoke) { User = by, More = AuditEvent.Attribute("moshbroker.token", id) });
        return Ok("true"u8.ToArray());
    }
}
