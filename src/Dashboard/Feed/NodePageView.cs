using System.Globalization;

namespace MoshBroker.Dashboard.Feed;

/// <summary>A node as it is shown, so that page and live feed cannot differ.</summary>
/// <param name="State">"ready", or why not.</param>
/// <param name="Kind">"good", "fair" or "bad".</param>
internal sealed record NodePageView(string Node, string State, string Kind, string Load, int Sessions, int Capacity, IReadOnlyList<FactView> Facts, IReadOnlyList<FactView> Handovers)
{
    /// <summary>Null for whoever sees his tenant only.</summary>
    public static NodePageView? Of(NodeView node) => node.Capacity is not { } capacity ? null : new NodePageView(
        node.Node,
        node.NotReadyBecause is { } reason ? $"{(node.IsDraining ? "draining" : "not ready")}: {reason}" : "ready",
        node.IsDraining ? "fair" : node.NotReadyBecause is null ? "good" : "bad",
        $"{node.Sessions} of {capacity} sessions" + (node.CapacityLimit.Length > 0 ? $"; the bound is {node.CapacityLimit}" : ""),
        node.Sessions,
        capacity,
        [
            new FactView("Version", node.Version),
            new FactView("Up since", Stamp(node.StartedAt)),
            new FactView("Processor time", string.Create(CultureInfo.InvariantCulture, $"{node.CpuSeconds:0} s since the start, of {node.Processors} core{(node.Processors == 1 ? "" : "s")}")),
            new FactView("Memory", string.Create(CultureInfo.InvariantCulture, $"{node.MemoryBytes / 1_000_000} MB in RAM")),
            new FactView("Pauses of the collector", string.Create(CultureInfo.InvariantCulture, $"{node.GcPauseSeconds * 1000:0} ms in all")),
            .. node.Listening.Select(listening => new FactView(listening.What, listening.Where)),
        ],
        [.. node.Handovers.Select(handover => new FactView(
            $"{Capital(handover.Cause.Replace('_', ' '))}, {Stamp(handover.LastAt)}",
            string.Create(CultureInfo.InvariantCulture, $"{handover.WentOn} session{(handover.WentOn == 1 ? "" : "s")} went on, the last after {handover.LongestSeconds:0.0} s") + (handover.Failed > 0 ? $"; {handover.Failed} could not" : "")))]);

    private static string Stamp(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
