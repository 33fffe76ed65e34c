using System.Diagnostics;
using System.Text;

namespace MoshBroker.Open.Tests.Harness;

/// <summary>A run of the real program, with an environment of the test's own.</summary>
internal sealed class OpenRun : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private OpenRun(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public string Output => Await(_output);

    public string Errors => Await(_errors);

    public int ExitCode
    {
        get
        {
            Assert.True(_process.WaitForExit(Deadline.Generous), "open did not end");
            return _process.ExitCode;
        }
    }

    public static string Program => Path.Combine(AppContext.BaseDirectory, "moshbroker-open");

    /// <summary>Starts <paramref name="program"/>; by a shell that first runs <paramref name="before"/>, if that is not empty.</summary>
    public static OpenRun Start(string program, string before, IReadOnlyDictionary<string, string> variables, params string[] words)
    {
        var start = new ProcessStartInfo(before.Length == 0 ? program : "/bin/bash")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (before.Length > 0)
        {
            start.ArgumentList.Add("--norc");
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add($"{before}\nexec \"$0\" \"$@\"");
            start.ArgumentList.Add(program);
        }

        foreach (string word in words) { start.ArgumentList.Add(word); }
        start.Environment.Clear();
        foreach ((string name, string value) in variables) { start.Environment[name] = value; }
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return new OpenRun(process);
    }

    public static OpenRun Start(FakeBroker broker, IReadOnlyDictionary<string, string> variables, params string[] words) =>
        Start(Program, "", variables, ["--broker", broker.SocketPath, .. words]);

    /// <summary>A small environment in which `open` works.</summary>
    public static Dictionary<string, string> Variables(params (string Name, string Value)[] more)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/bin:/bin",
            ["LANG"] = "C.UTF-8",
            ["HOME"] = "/tmp",
            ["SHELL"] = "/bin/sh",
        };
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is string root) { variables["DOTNET_ROOT"] = root; }
        foreach ((string name, string value) in more) { variables[name] = value; }
        return variables;
    }

    public void Dispose()
    {
        if (!_process.HasExited) { _process.Kill(); }
        _process.Dispose();
    }

    private static string Await(Task<string> text)
    {
        Assert.True(text.Wait(Deadline.Generous), "open did not close its output");
        return text.Result;
    }
}
