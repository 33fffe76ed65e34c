namespace MoshBroker.Detection.Tests.Corpus;

/// <summary>One item of the corpora, or several that do not disturb each other, at one broker.</summary>
/// <param name="Name">B… is everyday life, H… an attack; several with a dash.</param>
/// <param name="Expected">The alert that must be raised; null for none.</param>
/// <param name="Silenced">Alerts that may be raised, too, but are silent at the end, because the expected one explains them.</param>
/// <param name="Tolerated">Alerts that are the item's purpose, or none of anybody's business (info).</param>
/// <param name="Detections">What the broker itself must have detected, besides what <paramref name="Tolerated"/> allows.</param>
internal sealed record Scenario(
    string Name,
    Func<double, Task<Stage>> Set,
    Func<Stage, CancellationToken, Task> Play,
    string? Expected = null,
    IReadOnlyList<string>? Silenced = null,
    IReadOnlyList<string>? Tolerated = null,
    IReadOnlyList<string>? Detections = null)
{
    /// <summary>Checked at the end, besides the alerts.</summary>
    public Func<Stage, Task> Check { get; init; } = static _ => Task.CompletedTask;

    public override string ToString() => Name;
}
