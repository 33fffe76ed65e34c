namespace MoshBroker.Detection;

/// <summary>One detection, as long as it goes on and after.</summary>
/// <param name="Number">Counts up from the broker's start.</param>
/// <param name="EndedAt">Null while it goes on.</param>
/// <param name="Evidence">The newest.</param>
/// <param name="Responses">What was done about it, in words.</param>
internal sealed record Alarm(long Number, DetectionRule Rule, DateTimeOffset BeganAt, DateTimeOffset? EndedAt, Evidence Evidence, IReadOnlyList<string> Responses);
