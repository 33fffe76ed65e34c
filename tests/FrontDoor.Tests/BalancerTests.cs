namespace MoshBroker.FrontDoor.Tests;

/// <summary>Behind a load balancer the client's own address counts, and only a configured balancer is believed.</summary>
public sealed class BalancerTests : IAsyncLifetime
{
    private const string Trusted = "127.0.50.1";
    private SmallDoor _door = null!;

    public async Task InitializeAsync()
    {
        // The balancer's own address is in no tenant's network.
        _door = await SmallDoor.MakeAsync(networks: "127.0.60.0/24");
        await _door.StartAsync(null, [], RunningBroker.Launcher, "--ssh-proxy", Trusted);
    }

    public Task DisposeAsync() => _door.DisposeAsync().AsTask();

    [Theory]
    [InlineData("send-proxy")]
    [InlineData("send-proxy-v2")]
    public async Task The_tenants_networks_are_asked_about_the_client_and_the_trail_names_him(string header)
    {
        await using Balancer balancer = await Balancer.StartAsync(_door.Port, Trusted, header);
        CommandResult inside = await _door.SshAsync("root", balancer.Port, ["-b", "127.0.60.7"], "list");
        Assert.True(inside.ExitCode == 0, inside.Error);
        Assert.Contains("\"client.address\":\"127.0.60.7\"", await AuditAsync("login"), StringComparison.Ordinal);

        CommandResult outside = await _door.SshAsync("root", balancer.Port, ["-b", "127.0.61.7"], "list");
        Assert.Equal(255, outside.ExitCode);
        await Eventually.TrueAsync(
            async () => (await AuditAsync("deny")).Contains("\"client.address\":\"127.0.61.7\",\"moshbroker.reason\":\"network\"", StringComparison.Ordinal), "the denial is written");
    }

    [Fact]
    public async Task A_balancer_that_is_not_configured_is_not_believed()
    {
        // In the tenant's networks it may connect; what it says is taken for a client's own first words.
        await using Balancer liar = await Balancer.StartAsync(_door.Port, "127.0.60.99", "send-proxy-v2");
        CommandResult result = await _door.SshAsync("root", liar.Port, ["-b", "127.0.60.7"], "list");
        Assert.Equal(255, result.ExitCode);
        await Eventually.TrueAsync(
            async () => (await AuditAsync("deny")).Contains("\"client.address\":\"127.0.60.99\",\"moshbroker.reason\":\"not_ssh\"", StringComparison.Ordinal), "the denial is written");
    }

    [Fact]
    public async Task A_configured_balancer_that_says_nothing_is_turned_away()
    {
        CommandResult result = await _door.SshAsync("root", null, ["-b", Trusted], "list");
        Assert.Equal(255, result.ExitCode);
        await Eventually.TrueAsync(
            async () => (await AuditAsync("deny")).Contains($"\"client.address\":\"{Trusted}\",\"moshbroker.reason\":\"bad_proxy_header\"", StringComparison.Ordinal), "the denial is written");
    }

    private async Task<string> AuditAsync(string name) => (await _door.Broker.CommandAsync("audit", "--json", "--event", name)).Output;
}
