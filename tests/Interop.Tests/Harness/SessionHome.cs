using System.Collections;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A person's home and environment: an interactive bash whose prompt counts commands, no start-up noise.</summary>
internal sealed class SessionHome : IDisposable
{
    private readonly Scratch _scratch = new();

    public SessionHome()
    {
        _scratch.Write(".hushlogin", "");
        _scratch.Write(".bash_profile", "PS1='p\\#> '\nunset HISTFILE\n");
        Environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = _scratch.Path,
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["LANG"] = "C.UTF-8",
            ["TERM"] = "xterm-256color",
            ["SHELL"] = "/bin/bash",
            ["USER"] = System.Environment.UserName,
            ["PS1"] = "p\\#> ",
            // Guesses of the client are not what the server showed.
            ["MOSH_PREDICTION_DISPLAY"] = "never",
        };
    }

    public Dictionary<string, string> Environment { get; }

    public string Path => _scratch.Path;

    /// <summary>An interactive shell without start-up files.</summary>
    public static IReadOnlyList<string> Bash => ["/bin/bash", "--norc", "--noprofile", "-i"];

    /// <summary>This process's own environment.</summary>
    public static Dictionary<string, string> Inherited() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string)e.Value!, StringComparer.Ordinal);

    public string File(string name) => _scratch.File(name);

    public string Write(string name, string text) => _scratch.Write(name, text);

    public Dictionary<string, string> With(params (string Name, string? Value)[] changes)
    {
        var environment = new Dictionary<string, string>(Environment, StringComparer.Ordinal);
        foreach ((string name, string? value) in changes)
        {
            if (value is null) { environment.Remove(name); }
            else { environment[name] = value; }
        }

        return environment;
    }

    public void Dispose() => _scratch.Dispose();
}
