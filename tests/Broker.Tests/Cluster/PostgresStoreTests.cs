using MoshBroker.Cluster;
using MoshBroker.Configuration;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Cluster;

/// <summary>The contract, on Debian's PostgreSQL; and what only a server can do: keep people out, be newer, unsafe, read-only, or be another program's.</summary>
public sealed class PostgresStoreTests : SessionStoreContract
{
    private static readonly PostgresServer Server = PostgresServer.Shared;

    private readonly TemporaryDirectory _folder = new();
    private readonly string _at = Server.NewSchema();

    private string Schema => _at[(_at.LastIndexOf('=') + 1)..];

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override async Task<IClusterStore> OpenAsync(StoreRetention retention) => await OpenAsync(_at, retention);

    private async Task<PostgresStore> OpenAsync(string at, StoreRetention? retention = null, string? keys = null)
    {
        using MasterKeys master = MasterKeys.Load(keys ?? _folder.Path, path: null);
        return await PostgresStore.OpenAsync(new StoreAddress.Postgres(at), "a", master, Clock, retention);
    }

    private async Task<string> RefusalAsync(string? at = null, string? keys = null) =>
        (await Assert.ThrowsAsync<StartRefusedException>(async () => await (await OpenAsync(at ?? _at, keys: keys)).DisposeAsync())).Message;

    private protected override async Task UntilListeningAsync(IAsyncEnumerator<StoreChange> changes)
    {
        Assert.True(await changes.MoveNextAsync());
        Assert.IsType<StoreChange.Resync>(changes.Current);
    }

    [Fact]
    public async Task A_newer_store_that_says_it_works_with_this_broker_is_used_and_left_as_it_is()
    {
        Server.Sql($"UPDATE cluster SET version = {PostgresSchema.Latest + 1}, works_from = {PostgresSchema.Latest}", Schema);
        await ReopenAsync();

        Assert.NotNull(await CreateAsync());
        Assert.Equal($"{PostgresSchema.Latest + 1}", Server.Sql("SELECT version FROM cluster", Schema));
    }

    [Fact]
    public async Task A_store_of_a_newer_broker_is_refused_with_both_versions()
    {
        Server.Sql("UPDATE cluster SET version = 99, works_from = 98", Schema);

        Assert.Matches(
            $"^store postgres:///postgres\\?host=.*&user=postgres has schema version 99, which works with brokers that know version 98, and this one knows {PostgresSchema.Latest}: start a newer broker, or name another store by --store$",
            await RefusalAsync());
    }

    [Fact]
    public async Task Another_programs_tables_are_left_alone()
    {
        string at = Server.NewSchema();
        string schema = at[(at.LastIndexOf('=') + 1)..];
        Server.Sql("CREATE TABLE session (theirs text)", schema);

        Assert.Contains(" has another program's tables in it: ", await RefusalAsync(at), StringComparison.Ordinal);
        Assert.Equal("session", Server.Sql($"SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = '{schema}'"));
    }

