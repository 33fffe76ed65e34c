using System.Globalization;
using System.Text.RegularExpressions;

namespace MoshBroker.Recording;

/// <summary>The recordings in the data folder: a folder a tenant, a file a session.</summary>
internal sealed partial class RecordingShelf(string folder)
{
    private const int Most = 5000;

    /// <summary>Of a tenant, the newest first.</summary>
    public IReadOnlyList<RecordingOnShelf> Of(string tenant)
    {
        DirectoryInfo place = new(Path.Combine(folder, tenant));
        // A tenant's name comes from the policy, but here it leads into the file system.
        if (tenant.AsSpan().ContainsAny('/', '\0') || tenant is "." or ".." || !place.Exists) { return []; }
        return [.. place.EnumerateFiles("*.cast").Select(file => Read(tenant, file)).OfType<RecordingOnShelf>().OrderByDescending(recording => recording.StartedAt).Take(Most)];
    }

    /// <summary>One recording; null when it is not there.</summary>
    public RecordingOnShelf? Find(string tenant, string name) =>
        FileName().IsMatch(name) ? Of(tenant).FirstOrDefault(recording => recording.Name == name) : null;

    private static RecordingOnShelf? Read(string tenant, FileInfo file)
    {
        string name = Path.GetFileNameWithoutExtension(file.Name);
        Match match = FileName().Match(name);
        return match.Success && DateTimeOffset.TryParseExact(
            match.Groups["at"].ValueSpan, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset started)
            ? new RecordingOnShelf(tenant, name, match.Groups["session"].Value, started, file.Length, file.FullName)
            : null;
    }

    [GeneratedRegex("^(?<at>[0-9]{8}T[0-9]{6}Z)-(?<session>[0-9a-f]+)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex FileName();
}
