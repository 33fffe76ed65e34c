using System.Diagnostics;
using System.Globalization;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>An account of this machine that did not exist before and is removed afterwards. Making one takes root.</summary>
internal sealed class UnixAccount : IAsyncDisposable
{
    private UnixAccount(string name) => Name = name;

    public string Name { get; }

    public uint Uid { get; private set; }

    public SessionHome Home { get; } = new();

    public static async Task<UnixAccount> CreateAsync()
    {
        UnixAccount account = new("mbt" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..9]);
        // No password, but not locked either: sshd refuses a locked account's keys. A group of its own with the same number.
        await account.RunToolAsync("/usr/sbin/useradd", "--no-create-home", "--home-dir", account.Home.Path, "--shell", "/bin/bash", "--user-group", "--password", "*", account.Name);
        CommandResult id = await Command.RunAsync(["/usr/bin/id", "-u", account.Name]);
        account.Uid = uint.Parse(id.Output, CultureInfo.InvariantCulture);
        await account.OwnAsync(account.Home.Path);
        account.Home.Environment["USER"] = account.Home.Environment["LOGNAME"] = account.Name;
        return account;
    }

    /// <summary>Words that run a program as this account, in the same process.</summary>
    public IReadOnlyList<string> As(params IReadOnlyList<string> words) =>
        ["/usr/bin/setpriv", "--reuid", Name, "--regid", Name, "--clear-groups", "--", .. words];

    public Task<CommandResult> RunAsync(params IReadOnlyList<string> words) => Command.RunAsync(As(words), Home.Environment, Home.Path);

    public Process Start(params IReadOnlyList<string> words) => Command.Start(As(words), Home.Environment, Home.Path);

    /// <summary>Gives a folder and what is in it to the account.</summary>
    public Task OwnAsync(string folder) => RunToolAsync("/bin/chown", "-R", $"{Name}:{Name}", folder);

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync(["/usr/sbin/userdel", "--force", Name]);
        Home.Dispose();
    }

    private async Task RunToolAsync(params IReadOnlyList<string> words)
    {
        CommandResult result = await Command.RunAsync(words);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', words)} (accounts take root): {result.Error}");
    }
}
