using System.Net;
using MoshBroker.Audit;
using MoshBroker.Configuration;

namespace MoshBroker.FrontDoor;

/// <summary>Where it is noted that the front door has said no.</summary>
internal sealed class Denials(IAuditTrail audit, FrontDoorLog log)
{
    private const int MaxShownWord = 64;

    /// <summary>A word of somebody's own, short and harmless.</summary>
    public static string Shown(string word) => OneLine.Of(word.Length > MaxShownWord ? word[..MaxShownWord] + "…" : word);

    /// <param name="visitor">Null for somebody who has not proved who he is.</param>
    public void Note(Visitor? visitor, IPAddress client, string reason, string explanation, string? target)
    {
        log.Denied(visitor?.User.ToString() ?? "somebody", client.ToString(), reason, OneLine.Of(explanation));
        audit.Write(new AuditEvent(AuditEventName.Deny)
        {
            Tenant = visitor?.User.Tenant.Name,
            User = visitor?.User.Name,
            ClientAddress = client.ToString(),
            Target = target is null ? null : Shown(target),
            Reason = reason,
        });
    }
}
