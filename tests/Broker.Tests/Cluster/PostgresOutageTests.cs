using Microsoft.Extensions.Logging.Abstractions;
using MoshBroker.Cluster;
using MoshBroker.Cluster.Coordination;
using MoshBroker.Configuration;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Cluster;

/// <summary>A server of its own, killed and started again: the store says so at once, and goes on by itself.</summary>
public sealed class PostgresOutageTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _folder = new();
    private readonly PostgresServer _server = new();
    private readonly StoreLog _log = new(NullLogger.Instance);
    private PostgresStore _store = null!;

    public async Task InitializeAsync() => _store = await OpenAsync();

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _server.Dispose();
        _folder.Dispose();
    }

    private static NewNode Node(string instance = "disk 1") => new("a", instance, "", "192.0.2.1", [], new NodeVersions("1", 1, 1), 10);

    private static NewSession Session() => new(1000, "a", "bash", new NewChannel(60001, _ => [1, 2, 3]));

    private async Task<PostgresStore> OpenAsync()
    {
        using MasterKeys master = MasterKeys.Load(_folder.Path, path: null);
        return await PostgresStore.OpenAsync(new StoreAddress.Postgres(_server.ConnectionString), "a", master);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using CancellationTokenSource limit = new(Limit);
        while (!await holds()) { await Task.Delay(20, limit.Token); }
    }

    private Task UntilItWritesAsync() => UntilAsync(async () =>
    {
        try
        {
            await _store.CreateSessionAsync(Session(), default);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    });

    [Fact]
    public async Task A_killed_server_fails_writes_with_one_line_and_all_that_was_told_is_there_afterwards()
    {
        using CancellationTokenSource limit = new(Limit);
        await using IAsyncEnumerator<StoreChange> changes = _store.WatchAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        await changes.MoveNextAsync();
        await changes.MoveNextAsync();
        List<SessionGrant> told = [];
        Task writing = Task.Run(async () =>
        {
            try
            {
                while (true) { told.Add(await _store.CreateSessionAsync(Session(), limit.Token)); }
            }
            catch (StoreUnavailableException)
            {
            }
        });
        await UntilAsync(() => Task.FromResult(Volatile.Read(ref told).Count >= 20));
        _server.Stop();
        await writing;
        StoreUnavailableException lost = await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.CreateSessionAsync(Session(), default));
        Assert.Matches("^store postgres:///postgres\\?host=.*&user=postgres is not reached \\(.*\\): see whether it runs, and is reached from here$", lost.Message);
        Assert.True(_store.Health.IsLost);
        Assert.Null(_store.Health.NotReadyBecause); // Its grace is that of the sessions that go on meanwhile.

        _server.Start();
        await UntilItWritesAsync();
        Assert.False(_store.Health.IsLost);
        HashSet<string> there = [.. (await _store.ListAsync(includeEnded: false, default)).Select(row => row.Id)];
        Assert.All(told, grant => Assert.Contains(grant.SessionId, there));
        while (changes.Current is not StoreChange.Resync) { await changes.MoveNextAsync(); }
    }

    [Fact]
    public async Task A_node_renews_its_lease_goes_on_alone_without_a_store_and_finds_it_again()
    {
        LeaseTerms terms = new() { Renewal = 100, Retry = 50 };
        await using Membership node = await Membership.JoinAsync(_store, Node(), () => new NodeReport(3, 10, IsDraining: false), _log, default, terms);
        await UntilAsync(() => Task.FromResult(node.Nodes[0].Sessions == 3));
        Assert.True(node.MaySend);
        DateTimeOffset renewed = node.Nodes[0].Lease.RenewedAt;
        _server.Stop();
        Assert.True(node.MaySend);
        _server.Start();

        await UntilAsync(() => Task.FromResult(node.Nodes[0].Lease.RenewedAt > renewed.AddSeconds(1)));
        Assert.True(node.MaySend);
    }

    [Fact]
    public async Task A_second_node_of_the_same_name_is_refused_and_one_that_was_superseded_is_told()
    {
        LeaseTerms terms = new() { Renewal = 100, Retry = 50, Term = 1000 };
        await using Membership first = await Membership.JoinAsync(_store, Node(), () => default, _log, default);
        TaskCompletionSource superseded = new();
        first.Superseded = superseded.SetResult;

        StartRefusedException refused = await Assert.ThrowsAsync<StartRefusedException>(
            () => Membership.JoinAsync(_store, Node("disk 2"), () => default, _log, default, terms));
        Assert.Equal("node a is another broker's name (192.0.2.1), which is alive: give each node its own by --node", refused.Message);

        await using Membership second = await Membership.JoinAsync(_store, Node(), () => default, _log, default);
        await superseded.Task.WaitAsync(Limit);
        Assert.False(first.MaySend);
        Assert.True(second.MaySend);
    }

    [Fact]
    public async Task An_idle_node_with_a_hundred_sessions_asks_the_store_less_than_once_per_session_and_minute()
    {
        for (int i = 0; i < 100; i++) { await _store.CreateSessionAsync(Session(), default); }
        LeaseTerms terms = new() { Renewal = 100 }; // Twenty times as often as usual: six seconds are two minutes.
        await using Membership node = await Membership.JoinAsync(_store, Node(), () => default, _log, default, terms);
        _server.Sql("CREATE EXTENSION pg_stat_statements; SELECT pg_stat_statements_reset()");
        DateTimeOffset began = node.Nodes[0].Lease.RenewedAt;
        await UntilAsync(() => Task.FromResult(node.Nodes[0].Lease.RenewedAt > began.AddSeconds(3)));

        // By the statements of one renewal, whatever the machine did meanwhile: thirty renewals are a minute.
        double calls = double.Parse(_server.Sql("SELECT sum(calls) FROM pg_stat_statements WHERE query ~* 'node|clock_timestamp|^BEGIN|^COMMIT' AND query !~ 'pg_stat'"), System.Globalization.CultureInfo.InvariantCulture);
        double renewals = double.Parse(_server.Sql("SELECT calls FROM pg_stat_statements WHERE query ILIKE 'UPDATE node SET renewed_ms%'"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(calls / renewals * 30 / 100, 0.01, 2.2);
        Assert.InRange(calls / renewals, 1, 7);
    }
}
