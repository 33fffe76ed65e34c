using System.Text.Json;

namespace MoshBroker.FrontDoor.Tests;

/// <summary>The front door without root, and as root with an account of its own: who somebody is comes from his key in either.</summary>
public sealed class AccountTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private SmallDoor _door = null!;
    private InstalledCopy _copy = null!;

    public async Task InitializeAsync()
    {
        _door = await SmallDoor.MakeAsync();
        _copy = await InstalledCopy.MakeAsync();
    }

    public async Task DisposeAsync()
    {
        await _door.DisposeAsync();
        _copy.Dispose();
    }

    [Fact]
    public async Task An_ordinary_account_runs_a_whole_front_door()
    {
        await using UnixAccount keeper = await UnixAccount.CreateAsync();
        // Without root sshd cannot give a terminal to the group tty: the kernel does, where /dev/pts is mounted as Debian mounts it.
        string[] prefix =
            ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", "mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts && exec \"$@\"", "sh"];
        await _door.StartAsync(keeper, prefix, _copy.Launcher);
        Assert.Equal(keeper.Uid, await UidAsync(_door.Broker.ProcessId));
        await LandsAsync(keeper.Name);
        CommandResult other = await _door.SshAsync("root", null, [], "list");
        Assert.Equal(255, other.ExitCode);
        Assert.Contains("Permission denied", other.Error, StringComparison.Ordinal);
        await _door.Broker.StopAsync();
    }

    [Fact]
    public async Task As_root_the_account_moshbroker_is_let_in_and_root_is_not()
    {
        // The account is there for the broker alone: in its mount namespace /etc is a copy. (A mount on a single file would go when somebody
        // outside replaces it.)
        string etc = _door.Home.File("etc");
        Assert.Equal(0, (await Command.RunAsync(["/bin/cp", "-a", "/etc", etc])).ExitCode);
        await File.AppendAllTextAsync(Path.Combine(etc, "passwd"), "moshbroker:x:64123:64123::/nonexistent:/bin/sh\n");
        await File.AppendAllTextAsync(Path.Combine(etc, "shadow"), "moshbroker:*:20000:0:99999:7:::\n");
        string[] prefix = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", "mount --bind \"$1\" /etc && shift && exec \"$@\"", "sh", etc];
        await _door.StartAsync(null, prefix, _copy.Launcher);
        Assert.Equal(0u, await UidAsync(_door.Broker.ProcessId));
        await LandsAsync("moshbroker");
        Assert.Contains("Permission denied", (await _door.SshAsync("root", null, [], "list")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_reads_the_configuration_that_the_front_door_has()
    {
        await _door.StartAsync(null, [], RunningBroker.Launcher);
        CommandResult doctor = await Command.RunAsync([RunningBroker.Launcher, "doctor", "--json", "--data", _door.Broker.DataFolder, "--broker", _door.Broker.Socket], SessionHome.Inherited());
        using JsonDocument findings = JsonDocument.Parse(doctor.Output);
        string[] ours = [.. findings.RootElement.EnumerateArray().Select(finding => finding.ToString()).Where(finding => finding.Contains("\"the front door", StringComparison.Ordinal))];
        Assert.NotEmpty(ours);
        Assert.All(ours, finding => Assert.Contains("ok", finding, StringComparison.OrdinalIgnoreCase));
    }

    private async Task LandsAsync(string login)
    {
        await using (TmuxTerminal mosh = await _door.MoshAsync(login, "web"))
        {
            await mosh.WaitForTextAsync("p1>", Long);
            await mosh.TypeAsync("echo I-am-$(id -un)\r");
            await mosh.WaitForTextAsync($"I-am-{_door.Account.Name}", Long);
            await mosh.TypeAsync("exit\r");
            Assert.Equal(0, (await mosh.WaitForEndAsync(Long)).ExitStatus);
        }

        await using TmuxTerminal plain = await _door.PlainAsync(login, "web");
        await plain.WaitForTextAsync("p1>", Long);
        await plain.TypeAsync("exit\r");
        Assert.Equal(0, (await plain.WaitForEndAsync(Long)).ExitStatus);
        CommandResult audit = await _door.Broker.CommandAsync("audit", "--json", "--event", "login");
        Assert.Contains("\"user.name\":\"ann\"", audit.Output, StringComparison.Ordinal);
    }

    private static async Task<uint> UidAsync(int process)
    {
        string line = (await File.ReadAllLinesAsync($"/proc/{process}/status")).First(text => text.StartsWith("Uid:", StringComparison.Ordinal));
        return uint.Parse(line.Split('\t')[1]);
    }
}
