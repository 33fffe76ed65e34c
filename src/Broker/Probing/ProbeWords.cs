using System.Globalization;

namespace MoshBroker.Probing;

/// <summary>The words by which a probe asks for its session: those of mosh's wrapper, and a mark that a stock server passes over.</summary>
internal static class ProbeWords
{
    /// <summary>As the value of <c>-@</c>, which the contract has for lists of processes: the session is not somebody's who never came.</summary>
    public const string Mark = "moshbroker-probe";

    private static readonly string[] Server = ["new", "-@", Mark, "-c", "256", "-l", "LANG=C.UTF-8"];

    /// <summary>On this machine, with a program that echoes.</summary>
    public static IReadOnlyList<string> Local(string open, string socket) => [open, "--broker", socket, .. Server, "--", "/bin/cat"];

    /// <summary>At a front door, or at any host that has a mosh-server.</summary>
    /// <param name="options">Of ssh.</param>
    /// <param name="target">Null for the tenant's default, or the account's shell.</param>
    public static IReadOnlyList<string> Ssh(IReadOnlyList<string> options, string destination, string server, string? target, TimeSpan timeout)
    {
        // The far end's shell, if it has one, takes quoted words apart again.
        string words = string.Join(' ', [server, .. Server.Append("-s").Select(Quote), .. target is null ? [] : new[] { Quote("--"), Quote(target) }]);
        string seconds = Math.Max(1, (int)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return ["ssh", "-T", "-o", "BatchMode=yes", "-o", $"ConnectTimeout={seconds}", .. options, "--", destination, words];
    }

    private static string Quote(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
