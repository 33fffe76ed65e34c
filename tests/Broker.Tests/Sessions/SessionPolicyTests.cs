using MoshBroker.Audit;
using MoshBroker.Backends;
using MoshBroker.Broker.Tests.Backends;
using MoshBroker.Broker.Tests.Tenants;
using MoshBroker.Cluster;
using MoshBroker.Configuration;
using MoshBroker.FrontDoor;
using MoshBroker.Sessions;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A hub whose policy changes under live sessions.</summary>
public sealed class SessionPolicyTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private readonly LogLines<SessionHub> _log = new();
    private readonly EventList _audit = new();
    private readonly List<TestPty> _terminals = [];
    private readonly BrokerMetrics _metrics = new();
    private KeySealer _sealer = null!;
    private SqliteStore _store = null!;
    private SessionHub _hub = null!;
    private Policy _policy = Policies.Read(Policies.Small);

    public Task InitializeAsync()
    {
        _sealer = new KeySealer(MasterKey.Load(_folder.Path, path: null));
        _store = SqliteStore.Open($"{_folder.Path}/sessions.db", TimeProvider.System);
        HubSettings settings = new("node", null, [new PortSource.Range(20_000, 29_999)], 1, new Capacity(100, "test", "none")) { Policy = () => _policy };
        _hub = new SessionHub(settings, _store, _sealer, new SessionLog(_log), _audit, _metrics, TimeProvider.System);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _hub.DisposeAsync();
        _metrics.Dispose();
        await _store.DisposeAsync();
        _sealer.Dispose();
        foreach (TestPty terminal in _terminals) { terminal.Dispose(); }
        _folder.Dispose();
    }

    [Fact]
    public async Task Fifty_sessions_go_on_through_a_change_of_policy()
    {
        for (int i = 0; i < 50; i++) { Assert.IsType<OpenAnswer.Accepted>(await OpenAsync(Admit())); }

        Change(Policies.Small + "    limits: { idle: 1h }\n    sessions: 3\n");

        Assert.IsType<OpenAnswer.Refused>(await OpenAsync(Admit()));
        Assert.Equal(50, _hub.Count);
        Assert.DoesNotContain(_audit.Names, name => name == AuditEventName.SessionEnd);
    }

    [Theory]
    [InlineData("", AuditEventName.SessionEnd)]
    [InlineData("    on_revocation: end\n", AuditEventName.SessionEnd)]
    [InlineData("    on_revocation: lock\n", AuditEventName.Lock)]
    public async Task A_key_that_is_taken_away_ends_or_locks_its_sessions_within_five_seconds(string rule, string expected)
    {
        await OpenAsync(Admit());
        long began = Environment.TickCount64;

        Change((Policies.Small + rule).Replace(Policies.AnnsKey, Policies.BobsKey, StringComparison.Ordinal));

        await Eventually(() => _audit.Names.Contains(expected));
        Assert.InRange(Environment.TickCount64 - began, 0, 5000);
        if (expected == AuditEventName.SessionEnd) { await Eventually(() => _hub.Count == 0); }
        else { Assert.Equal(1, _hub.Count); }
    }

    [Fact]
    public async Task Quotas_are_asked_when_the_session_is_made_and_places_are_given_back()
    {
        _policy = Policies.Read(Policies.Small + "    sessions_per_user: 2\n");
        OpenAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync(Admit())));

        Assert.Equal(2, answers.OfType<OpenAnswer.Accepted>().Count());
        Assert.All(answers.OfType<OpenAnswer.Refused>(), refused => Assert.Equal("you have 2 sessions, as many as you may: end one first", refused.Message));
        Assert.Contains(AuditEventName.Deny, _audit.Names);

        _hub.Close(answers.OfType<OpenAnswer.Accepted>().First().Session, "test");
        await Eventually(() => _hub.CountOf("acme", "ann").OfUser == 1);
        Assert.IsType<OpenAnswer.Accepted>(await OpenAsync(Admit()));
    }

    [Fact]
    public async Task Accounts_of_the_machine_are_held_to_the_drop_ins_rules()
    {
        _policy = Policies.Read(Policies.Small + "drop_in: { sessions_per_user: 1, ports: [23000:23100] }\n");
        OpenAnswer.Accepted accepted = Assert.IsType<OpenAnswer.Accepted>(await OpenAsync(null));
        Assert.InRange(accepted.Port, 23_000, 23_100);
        Assert.Equal("you have 1 session, as many as you may: end one first", Assert.IsType<OpenAnswer.Refused>(await OpenAsync(null)).Message);

        Change(Policies.Small + "drop_in: { allow: false }\n");

        await Eventually(() => _hub.Count == 0);
        Assert.Equal("this broker takes sessions by its front door only", Assert.IsType<OpenAnswer.Refused>(await OpenAsync(null)).Message);
    }

    private static async Task Eventually(Func<bool> condition)
    {
        DateTime limit = DateTime.UtcNow.AddSeconds(30);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < limit, "not in 30 s");
            await Task.Delay(20);
        }
    }

    private void Change(string text)
    {
        _policy = Policies.Read(text);
        _hub.ApplyPolicy();
    }

    private Admission Admit()
    {
        Decision decision = Policy.Decide(
            _policy.User("acme", "ann"), new Credential.Key(Policies.AnnsFingerprint), System.Net.IPAddress.Parse("10.1.2.3"), "web-1", DateTimeOffset.UtcNow, default);
        return decision.Admission!;
    }

    private Task<OpenAnswer> OpenAsync(Admission? admission)
    {
        TestPty pty = new();
        lock (_terminals) { _terminals.Add(pty); }
        return _hub.OpenAsync(
            new OpenRequest { Uid = 0, Backend = new HandedPty(pty.Master, pty.Release), Bind = System.Net.IPAddress.Loopback, Command = "bash", Admission = admission }, CancellationToken.None);
    }

    private sealed class EventList : IAuditTrail
    {
        private readonly List<string> _names = [];

        public IReadOnlyList<string> Names
        {
            get { lock (_names) { return [.. _names]; } }
        }

        public void Write(AuditEvent happened)
        {
            lock (_names) { _names.Add(happened.Name); }
        }
    }
}
