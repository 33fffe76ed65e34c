namespace MoshBroker.Dashboard.Feed;

/// <summary>Why a session feels frozen, or that it does not.</summary>
/// <param name="Cause">In snake case: "fine", "silent", "downlink_cut".</param>
/// <param name="Line">The same in a sentence or two.</param>
internal sealed record VerdictView(string Cause, DateTimeOffset Since, string Line);
