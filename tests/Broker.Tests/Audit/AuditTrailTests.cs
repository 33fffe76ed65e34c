using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using MoshBroker.Audit;
using MoshBroker.Cluster;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Audit;

public sealed class AuditTrailTests : IDisposable
{
    private static readonly AuditFilter Everything = new(null, null, null, null, null, null, 1000);

    private readonly TemporaryDirectory _data = new();
    private readonly SettableClock _clock = new(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));

    private string Folder => Path.Combine(_data.Path, "audit");

    private string StoreFile => Path.Combine(_data.Path, "sessions.db");

    public void Dispose() => _data.Dispose();

    private Task<AuditTrail> OpenAsync(SqliteStore store) =>
        AuditTrail.OpenAsync(Folder, store, new AuditLog(NullLogger<AuditTrail>.Instance), _clock, CancellationToken.None);

    /// <summary>A trail's life: opened, told, closed.</summary>
    private async Task TellAsync(params AuditEvent[] events)
    {
        await using SqliteStore store = SqliteStore.Open(StoreFile, _clock);
        await using AuditTrail trail = await OpenAsync(store);
        foreach (AuditEvent happened in events) { trail.Write(happened); }
    }

    private async Task<IReadOnlyList<string>> AskAsync(AuditFilter filter)
    {
        await using SqliteStore store = SqliteStore.Open(StoreFile, _clock);
        return await store.QueryAuditAsync(filter, CancellationToken.None);
    }

    private AuditCheck Check() => AuditCheck.Of(AuditFolder.Files(Folder));

    [Fact]
    public async Task An_event_is_one_line_with_OpenTelemetrys_names()
    {
        await TellAsync(new AuditEvent(AuditEventName.Deny)
        {
            Tenant = "acme",
            User = "ann",
            Session = "1a2b3c4d",
            ClientAddress = "192.0.2.7",
            Target = "db-1",
            Reason = "network",
            More = AuditEvent.Attribute("moshbroker.key", "SHA256:abc"),
        });

        string line = Assert.Single(File.ReadAllLines(Path.Combine(Folder, "audit-2026-07-01.jsonl")));
        Assert.Equal(
            """{"number":1,"timestamp":"2026-07-01T12:00:00.000Z","event.name":"deny","moshbroker.tenant":"acme","user.name":"ann","session.id":"1a2b3c4d","client.address":"192.0.2.7","moshbroker.target":"db-1","moshbroker.reason":"network","moshbroker.key":"SHA256:abc","previous":"0000000000000000000000000000000000000000000000000000000000000000"}""",
            line);
        Assert.Equal(line, Assert.Single(await AskAsync(Everything)));
    }

    [Fact]
    public async Task The_chain_goes_on_over_days_and_restarts()
    {
        await TellAsync(new AuditEvent(AuditEventName.BrokerStart), new AuditEvent(AuditEventName.BrokerStop));
        _clock.Now += TimeSpan.FromDays(1);
        await TellAsync(new AuditEvent(AuditEventName.BrokerStart));

        AuditCheck check = Check();
        Assert.Equal(2, AuditFolder.Files(Folder).Count);
        Assert.Equal((3, null, 3), (check.Lines, check.Fault, check.Last!.Number));
    }

    [Theory]
    [InlineData("change")]
    [InlineData("remove")]
    [InlineData("insert")]
    [InlineData("swap")]
    public async Task Whoever_meddles_with_a_line_breaks_the_chain_there(string how)
    {
        await TellAsync([.. Enumerable.Range(0, 5).Select(i => new AuditEvent(AuditEventName.Login) { User = $"user-{i}" })]);
        string file = Assert.Single(AuditFolder.Files(Folder));
        List<string> lines = [.. File.ReadAllLines(file)];
        switch (how)
        {
            case "change": lines[2] = lines[2].Replace("user-2", "user-9", StringComparison.Ordinal); break;
            case "remove": lines.RemoveAt(2); break;
            case "insert": lines.Insert(2, lines[2]); break;
            case "swap": (lines[1], lines[2]) = (lines[2], lines[1]); break;
        }

        File.WriteAllLines(file, lines);
        Assert.Matches(@"audit-2026-07-01\.jsonl, line [234]: ", Check().Fault);
    }

    [Fact]
    public async Task A_line_that_a_crash_left_half_written_is_cut_off_and_the_chain_goes_on()
    {
        await TellAsync(new AuditEvent(AuditEventName.BrokerStart));
        string file = Assert.Single(AuditFolder.Files(Folder));
        File.AppendAllText(file, """{"number":2,"timest""");
        await TellAsync(new AuditEvent(AuditEventName.BrokerStop));

        Assert.Equal((2, null), (Check().Lines, Check().Fault));
    }

    [Fact]
    public async Task What_the_file_has_and_the_store_lacks_is_brought_into_the_store_at_start()
    {
        await TellAsync(new AuditEvent(AuditEventName.BrokerStart));
        string file = Assert.Single(AuditFolder.Files(Folder));
        AuditRecord first = AuditLine.Read(Encoding.UTF8.GetBytes(File.ReadAllLines(file)[0]))!.Value.Record;
        AuditRecord second = AuditLine.Write(2, _clock.Now, new AuditEvent(AuditEventName.Login) { User = "ann" }, first.Hash);
        File.AppendAllText(file, Encoding.UTF8.GetString(second.Line) + "\n");

        await TellAsync(new AuditEvent(AuditEventName.BrokerStop));

        Assert.Equal(["broker.start", "login", "broker.stop"], (await AskAsync(Everything)).Select(Name));
        Assert.Null(Check().Fault);
    }

    [Fact]
    public async Task Files_that_were_moved_away_make_no_number_come_twice()
    {
        await TellAsync(new AuditEvent(AuditEventName.BrokerStart), new AuditEvent(AuditEventName.BrokerStop));
        Directory.Delete(Folder, recursive: true);
        await TellAsync(new AuditEvent(AuditEventName.BrokerStart));

        Assert.Equal(3, Check().Last!.Number);
    }

    [Fact]
    public async Task Questions_are_answered_by_time_event_tenant_user_and_session()
    {
        await TellAsync(
            new AuditEvent(AuditEventName.Login) { Tenant = "acme", User = "ann" },
            new AuditEvent(AuditEventName.SessionStart) { Tenant = "acme", User = "bob", Session = "0000000a" });
        _clock.Now += TimeSpan.FromHours(1);
        await TellAsync(new AuditEvent(AuditEventName.Login) { Tenant = "globex", User = "ann" });

        Assert.Single(await AskAsync(Everything with { Since = _clock.Now }));
        Assert.Equal(2, (await AskAsync(Everything with { Until = _clock.Now })).Count);
        Assert.Equal(2, (await AskAsync(Everything with { Name = "login" })).Count);
        Assert.Equal(2, (await AskAsync(Everything with { Tenant = "acme" })).Count);
        Assert.Single(await AskAsync(Everything with { User = "bob" }));
        Assert.Single(await AskAsync(Everything with { Session = "0000000a" }));
        Assert.Equal(["session.start", "login"], (await AskAsync(Everything with { Limit = 2 })).Select(Name));
    }

    [Fact]
    public async Task Each_tenants_events_are_kept_as_long_as_it_wants()
    {
        await TellAsync(
            new AuditEvent(AuditEventName.Login) { Tenant = "short" },
            new AuditEvent(AuditEventName.Login) { Tenant = "long" },
            new AuditEvent(AuditEventName.BrokerStop));
        _clock.Now += TimeSpan.FromDays(40);
        await using (SqliteStore store = SqliteStore.Open(StoreFile, _clock))
        {
            await using AuditTrail trail = await OpenAsync(store);
            trail.Retention = new AuditRetention(
                TimeSpan.FromDays(30), new Dictionary<string, TimeSpan>(StringComparer.Ordinal) { ["short"] = TimeSpan.FromDays(7), ["long"] = TimeSpan.FromDays(90) });
            trail.Write(new AuditEvent(AuditEventName.BrokerStart));
        }

        Assert.Equal(["login", "broker.start"], (await AskAsync(Everything)).Select(Name));
        Assert.Single(await AskAsync(Everything with { Tenant = "long" }));
        Assert.Equal(2, AuditFolder.Files(Folder).Count); // The file of 40 days ago has a line of the tenant that keeps 90.
    }

    [Fact]
    public async Task Hostile_names_stay_inside_their_line()
    {
        string hostile = "x\"}\n{\"number\":9,\u001b[2J\u202e" + new string('a', 100_000) + "\ud800";
        await TellAsync(new AuditEvent(AuditEventName.Deny) { User = hostile, Target = hostile });

        string line = Assert.Single(File.ReadAllLines(Assert.Single(AuditFolder.Files(Folder))));
        Assert.InRange(line.Length, 1, 4096);
        Assert.DoesNotContain('\u001b', line);
        Assert.DoesNotContain('\u202e', line);
        using JsonDocument json = JsonDocument.Parse(line);
        Assert.StartsWith("x\"}\n{", json.RootElement.GetProperty("user.name").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_and_folder_are_for_their_owner_only()
    {
        await TellAsync(new AuditEvent(AuditEventName.BrokerStart));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(AuditFolder.Files(Folder))));
    }

    [Fact]
    public async Task Events_that_come_faster_than_they_can_be_written_are_counted_in_an_event()
    {
        await using (SqliteStore store = SqliteStore.Open(StoreFile, _clock))
        {
            await using AuditTrail trail = await OpenAsync(store);
            for (int i = 0; i < AuditTrail.MaxWaiting * 4; i++) { trail.Write(new AuditEvent(AuditEventName.Login)); }
        }

        IReadOnlyList<string> kept = await AskAsync(Everything with { Limit = int.MaxValue });
        long leftOut = kept.Where(line => Name(line) == "audit.gap").Sum(line => long.Parse(JsonDocument.Parse(line).RootElement.GetProperty("moshbroker.count").GetString()!));
        Assert.Equal(AuditTrail.MaxWaiting * 4, kept.Count(line => Name(line) == "login") + leftOut);
    }

    private static string Name(string line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("event.name").GetString()!;
    }
}
