using MoshBroker.Actors;
using MoshBroker.Cluster;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Recording;
using MoshBroker.Sessions;
using MoshBroker.Tenants;
using MoshBroker.Telemetry;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A session on a loop that the test runs, with a program and clients that it plays, and everything that the session told others.</summary>
internal sealed class StagedSession : ISessionOwner, ISupervisor, IDisposable
{
    public const int FirstPort = 60001;

    private readonly List<ScriptedClient> _clients = [];
    private readonly List<SessionKey> _keys = [];
    private readonly bool _ownsHost;
    private int _channels = 1;

    public StagedSession(TimeSpan networkTimeout = default, MemoryHost? host = null, int port = FirstPort, Admission? admission = null, RecordingDuty? recording = null, bool isProbe = false)
    {
        _ownsHost = host is null;
        Host = host ?? new MemoryHost();
        SessionFacts facts = new()
        {
            Id = $"session-{port}",
            Epoch = 5,
            Uid = 1000,
            User = "ann",
            Command = "bash",
            Pid = 4242,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Columns = 80,
            Rows = 24,
            NetworkTimeout = networkTimeout,
            Admission = admission,
            IsProbe = isProbe,
        };
        Actor = new SessionActor(facts, Host, this, this, new SessionLog(Log), handler => Backend = new InMemoryBackend(handler), Seed(1, 5, port)) { Recording = recording };
    }

    public MemoryHost Host { get; }

    public SessionActor Actor { get; }

    public InMemoryBackend Backend { get; private set; } = null!;

    public LogLines<SessionHub> Log { get; } = new();

    public List<SessionEndReason> Ends { get; } = [];

    public List<Exception> Failures { get; } = [];

    public List<int> EpochRequests { get; } = [];

    public List<(string Peer, bool Roamed)> Moves { get; } = [];

    public bool HasStopped { get; private set; }

    public MonoTime Now => Host.Loop.Now;

    public static StagedSession Started(TimeSpan networkTimeout = default, MemoryHost? host = null, int port = FirstPort, Admission? admission = null, RecordingDuty? recording = null)
    {
        StagedSession session = new(networkTimeout, host, port, admission, recording);
        session.Actor.Tell(new SessionMessage.Start());
        session.Host.Loop.Run();
        return session;
    }

    public MemoryEndpoint Endpoint(int channel = 1) => Host.Endpoints[_ports[channel - 1]];

    public SessionKey Key(int channel = 1) => _keys[channel - 1];

    private readonly List<int> _ports = [];

    /// <summary>A client of the given channel that says its window's size with its first datagram.</summary>
    public ScriptedClient Join(int columns = 80, int rows = 24, int channel = 1)
    {
        ScriptedClient client = new(Now, Endpoint(channel), Key(channel), channel, columns, rows);
        _clients.Add(client);
        return client;
    }

    /// <summary>A further channel of the same terminal; returns its number.</summary>
    /// <param name="watcher">Set for one who only watches.</param>
    public int Attach(Watcher? watcher = null)
    {
        int id = ++_channels;
        Actor.Tell(new SessionMessage.Attach(Seed(id, 5, _ports[0] + 100 + id) with { Watcher = watcher, Kind = watcher is null ? AttachKind.Rekey : AttachKind.Watch }));
        Host.Loop.Run();
        return id;
    }

    public void Run(long milliseconds) => Host.Loop.Advance(milliseconds, StepClients);

    /// <summary>Runs until the condition holds; fails when it does not in ten seconds of the session's time.</summary>
    public void RunUntil(Func<bool> condition, string what)
    {
        MonoTime limit = Now.Plus(10_000);
        while (!condition())
        {
            Assert.True(Now < limit, $"not in 10 s: {what}");
            Run(5);
        }
    }

    public void OnAttached(SessionActor session, string from, AttachKind kind, string? by)
    {
        Moves.Add((from, false));
        Attaches.Add((kind, by));
    }

    public void OnMoved(SessionActor session, string peer) => Moves.Add((peer, true));

    public List<(AttachKind Kind, string? By)> Attaches { get; } = [];

    public List<EndedChannel> Buried { get; } = [];

    public void OnBuried(SessionActor session, EndedChannel ended) => Buried.Add(ended);

    public List<string> Flapping { get; } = [];

    public void OnFlapping(SessionActor session, string peer) => Flapping.Add(peer);

    public List<string?> Locks { get; } = [];

    public void OnLockChanged(SessionActor session, string? reason) => Locks.Add(reason);

    public void OnEnded(SessionActor session, SessionEndReason reason) => Ends.Add(reason);

    public void OnStopped(SessionActor session) => HasStopped = true;

    public void OnEpochNearlySpent(SessionActor session, int channelId) => EpochRequests.Add(channelId);

    public void OnFailure(object actor, Exception failure) => Failures.Add(failure);

    public void Dispose()
    {
        foreach (ScriptedClient client in _clients) { client.Dispose(); }
        foreach (SessionKey key in _keys) { key.Dispose(); }
        if (_ownsHost) { Host.Dispose(); }
    }

    private void StepClients()
    {
        foreach (ScriptedClient client in _clients) { client.Step(Now); }
        Host.Loop.Run();
    }

    private ChannelSeed Seed(int id, long epoch, int port)
    {
        SessionKey key = SessionKey.Generate(new SeededRandom(port));
        _keys.Add(key);
        _ports.Add(port);
        return new ChannelSeed(id, epoch, new SessionKey(key.Bytes), new FileDescriptor(), port);
    }
}
