using System.Security.Cryptography;
using System.Text;
using MoshBroker.Configuration;
using MoshBroker.Tenants.Reading;

namespace MoshBroker.Tenants;

/// <summary>What came of reading a policy file: the policy, or all that is wrong with it.</summary>
internal sealed record PolicyReading(Policy? Policy, IReadOnlyList<PolicyFault> Faults, int FaultCount)
{
    /// <summary>100,000 users with keys take 20 MB.</summary>
    private const int MaxLength = 64 * 1024 * 1024;

    /// <summary>What was read; empty when nothing could be.</summary>
    public string Text { get; init; } = "";

    /// <summary>Reads a file; whatever is wrong is among the faults, with its line.</summary>
    public static PolicyReading Of(string path, PolicySurroundings surroundings)
    {
        string name = Path.GetFileName(path);
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxLength }) { return Broken(name, $"is longer than {MaxLength / 1024 / 1024} MiB"); }
            return OfText(File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true)), name, surroundings);
        }
        catch (DecoderFallbackException)
        {
            return Broken(name, "is not UTF-8: save it as UTF-8");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Broken(name, $"cannot be read ({OneLine.Of(e)}): name a file that the broker's user can read by --policy");
        }
    }

    /// <param name="name">Of the file, for messages.</param>
    public static PolicyReading OfText(string text, string name, PolicySurroundings surroundings)
    {
        PolicyFaults faults = new(name);
        using StringReader reader = new(text);
        Policy? policy = null;
        if (PolicyYaml.Read(reader, faults) is { } root && PolicyShapes.Policy.TryRead(root, faults, out PolicyDraft? draft) && faults.Count == 0)
        {
            string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
            policy = new PolicyCompiler(faults, surroundings).Compile(draft, digest);
        }

        return new PolicyReading(policy, faults.Found, faults.Count) { Text = text };
    }

    private static PolicyReading Broken(string name, string message) => new(null, [new PolicyFault(name, 1, 1, "", message)], 1);
}
