using System.Text.Json;

namespace MoshBroker.Cluster;

/// <summary>The written form of <see cref="SessionEndReason"/>: <c>never_connected</c>.</summary>
internal static class SessionEndReasonNames
{
    private static readonly string[] Names =
        [.. Enum.GetNames<SessionEndReason>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    public static string ToName(this SessionEndReason reason) => Names[(int)reason];

    public static SessionEndReason Parse(string name)
    {
        int index = Array.IndexOf(Names, name);
        return index >= 0 ? (SessionEndReason)index : throw new FormatException($"'{name}' is not a reason for a session's end.");
    }
}
