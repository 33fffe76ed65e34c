namespace MoshBroker.Deploy.Tests;

/// <summary>Everything that is wrong with what an overlay comes to.</summary>
internal static class ManifestFaults
{
    public static async Task<IReadOnlyList<string>> OfAsync(Manifest manifest)
    {
        string[] wrongForms = [.. manifest.Documents.SelectMany(KubernetesSchema.Instance.FaultsOf)];
        return wrongForms.Length > 0 ? wrongForms : [.. await CommandRules.FaultsOfAsync(manifest), .. PodRules.FaultsOf(manifest), .. LinkRules.FaultsOf(manifest), .. MonitoringRules.FaultsOf(manifest)];
    }
}
