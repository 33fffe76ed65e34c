using System.Text.Json.Serialization;

namespace MoshBroker.Dashboard.Feed;

/// <summary>A session as its user has it, by the best of its channels.</summary>
[JsonConverter(typeof(SessionStateConverter))]
internal enum SessionState
{
    /// <summary>No client has been heard yet.</summary>
    Starting,

    /// <summary>Heard in the last 5 s.</summary>
    Attached,

    /// <summary>Nothing for 5 s.</summary>
    Silent,

    /// <summary>Nothing for 40 s.</summary>
    Lost,

    /// <summary>No channel.</summary>
    Unattached,

    /// <summary>Held by an operator or a policy.</summary>
    Locked,

    /// <summary>Moving to another node.</summary>
    Draining,

    /// <summary>Over; its channels may still answer the last datagrams.</summary>
    Ended,
}
