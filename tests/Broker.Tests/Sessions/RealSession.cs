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
using MoshBroker.Survival;
using MoshBroker.Telemetry;
using MoshBroker.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A session on a real loop with a real socket and terminal, and a client of it.</summary>
internal sealed class RealSession : ISessionOwner, ISupervisor, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RealLoop _loop;
    private readonly bool _ownsLoop;
    private readonly SessionActor _actor;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TransportScratch _scratch = new();
    private readonly UserInputState _input = new();
    private readonly Transport<UserInputState, RemoteScreenState> _client;
    private readonly ArrayBufferWriter<byte> _datagram = new(2048);
    private readonly TemporaryDirectory _folder = new();
    private KeySealer? _sealer;
    private readonly byte[] _received = new byte[2048];
    private ulong _before;

    /// <param name="survives">With checkpoint and journal, as in a broker whose sessions outlive it.</param>
    public RealSession(bool survives = false)
        : this(new RealLoop(), survives) => _ownsLoop = true;

    /// <summary>One of several on a loop that outlives it.</summary>
    public RealSession(RealLoop loop, bool survives = false)
    {
        _loop = loop;
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
            facts, _loop.Worker, this, this, new SessionLog(NullLogger<SessionHub>.Instance),
            handler => new PtyBackend(Terminal.Master, Terminal.Release, _loop.Worker.Loop, _loop.Worker.ReadBuffer, handler),
            new ChannelSeed(1, 5, new SessionKey(key.Bytes), socket, port), survives ? MakeLifeline() : null)
        {
            Record = survives ? new SessionRecord { Uid = 0, User = "ann", Command = "cat", Pid = 1, CreatedAt = DateTimeOffset.UnixEpoch, NetworkTimeoutSeconds = 0 } : null,
        };
        _actor.Tell(new SessionMessage.Start());

        _socket.Connect(IPAddress.Loopback, port);
        TransportSetup setup = new() { Sends = Direction.ClientToServer, Key = key, Random = new SeededRandom(2), Scratch = _scratch };
        _client = new Transport<UserInputState, RemoteScreenState>(_loop.Clock.Now(), setup, _input, new RemoteScreenState(80, 24));
        _input.Resize(80, 24);
        Until(() => _client.RemoteNumber > 0);
    }

    private Lifeline MakeLifeline()
    {
        _sealer = new KeySealer(MasterKeys.Load(_folder.Path, path: null));
        return Lifeline.Create(null, "real", 5, _sealer);
    }

    public TestPty Terminal { get; } = new();

    public IDispatcher Loop => _loop.Worker.Loop;

    /// <summary>Types a key and waits until the screen has changed and is said to show what the key brought about.</summary>
    public void TypeAndSee()
    {
        ulong before = _client.Remote.EchoAck;
        _input.Append("x"u8);
        Until(() => _client.Remote.EchoAck > before);
    }

    /// <summary>Types a key in each of them and waits until each has its next screen.</summary>
    public static void TypeAndGo(RealSession[] sessions)
    {
        foreach (RealSession session in sessions)
        {
            session._before = session._client.RemoteNumber;
            session._input.Append("x"u8);
            session.Send();
        }

        foreach (RealSession session in sessions) { session.Until(() => session._client.RemoteNumber > session._before); }
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
        _sealer?.Dispose();
        _folder.Dispose();
        _actor.Tell(new SessionMessage.Close(SessionEndReason.Operator));
        if (_ownsLoop) { _loop.Dispose(); }
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
            Send();
            if (!_socket.Poll(1000, SelectMode.SelectRead)) { continue; }
            int length = _socket.Receive(_received);
            _client.OnDatagram(_loop.Clock.Now(), _received.AsSpan(0, length), congestionExperienced: false);
        }
    }

    private void Send()
    {
        _client.OnTimeout(_loop.Clock.Now());
        while (_client.TryTransmit(_loop.Clock.Now(), _datagram))
        {
            _socket.Send(_datagram.WrittenSpan);
            _datagram.ResetWrittenCount();
        }
    }
}
