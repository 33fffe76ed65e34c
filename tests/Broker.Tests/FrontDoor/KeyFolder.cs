using System.Diagnostics;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.FrontDoor;

/// <summary>OpenSSH's keys and certificates in a folder of their own.</summary>
internal sealed class KeyFolder : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public string File(string name) => Path.Combine(_folder.Path, name);

    /// <summary>Makes a key; the path of the private one.</summary>
    public string Make(string name, string type = "ed25519")
    {
        _ = Run("ssh-keygen", "-q", "-t", type, "-N", "", "-C", name, "-f", File(name));
        return File(name);
    }

    /// <summary>Type and base64, as sshd writes them down of a login.</summary>
    public static string Public(string path) => string.Join(' ', System.IO.File.ReadAllText(path + ".pub").Split(' ')[..2]);

    public static string Fingerprint(string path) => Run("ssh-keygen", "-lf", path + ".pub").Split(' ')[1];

    public string Certify(string path, string authority, params string[] more)
    {
        _ = Run("ssh-keygen", ["-q", "-s", authority, .. more, path + ".pub"]);
        return string.Join(' ', System.IO.File.ReadAllText(path + "-cert.pub").Split(' ')[..2]);
    }

    public static string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }

    public void Dispose() => _folder.Dispose();
}
