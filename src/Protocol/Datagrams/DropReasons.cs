using System.Diagnostics;

namespace MoshBroker.Protocol.Datagrams;

/// <summary>The names that drop reasons have in metrics.</summary>
public static class DropReasons
{
    /// <summary>How many values <see cref="DropReason"/> has, <see cref="DropReason.None"/> included: the size of a table indexed by it.</summary>
    public const int Count = (int)DropReason.ProtocolVersion + 1;

    /// <summary>The value of the <c>reason</c> label: lower case, words joined by underscores.</summary>
    public static string WireName(this DropReason reason) => reason switch
    {
        DropReason.None => "none",
        DropReason.Short => "short",
        DropReason.Oversize => "oversize",
        DropReason.Direction => "direction",
        DropReason.UnknownSource => "unknown_source",
        DropReason.Network => "network",
        DropReason.AuthFailed => "auth_failed",
        DropReason.Tombstone => "tombstone",
        DropReason.TrialBudget => "trial_budget",
        DropReason.RateLimited => "rate_limited",
        DropReason.QueueFull => "queue_full",
        DropReason.BadInstruction => "bad_instruction",
        DropReason.InflateLimit => "inflate_limit",
        DropReason.ProtocolVersion => "protocol_version",
        _ => throw new UnreachableException(),
    };
}