    [Fact]
    public async Task A_user_without_rights_is_refused_and_nothing_is_half_done()
    {
        string fresh = Server.NewSchema();
        Server.Sql($"CREATE ROLE {Schema}_poor LOGIN; GRANT USAGE ON SCHEMA {Schema} TO {Schema}_poor");
        string poor = fresh.Replace("Username=postgres", $"Username={Schema}_poor", StringComparison.Ordinal);

        Assert.Contains(": let its user ", await RefusalAsync(poor), StringComparison.Ordinal);
        Assert.Equal("0", Server.Sql($"SELECT count(*) FROM pg_tables WHERE schemaname = '{fresh[(fresh.LastIndexOf('=') + 1)..]}'"));
        Assert.Contains("permission denied for table cluster: let its user own ", await RefusalAsync(_at.Replace("Username=postgres", $"Username={Schema}_poor", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_no_password_is_shown()
    {
        Server.Sql("DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'locked') THEN CREATE ROLE locked LOGIN PASSWORD 'right'; END IF; END $$");
        string refusal = await RefusalAsync($"{_at.Replace("Username=postgres", "Username=locked", StringComparison.Ordinal)};Password=hunter2");

        Assert.Matches("^store postgres:///postgres\\?host=.*&user=locked does not let the broker in \\(.*\\): check its user, and its password in PGPASSFILE$", refusal);
        Assert.DoesNotContain("hunter2", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_in_one_line()
    {
        string refusal = await RefusalAsync($"Host={_folder.Path};Username=postgres;Password=hunter2");

        Assert.Matches("^store postgres:///postgres\\?host=.*&user=postgres is not reached \\(.*\\): see whether it runs, and is reached from here$", refusal);
        Assert.DoesNotContain("hunter2", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    [Fact]
    public async Task Commits_that_a_crash_would_take_back_are_refused()
    {
        Assert.Contains(" has synchronous_commit = off, ", await RefusalAsync($"{_at};Options=-c synchronous_commit=off"), StringComparison.Ordinal);
        Assert.Contains(" is read-only, ", await RefusalAsync($"{_at};Options=-c default_transaction_read_only=on"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_master_key_is_refused_and_so_is_a_missing_one()
    {
        using TemporaryDirectory elsewhere = new();
        Assert.Matches("^store .* was sealed under another master key than this node's version 1: give this node the cluster's master keys, by MOSHBROKER_MASTER_KEY_FILE$", await RefusalAsync(keys: elsewhere.Path));

        MasterKeys.Make(_folder.Path, path: null, isNext: false);
        await ReopenAsync();
        File.Delete(Path.Combine(_folder.Path, "master.key.2"));
        Assert.Contains(" has secrets sealed under master key version 2, which this node does not have: ", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_all_is_sealed_anew_a_node_without_the_old_master_key_may_join()
    {
        await Store.CreateSessionAsync(Session(), default);
        MasterKeys.Make(_folder.Path, path: null, isNext: false);
        await ReopenAsync();
        using (KeySealer sealer = new(MasterKeys.Load(_folder.Path, path: null)))
        {
            // What the contract's sessions hold was never sealed: it does not open, and so the old key has to stay.
            Assert.Equal((0, 1), await Store.ResealAsync(sealer, default));
            SessionRow row = Assert.Single(await Store.ListAsync(includeEnded: false, default));
            await Store.EndSessionAsync(row.Id, row.Epoch, SessionEndReason.UserExit, default);
            Assert.Equal((0, 0), await Store.ResealAsync(sealer, default));
        }

        File.Delete(Path.Combine(_folder.Path, MasterKey.FileName));
        await ReopenAsync();
        Assert.Equal("2", Server.Sql("SELECT string_agg(version::text, ' ') FROM master_key", Schema));
    }

    [Fact]
    public async Task Two_nodes_that_open_an_empty_store_at_once_make_it_once()
    {
        string at = Server.NewSchema();
        PostgresStore[] stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync(at)));

        Assert.Equal(4, stores.Length);
        foreach (PostgresStore store in stores) { await store.DisposeAsync(); }
    }

    [Fact]
    public async Task Without_a_clock_of_its_own_the_stores_time_is_the_servers()
    {
        using MasterKeys master = MasterKeys.Load(_folder.Path, path: null);
        await using PostgresStore store = await PostgresStore.OpenAsync(new StoreAddress.Postgres(_at), "b", master);
        LeaseGrant grant = await store.RegisterAsync(Node("b"), default);

        double server = double.Parse(Server.Sql("SELECT extract(epoch FROM clock_timestamp())"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(server - (grant.StoreTime.ToUnixTimeMilliseconds() / 1000.0), 0, 60);
        Assert.Equal(Epoch.At(grant.StoreTime), grant.Incarnation.Number);
    }

    [Fact]
    public async Task Each_node_has_an_audit_chain_of_its_own_and_a_question_goes_to_all()
    {
        using MasterKeys master = MasterKeys.Load(_folder.Path, path: null);
        await using PostgresStore other = await PostgresStore.OpenAsync(new StoreAddress.Postgres(_at), "b", master, Clock);
        await Store.AppendAuditAsync([Event(1, "acme", Noon)], default);
        await other.AppendAuditAsync([Event(1, "acme", Noon.AddSeconds(1)), Event(2, "acme", Noon.AddSeconds(2))], default);

        Assert.Equal((1, 2), ((await Store.AuditHeadAsync(default)).Number, (await other.AuditHeadAsync(default)).Number));
        Assert.Equal(3, (await Store.QueryAuditAsync(new MoshBroker.Audit.AuditFilter(null, null, null, null, null, null, 10), default)).Count);
    }

    [Fact]
    public async Task A_stand_in_for_the_store_of_ten_minutes_ago_repeats_no_epoch()
    {
        SessionGrant grant = await CreateAsync();
        string dump = Server.RunProgram("pg_dump", "-n", Schema, "--no-owner");
        Clock.Now += TimeSpan.FromMinutes(10);
        EpochDraw last = await Store.DrawEpochAsync(grant.SessionId, 1, grant.Epoch, default);
        await Store.DisposeAsync();
        string file = Path.Combine(_folder.Path, "dump.sql");
        await File.WriteAllTextAsync(file, dump);
        Server.Sql($"DROP SCHEMA {Schema} CASCADE");
        Server.RunProgram("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file);
        Clock.Now += TimeSpan.FromSeconds(1); // The calendar counts seconds; a restore takes longer.
        await ReopenAsync();

        SessionRow row = Assert.Single(await Store.ClaimLeftoversAsync(A, default));
        Assert.True(row.Epoch > last.Epoch, $"{row.Epoch} after {last.Epoch}");
        Assert.True((await CreateAsync()).Epoch > last.Epoch);
    }
}
