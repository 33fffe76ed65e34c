namespace MoshBroker.FrontDoor.Tests;

/// <summary>What the broker counts of people's ways in, by OpenSSH's own client and the stock wrapper.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class MeasuredWayInTests(FrontDoorFixture door)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_failed_login_is_counted_once_with_its_method_and_reason()
    {
        await GrowsAsync("moshbroker_ssh_auth_failures_total{method=\"publickey\",reason=\"bad_key\"}", 1, () => door.SshAsync(door.Stranger, "list"));
        await door.Dora.CertifyAsync(door.Authority, "dora", "-2h:-1h");
        await GrowsAsync("moshbroker_ssh_auth_failures_total{method=\"certificate\",reason=\"expired\"}", 1, () => door.SshAsync(door.Dora, "list"));
        await GrowsAsync("moshbroker_bootstrap_attempts_total{tenant=\"drop-in\",result=\"auth_denied\"}", 1, () => door.SshAsync(door.Stranger, "list"));
    }

    [Fact]
    public async Task A_key_exchange_is_counted_by_its_kind()
    {
        await GrowsAsync("moshbroker_ssh_handshakes_total{kex=\"pq\"}", 1, () => door.SshAsync(door.Ann, "list"));
        await GrowsAsync("moshbroker_ssh_handshakes_total{kex=\"classical\"}", 1, () =>
            Command.RunAsync([.. door.Ssh(door.Ann, "-o", "KexAlgorithms=curve25519-sha256"), "root@127.0.0.1", "list"], door.Home.Environment));
    }

    [Fact]
    public async Task A_refusal_is_counted_and_a_list_is_none()
    {
        await GrowsAsync("moshbroker_bootstrap_attempts_total{tenant=\"acme\",result=\"policy_denied\"}", 1, () => door.OpenAsync(door.Ann, "'nowhere'"));
        double before = await SumAsync("moshbroker_bootstrap_attempts_total");
        await GrowsAsync("moshbroker_bootstrap_duration_seconds_count{phase=\"ssh_auth\"}", 1, () => door.SshAsync(door.Ann, "list"));
        Assert.Equal(before, await SumAsync("moshbroker_bootstrap_attempts_total"));
    }

    [Fact]
    public async Task A_start_counts_when_its_target_is_there_with_the_time_of_every_phase()
    {
        await door.CloseAllAsync();
        Dictionary<string, double> before = await door.Broker.MetricsAsync();
        await using TmuxTerminal terminal = await door.MoshAsync(door.Ann, "web");
        await terminal.WaitForTextAsync("p1>", Long);
        Dictionary<string, double> after = await door.Broker.MetricsAsync();
        foreach (string phase in (string[])["ssh_auth", "placement", "first_datagram", "target_connect"])
        {
            string count = $"moshbroker_bootstrap_duration_seconds_count{{phase=\"{phase}\"}}";
            Assert.True(after[count] - before[count] == 1, $"{phase}: {before[count]} → {after[count]}");
        }

        string ok = "moshbroker_bootstrap_attempts_total{tenant=\"acme\",result=\"ok\"}";
        Assert.Equal(1, after[ok] - before[ok]);
        Assert.Equal(1, after["moshbroker_target_connections{state=\"open\"}"]);
        await terminal.TypeAsync("exit\r");
        await terminal.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task A_target_that_is_down_is_a_failed_start_with_its_reason()
    {
        await door.Host.KillAsync();
        try
        {
            Dictionary<string, double> before = await door.Broker.MetricsAsync();
            await using TmuxTerminal terminal = await door.MoshAsync(door.Ann, "web");
            await terminal.WaitForTextAsync("web: it refuses the connection", Long);
            Dictionary<string, double> after = await door.Broker.MetricsAsync();
            foreach (string name in (string[])["moshbroker_target_failures_total{reason=\"refused\"}", "moshbroker_bootstrap_attempts_total{tenant=\"acme\",result=\"target_unreachable\"}"])
            {
                Assert.True(after[name] - before[name] == 1, $"{name}: {before[name]} → {after[name]}");
            }

            await terminal.TypeAsync("q");
            await terminal.WaitForEndAsync(Long);
        }
        finally
        {
            await door.Host.StartAsync();
        }
    }

    private async Task GrowsAsync(string series, double by, Func<Task> act)
    {
        double before = (await door.Broker.MetricsAsync())[series];
        await act();
        double after = before;
        await Eventually.TrueAsync(async () => (after = (await door.Broker.MetricsAsync())[series]) == before + by, $"{series} grows by {by}", Long, () => $"{before} → {after}");
    }

    private async Task<double> SumAsync(string name) =>
        (await door.Broker.MetricsAsync()).Where(series => series.Key.StartsWith(name + "{", StringComparison.Ordinal)).Sum(series => series.Value);
}
