using System.Reflection;
using MoshBroker.Audit;
using MoshBroker.Backends;
using MoshBroker.Broker.Tests.Backends;
using MoshBroker.Cluster;
using MoshBroker.Configuration;
using MoshBroker.FrontDoor;
using MoshBroker.Sessions;
using MoshBroker.Telemetry;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>The hub with real loops, a real store and real terminals.</summary>
public sealed class SessionHubTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly BrokerMetrics _metrics = new();
    private readonly KeySealer _sealer;
    private readonly LogLines<SessionHub> _log = new();

    public SessionHubTests() => _sealer = new KeySealer(MasterKey.Load(_folder.Path, path: null));

    private string StoreFile => Path.Combine(_folder.Path, "sessions.db");

    public void Dispose()
    {
        _metrics.Dispose();
        _sealer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_session_that_drew_a_new_epoch_ends_in_the_store_under_that_one()
    {
        ISessionStore store = DispatchProxy.Create<ISessionStore, RecordingStore>();
        await using SessionHub hub = Hub(store, new Capacity(10, "test", "none"));
        using StagedSession session = StagedSession.Started();
        session.Actor.Tell(new SessionMessage.EpochDrawn(1, 77));
        session.Host.Loop.Run();
        hub.OnEnded(session.Actor, SessionEndReason.UserExit);
        Assert.Contains("EndSessionAsync session-60001 77 UserExit", ((RecordingStore)(object)store).Calls);
    }

    [Fact]
    public async Task A_stop_ends_every_session_in_the_store_and_gives_its_terminal_up()
    {
        using TestPty pty = new();
        await using (SqliteStore store = SqliteStore.Open(StoreFile, TimeProvider.System))
        {
            string id;
            await using (SessionHub hub = Hub(store, new Capacity(10, "test", "none")))
            {
                id = Assert.IsType<OpenAnswer.Accepted>(await hub.OpenAsync(Request(pty), CancellationToken.None)).Session;
                Assert.Equal(1, hub.Count);
            }

            Assert.Equal(SessionEndReason.Shutdown, (await store.FindAsync(id, CancellationToken.None))?.EndReason);
        }

        Assert.True(pty.Master.IsClosed && pty.Release.IsClosed);
    }

    [Fact]
    public async Task Beyond_its_capacity_the_hub_names_the_limit_and_the_cure_and_closes_what_came()
    {
        using TestPty pty = new();
        await using SqliteStore store = SqliteStore.Open(StoreFile, TimeProvider.System);
        await using SessionHub hub = Hub(store, new Capacity(0, "7 spoons (ulimit -s)", "buy some"));
        OpenAnswer.Refused refused = Assert.IsType<OpenAnswer.Refused>(await hub.OpenAsync(Request(pty), CancellationToken.None));
        Assert.Contains("7 spoons (ulimit -s)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("buy some", refused.Message, StringComparison.Ordinal);
        Assert.True(pty.Master.IsClosed && pty.Release.IsClosed);
        Assert.Empty(await store.ListAsync(includeEnded: true, CancellationToken.None));
    }

    [Fact]
    public async Task A_drained_hub_begins_no_session_keeps_what_it_has_and_says_so()
    {
        using TestPty first = new();
        using TestPty second = new();
        await using SqliteStore store = SqliteStore.Open(StoreFile, TimeProvider.System);
        await using SessionHub hub = Hub(store, new Capacity(10, "test", "none"));
        Assert.IsType<OpenAnswer.Accepted>(await hub.OpenAsync(Request(first), CancellationToken.None));
        Assert.False(hub.IsDraining);
        Assert.Equal((1, 1), (hub.Drain(), hub.Drain()));
        OpenAnswer.Refused refused = Assert.IsType<OpenAnswer.Refused>(await hub.OpenAsync(Request(second), CancellationToken.None));
        Assert.Contains("takes no new session", refused.Message, StringComparison.Ordinal);
        Assert.Equal((1, true, false), (hub.Count, hub.IsDraining, first.Master.IsClosed));
        Assert.Single(_log.Lines, line => line.Contains("the broker is drained", StringComparison.Ordinal));
    }

    [Fact]
    public void A_capacity_that_was_given_binds_when_it_is_the_smaller_one()
    {
        Capacity planned = new(300, "7 spoons (ulimit -s)", "buy some");
        Assert.Equal(planned, planned.AtMost(null));
        Assert.Equal(planned, planned.AtMost(300));
        Assert.Equal(new Capacity(299, "299 places (--capacity)", "give a larger --capacity"), planned.AtMost(299));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_refuses_the_session_and_closes_what_came()
    {
        using TestPty pty = new();
        ISessionStore store = DispatchProxy.Create<ISessionStore, RecordingStore>();
        ((RecordingStore)(object)store).Failure = new StoreUnavailableException("the store is on holiday", new IOException());
        await using SessionHub hub = Hub(store, new Capacity(10, "test", "none"));
        OpenAnswer.Refused refused = Assert.IsType<OpenAnswer.Refused>(await hub.OpenAsync(Request(pty), CancellationToken.None));
        Assert.Contains("on holiday", refused.Message, StringComparison.Ordinal);
        Assert.True(pty.Master.IsClosed && pty.Release.IsClosed);
        Assert.Equal(0, hub.Count);
    }

    [Fact]
    public async Task Neither_key_nor_printed_key_is_in_the_log_or_in_a_view()
    {
        using TestPty pty = new();
        await using SqliteStore store = SqliteStore.Open(StoreFile, TimeProvider.System);
        await using SessionHub hub = Hub(store, new Capacity(10, "test", "none"));
        OpenAnswer.Accepted accepted = Assert.IsType<OpenAnswer.Accepted>(await hub.OpenAsync(Request(pty), CancellationToken.None));
        string key = System.Text.Encoding.ASCII.GetString(accepted.PrintedKey);
        Assert.Equal(22, key.Length);
        Assert.DoesNotContain(_log.Lines, line => line.Contains(key, StringComparison.Ordinal));
        Assert.DoesNotContain(key, hub.Find(accepted.Session)!.ToString(), StringComparison.Ordinal);
    }

    private static OpenRequest Request(TestPty pty) =>
        new() { Uid = 0, Backend = new HandedPty(pty.Master, pty.Release), Bind = System.Net.IPAddress.Loopback, Command = "bash" };

    private SessionHub Hub(ISessionStore store, Capacity capacity) => new(
        new HubSettings("node", null, [new PortSource.Range(20_000, 29_999)], 1, capacity), store, _sealer, new SessionLog(_log),
        DispatchProxy.Create<IAuditTrail, RecordingStore>(), _metrics, TimeProvider.System);

    /// <summary>Notes calls as text and answers with nothing.</summary>
    public class RecordingStore : DispatchProxy
    {
        public IList<string> Calls { get; } = [];

        public Exception? Failure { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Calls.Add(string.Join(' ', [targetMethod!.Name, .. (args ?? []).Where(a => a is not CancellationToken)]));
            if (Failure is { } failure) { throw failure; }
            Type result = targetMethod.ReturnType;
            if (!result.IsGenericType) { return result == typeof(ValueTask) ? default(ValueTask) : null; }
            object? nothing = result.GenericTypeArguments[0] is { IsValueType: true } type ? Activator.CreateInstance(type) : null;
            return typeof(Task).GetMethod(nameof(Task.FromResult))!.MakeGenericMethod(result.GenericTypeArguments).Invoke(null, [nothing]);
        }
    }
}
