using System.Text.Json;

namespace MoshBroker.Tenants;

/// <summary>The written form of <see cref="DenyReason"/>: <c>outside_window</c>.</summary>
internal static class DenyReasonNames
{
    private static readonly string[] Names = [.. Enum.GetNames<DenyReason>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    public static string ToName(this DenyReason reason) => Names[(int)reason];
}
