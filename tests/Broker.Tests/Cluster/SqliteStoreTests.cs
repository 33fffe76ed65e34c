using Microsoft.Data.Sqlite;
using MoshBroker.Cluster;
using MoshBroker.Configuration;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Cluster;

/// <summary>The contract, and what only a file can do: be locked, newer, foreign, damaged, read-only or on a full disk.</summary>
public sealed class SqliteStoreTests : SessionStoreContract
{
    private readonly TemporaryDirectory _folder = new();

    private string File => Path.Combine(_folder.Path, "sessions.db");

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override Task<IClusterStore> OpenAsync(StoreRetention retention) =>
        Task.FromResult<IClusterStore>(SqliteStore.Open(File, Clock, retention));

    private StartRefusedException Refused(string? file = null) => Assert.Throws<StartRefusedException>(() => SqliteStore.Open(file ?? File, Clock));

    private void Sql(string statement)
    {
        using SqliteConnection connection = new($"Data Source={File};Pooling=false");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are this file's own.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    [Fact]
    public async Task The_files_are_for_their_owner_only()
    {
        await CreateAsync();

        string[] files = Directory.GetFiles(_folder.Path);
        Assert.Contains(files, file => file.EndsWith("-wal", StringComparison.Ordinal));
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file)));
    }

    [Fact]
    public void A_second_broker_on_the_same_store_is_refused_in_one_line()
    {
        StartRefusedException refused = Refused();

        Assert.Equal(
            $"store {File} is in use by another broker (process {Environment.ProcessId}): stop that one, or name another file by --store",
            refused.Message);
    }

    [Fact]
    public async Task A_store_of_a_newer_broker_is_refused_with_both_versions()
    {
        await Store.DisposeAsync();
        Sql("PRAGMA user_version = 99");

        Assert.Equal(
            $"store {File} has schema version 99, and this broker knows versions up to {SqliteSchema.Latest}: start the newer broker, or name another file by --store",
            Refused().Message);
    }

    [Fact]
    public async Task Another_programs_file_is_refused()
    {
        await Store.DisposeAsync();
        Sql("PRAGMA application_id = 7");

        Assert.Equal($"store {File} is another program's SQLite file: name a different file by --store", Refused().Message);
    }

    [Fact]
    public async Task A_refused_store_can_be_opened_once_its_fault_is_cured()
    {
        await Store.DisposeAsync();
        Sql("PRAGMA user_version = 99");
        Refused();
        Sql($"PRAGMA user_version = {SqliteSchema.Latest}");

        await using SqliteStore store = SqliteStore.Open(File, Clock);
        Assert.Empty(await store.ListAsync(includeEnded: true, default));
    }

    [Fact]
    public void A_file_of_something_else_is_refused()
    {
        string text = Path.Combine(_folder.Path, "notes.txt");
        System.IO.File.WriteAllText(text, string.Concat(Enumerable.Repeat("not a database\n", 500)));

        Assert.Equal($"store {text} is not a SQLite file: move it away, or name another by --store", Refused(text).Message);
    }

    [Fact]
    public async Task A_damaged_file_is_refused()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => CreateAsync()));
        await Store.DisposeAsync();
        byte[] bytes = await System.IO.File.ReadAllBytesAsync(File);
        for (int i = 4096; i < bytes.Length; i += 64) { bytes[i] ^= 0x5a; }
        await System.IO.File.WriteAllBytesAsync(File, bytes);

        Assert.StartsWith($"store {File} is damaged: restore it", Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        string file = Path.Combine(_folder.Path, "missing", "sessions.db");

        Assert.StartsWith($"store {file}: Could not find", Refused(file).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_fails_the_write_with_its_cure_and_the_store_goes_on_when_there_is_space()
    {
        SessionGrant grant = await CreateAsync();
        SqliteConnection writing = new($"Data Source={Path.Combine(_folder.Path, "small.db")};Pooling=false");
        await writing.OpenAsync();
        using SqliteCommand command = writing.CreateCommand();
        command.CommandText = "CREATE TABLE t (b BLOB); PRAGMA max_page_count = 4";
        await command.ExecuteNonQueryAsync();
        using SqliteWriter writer = new(writing, "small.db");
        Task<int> Insert(int bytes) => writer.WriteAsync(
            connection =>
            {
                using SqliteCommand insert = connection.CreateCommand();
                insert.CommandText = "INSERT INTO t VALUES (zeroblob($bytes))";
                insert.Parameters.AddWithValue("$bytes", bytes);
                return insert.ExecuteNonQuery();
            },
            default);

        StoreUnavailableException full = await Assert.ThrowsAsync<StoreUnavailableException>(() => Insert(100_000));
        Assert.Equal("store small.db: the disk is full: free some space there", full.Message);
        Assert.Equal(1, await Insert(10));
        Assert.NotNull(grant);
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        await Store.DisposeAsync();

        StoreUnavailableException closed = await Assert.ThrowsAsync<StoreUnavailableException>(() => CreateAsync());
        Assert.Equal($"store {File} is closed", closed.Message);
    }

    [Fact]
    public async Task What_was_queued_before_the_store_was_closed_is_committed()
    {
        Task<SessionGrant>[] writes = [.. Enumerable.Range(0, 50).Select(_ => CreateAsync())];
        await ReopenAsync();

        Assert.All(writes, write => Assert.True(write.IsCompletedSuccessfully));
        Assert.Equal(50, (await Store.ListAsync(includeEnded: false, default)).Count);
    }

    [Fact]
    public async Task A_forgotten_key_leaves_no_trace_in_the_file()
    {
        byte[] secret = "a sealed key that must vanish"u8.ToArray();
        SessionGrant grant = await Store.CreateSessionAsync(new NewSession(1, "a", "sh", new NewChannel(60001, _ => secret)), default);
        await ReopenAsync();
        Assert.True((await System.IO.File.ReadAllBytesAsync(File)).AsSpan().IndexOf(secret) >= 0);
        await Store.EndSessionAsync(grant.SessionId, grant.Epoch, SessionEndReason.UserExit, default);
        await ReopenAsync();

        Assert.True((await System.IO.File.ReadAllBytesAsync(File)).AsSpan().IndexOf(secret) < 0);
    }

    [Fact]
    public async Task A_file_that_was_removed_is_noticed_though_SQLite_writes_on()
    {
        SqliteStore store = (SqliteStore)Store;
        System.IO.File.Delete(File);
        await CreateAsync();
        Assert.False(store.Health.IsLost);

        StoreUnavailableException lost = await Assert.ThrowsAsync<StoreUnavailableException>(store.ProbeAsync);
        Assert.Equal($"store {File} was removed: restart the broker, which makes a new one, or restore it from a backup", lost.Message);
        Assert.True(store.Health.IsLost);
    }
}
