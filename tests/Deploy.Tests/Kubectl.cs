using System.Text.RegularExpressions;

namespace MoshBroker.Deploy.Tests;

/// <summary>A kubectl whose kustomize knows components; Debian's own is too old.</summary>
internal static partial class Kubectl
{
    private const int OldestKustomize = 5;

    /// <summary>The one in PATH, or what eng/kubectl has fetched.</summary>
    public static async Task<string> FindAsync()
    {
        foreach (string program in (string[])["/usr/bin/kubectl", Repository.Path("artifacts", "kubectl", "kubectl")])
        {
            if (!File.Exists(program)) { continue; }
            CommandResult version = await Command.RunAsync([program, "version", "--client"], SessionHome.Inherited());
            if (Kustomize().Match(version.Output) is { Success: true } match && int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) >= OldestKustomize) { return program; }
        }

        throw new InvalidOperationException($"there is no kubectl with kustomize {OldestKustomize} or newer: eng/kubectl fetches one");
    }

    [GeneratedRegex(@"Kustomize Version: v(\d+)\.")]
    private static partial Regex Kustomize();
}
