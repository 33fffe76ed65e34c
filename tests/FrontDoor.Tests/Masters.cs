namespace MoshBroker.FrontDoor.Tests;

/// <summary>A broker's connections to targets, as the kernel lists them: OpenSSH's master processes.</summary>
internal static class Masters
{
    /// <summary>Their process ids.</summary>
    /// <param name="target">Of that target only; null for all.</param>
    public static IReadOnlyList<int> Of(RunningBroker broker, string? target = null)
    {
        string control = $"\0-M\0-S\0{Path.Combine(broker.DataFolder, "ssh")}/";
        List<int> found = [];
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int process)) { continue; }
            try
            {
                string words = File.ReadAllText(Path.Combine(folder, "cmdline"));
                if (words.Contains(control, StringComparison.Ordinal) && (target is null || words.EndsWith($"\0{target}\0", StringComparison.Ordinal))) { found.Add(process); }
            }
            catch (IOException)
            {
                // It ended while we looked.
            }
        }

        return found;
    }
}
