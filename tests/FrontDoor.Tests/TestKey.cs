namespace MoshBroker.FrontDoor.Tests;

/// <summary>An SSH key pair in a file, made by ssh-keygen.</summary>
internal sealed class TestKey
{
    private TestKey(string path, string line) => (Path, Line) = (path, line);

    /// <summary>The private key.</summary>
    public string Path { get; }

    /// <summary>Type and base64 of the public one.</summary>
    public string Line { get; }

    public static async Task<TestKey> MakeAsync(Scratch scratch, string name)
    {
        string path = scratch.File(name);
        CommandResult made = await Command.RunAsync(["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path]);
        Assert.True(made.ExitCode == 0, made.Error);
        return new TestKey(path, string.Join(' ', (await File.ReadAllTextAsync(path + ".pub")).Split(' ')[..2]));
    }

    /// <summary>Has a CA certify the key; ssh takes the certificate that lies beside it.</summary>
    public async Task CertifyAsync(TestKey authority, string principal, string validity)
    {
        CommandResult made = await Command.RunAsync(
            ["/usr/bin/ssh-keygen", "-q", "-s", authority.Path, "-I", $"{principal} test", "-n", principal, "-V", validity, "-z", "7", Path + ".pub"]);
        Assert.True(made.ExitCode == 0, made.Error);
    }
}
