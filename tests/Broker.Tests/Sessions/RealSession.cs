using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MoshBroker.Actors;
using MoshBroker.Backends;
using MoshBroker.Cluster;
using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Sessions;
using MoshBroker.Telemetry;
using MoshBroker.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A session on a real loop with a real socket and terminal, and a client of it.</summary>
internal sealed class RealSession : ISessionOwner, ISupervisor, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MonoClock _clock = new(TimeProvider.System);
    private readonly BrokerMetrics _metrics = new();
    private readonly SessionWorker _worker;
    private readonly Watchdog _watchdog;
    private readonly SessionActor _actor;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TransportScratch _scratch = new();
    private readonly UserInputState _input = new();
    private readonly Transport<UserInputState, RemoteScreenState> _client;
    private readonly ArrayBufferWriter<byte> _datagram = new(2048);
    private readonly byte[] _received = new byte[2048];

    public RealSession()
    {
        _worker = new SessionWorker(_clock, 1, _metrics);
        _watchdog = new Watchdog([_worker.Loop.Guard]);
        _worker.Loop.Start();
        using SessionKey key = SessionKey.Generate(new SeededRandom(1));
        FileDescriptor socket = UdpNative.TryBind(UdpAddress.From(IPAddress.IPv6Any, 0), out int port, out int errno) ?? throw new IOException(Errno.Text(errno));
        SessionFacts facts = new()
        {
            Id = "real",
            Epoch = 5,
            Uid = 0,
            User = "ann",
            Command = "cat",
            Pid = 1,
            CreatedAt = DateTimeOffset.UnixEpoch,
            Columns = 80,
            Rows = 24,
            NetworkTimeout = default,
        };
        _actor = new SessionActor(
            facts, _worker, this, this, new SessionLog(NullLogger<SessionHub>.Instance),
            handler => new PtyBackend(Terminal.Master, Terminal.Release, _worker.Loop, _worker.ReadBuffer, handler),
            new ChannelSeed(1, 5, new SessionKey(key.Bytes), socket, port));
        _actor.Tell(new SessionMessage.Start());

        _socket.Connect(IPAddress.Loopback, port);
        TransportSetup setup = new() { Sends = Direction.ClientToServer, Key = key, Random = new SeededRandom(2), Scratch = _scratch };
        _client = new Transport<UserInputState, RemoteScreenState>(_clock.Now(), setup, _input, new RemoteScreenState(80, 24));
        _input.Resize(80, 24);
        Until(() => _client.RemoteNumber > 0);
    }

    public TestPty Terminal { get; } = new();

    public IDispatcher Loop => _worker.Loop;

    /// <summary>Types a key and waits until the screen has changed and is said to show what the key brought about.</summary>
    public void TypeAndSee()
    {
        ulong before = _client.Remote.EchoAck;
        _input.Append("x"u8);
        Until(() => _client.Remote.EchoAck > before);
    }

    /// <summary>Types a key and waits for the next screen.</summary>
    public void TypeAndGo()
    {
        ulong before = _client.RemoteNumber;
        _input.Append("x"u8);
        Until(() => _client.RemoteNumber > before);
    }

    /// <summary>Prints something and waits until the session has read it and the client shows a frame of it.</summary>
    public void PrintAndSee(byte[] output)
    {
        long goal = Volatile.Read(ref _actor.Stats.PtyBytesRead) + output.Length;
        ulong before = _client.RemoteNumber;
        Terminal.Print(output);
        Until(() => Volatile.Read(ref _actor.Stats.PtyBytesRead) >= goal && _client.RemoteNumber > before);
    }

    public void OnAttached(SessionActor session, string from, AttachKind kind, string? by)
    {
    }

    public void OnMoved(SessionActor session, string peer)
    {
    }

    public void OnBuried(SessionActor session, EndedChannel ended) => ended.Dispose();

    public void OnFlapping(SessionActor session, string peer)
    {
    }

    public void OnEnded(SessionActor session, SessionEndReason reason)
    {
    }

    public void OnStopped(SessionActor session)
    {
    }

    public void OnLockChanged(SessionActor session, string? reason)
    {
    }

    public void OnEpochNearlySpent(SessionActor session, int channelId)
    {
    }

    public void OnFailure(object actor, Exception failure) => throw new InvalidOperationException("The session failed.", failure);

    public void Dispose()
    {
        _actor.Tell(new SessionMessage.Close(SessionEndReason.Operator));
        _watchdog.Dispose();
        _worker.Dispose();
        _metrics.Dispose();
        _socket.Dispose();
        _client.Dispose();
        _scratch.Dispose();
        Terminal.Dispose();
    }

    private void Until(Func<bool> condition)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience) { throw new TimeoutException("the session does not answer"); }
            _client.OnTimeout(_clock.Now());
            while (_client.TryTransmit(_clock.Now(), _datagram))
            {
                _socket.Send(_datagram.WrittenSpan);
                _datagram.ResetWrittenCount();
            }

            if (!_socket.Poll(1000, SelectMode.SelectRead)) { continue; }
            int length = _socket.Receive(_received);
            _client.OnDatagram(_clock.Now(), _received.AsSpan(0, length), congestionExperienced: false);
        }
    }
}
