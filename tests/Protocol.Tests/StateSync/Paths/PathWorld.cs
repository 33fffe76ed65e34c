using System.Buffers;
using System.Text;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Testing;

namespace MoshBroker.Protocol.Tests.StateSync.Paths;

/// <summary>
/// A server with its guard, a client that moves from address to address, a network between them, and whoever copies datagrams there. The program echoes
/// what is typed. Time jumps from one thing that happens to the next.
/// </summary>
internal sealed class PathWorld : IDisposable, IUserInputSink
{
    private readonly ManualClock _clock = new();
    private readonly TransportScratch _scratch = new();
    private readonly ArrayBufferWriter<byte> _datagram = new(2048);
    private readonly PriorityQueue<(bool ToServer, PlayedPath Path, byte[] Bytes), (long Arrival, long Order)> _underWay = new();
    private readonly Emulator _terminal = new(80, 24);
    private readonly ScreenState _screen;
    private readonly UserInputState _input = new();
    private readonly Transport<ScreenState, UserInputState> _server;
    private readonly Transport<UserInputState, RemoteScreenState> _client;
    private long _order;
    private MonoTime _programPrintsAt = MonoTime.Forever;
    private readonly Queue<byte> _toPrint = new();
    private PlayedPath? _newest;

    public PathWorld(int seed)
    {
        Random = new SeededRandom(seed);
        _screen = new ScreenState(_terminal);
        _screen.Show();
        SessionKey key = SessionKey.Generate(Random);
        _server = new(Now, Setup(key, Direction.ServerToClient, 1), _screen, new UserInputState());
        _client = new(Now, Setup(key, Direction.ClientToServer, 0), _input, new RemoteScreenState(80, 24));
        _input.Resize(80, 24);
    }

    public SeededRandom Random { get; }

    public PathGuard<PlayedPath> Guard { get; } = new();

    /// <summary>False plays the rule of old: the newest address gets everything.</summary>
    public bool IsGuarded { get; set; } = true;

    /// <summary>What the client sends leaves from here.</summary>
    public PlayedPath ClientAt { get; set; } = new(1);

    /// <summary>Where the client hears.</summary>
    public HashSet<PlayedPath> ClientHearsAt { get; } = [new PlayedPath(1)];

    /// <summary>Gets a copy of every datagram of the client's before the server does, and passes it on from there.</summary>
    public PlayedPath? Copier { get; set; }

    /// <summary>Where the copier's next copies come from; his address if he keeps to it.</summary>
    public Func<PlayedPath>? NextCopier { get; set; }

    /// <summary>He also brings the client what comes to his address.</summary>
    public bool CopierCarriesDownlink { get; set; }

    public int UplinkDelay { get; set; } = 10;

    public int DownlinkDelay { get; set; } = 10;

    public int Jitter { get; set; }

    public double Loss { get; set; }

    /// <summary>The program shows what is typed.</summary>
    public bool Echoes { get; set; } = true;

    public bool IsUplinkCut { get; set; }

    public bool IsDownlinkCut { get; set; }

    public Dictionary<PlayedPath, long> SentTo { get; } = [];

    public Dictionary<PlayedPath, long> ReceivedFrom { get; } = [];

    /// <summary>By how much what went to an address exceeded, at any moment, what may go to one that proves nothing.</summary>
    public Dictionary<PlayedPath, long> Excess { get; } = [];

    public List<PathChange> Changes { get; } = [];

    public MonoTime Now => _clock.Now;

    public bool IsUpToDate => _toPrint.Count == 0 && _server.Remote.SameAs(_input) && _client.Remote.Frame.ContentEquals(_terminal.Frame);

    public double SmoothedRtt => _server.RoundTrip.SmoothedRtt;

    public void MoveTo(int address, bool keepsHearing = false)
    {
        ClientAt = new PlayedPath(address);
        if (!keepsHearing) { ClientHearsAt.Clear(); }
        ClientHearsAt.Add(ClientAt);
    }

    public void Type(string keys) => _input.Append(Encoding.UTF8.GetBytes(keys));

    /// <summary>The program prints without having been asked.</summary>
    public void Print(string text) => _terminal.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Runs until both ends agree; how long that took, or null if it did not come about in time.</summary>
    public long? TimeToAgree(long limit)
    {
        MonoTime began = Now;
        return RunUntil(() => IsUpToDate, limit) ? Now.Since(began) : null;
    }

    public void Run(long milliseconds) => RunUntil(() => false, milliseconds);

    public bool RunUntil(Func<bool> condition, long limit)
    {
        MonoTime end = Now.Plus(limit);
        int steps = 0;
        Transmit();
        while (!condition())
        {
            MonoTime next = MonoTime.Min(NextArrival, MonoTime.Min(_client.NextTimeout ?? MonoTime.Forever, ServerTimeout()));
            next = MonoTime.Min(next, _programPrintsAt);
            if (next > end)
            {
                _clock.AdvanceTo(end);
                return condition();
            }

            if (++steps > 200_000) { throw new InvalidOperationException($"The ends do not come to rest (seed {Random.Seed})."); }
            _clock.AdvanceTo(MonoTime.Max(next, Now));
            Deliver();
            if (Now >= _programPrintsAt)
            {
                while (_toPrint.TryDequeue(out byte key)) { _terminal.Write([key]); }
                _programPrintsAt = MonoTime.Forever;
            }

            _client.OnTimeout(Now);
            _server.OnTimeout(Now);
            Transmit();
        }

        return true;
    }

    public void OnKeys(ReadOnlySpan<byte> keys)
    {
        if (!Echoes) { return; }
        foreach (byte key in keys) { _toPrint.Enqueue(key); }
        _programPrintsAt = MonoTime.Min(_programPrintsAt, Now.Plus(3));
    }

    public void OnResize(int columns, int rows)
    {
    }

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
        _scratch.Dispose();
    }

    private MonoTime NextArrival => _underWay.TryPeek(out _, out (long Arrival, long Order) first) ? new MonoTime(first.Arrival) : MonoTime.Forever;

    private TransportSetup Setup(SessionKey key, Direction sends, ulong epoch) => new() { Sends = sends, Key = key, Epoch = epoch, Random = Random, Scratch = _scratch };

    private MonoTime ServerTimeout() => MonoTime.Min(_server.NextTimeout ?? MonoTime.Forever, IsGuarded ? Guard.NextTimeout : MonoTime.Forever);

    private void Deliver()
    {
        while (NextArrival <= Now)
        {
            (bool toServer, PlayedPath path, byte[] bytes) = _underWay.Dequeue();
            if (toServer) { Receive(path, bytes); }
            else if (ClientHearsAt.Contains(path) || (CopierCarriesDownlink && path == Copier)) { _client.OnDatagram(Now, bytes, congestionExperienced: false); }
        }
    }

    private void Receive(PlayedPath path, byte[] bytes)
    {
        MonoTime heard = _server.LastHeard;
        DatagramVerdict verdict = _server.OnDatagram(Now, bytes, congestionExperienced: false);
        if (verdict.IsFresh)
        {
            _newest = path;
            ReceivedFrom[path] = ReceivedFrom.GetValueOrDefault(path) + bytes.Length + path.HeaderLength;
            PathChange change = Guard.OnFresh(Now, path, bytes.Length, verdict.EchoedMark, Now.Since(heard), _server.RoundTrip.Timeout);
            if (change != PathChange.None) { Changes.Add(change); }
        }

        if (verdict.RemoteAdvanced) { _server.Remote.Drain(this); }
    }

    private void Transmit()
    {
        while (_client.TryTransmit(Now, _datagram)) { SendToServer(Take()); }
        if (IsGuarded) { TransmitGuarded(); }
        else
        {
            while (_newest is { } to && _server.TryTransmit(Now, _datagram)) { SendToClient(to, Take()); }
        }

        while (_server.TryReadEvent(out _)) { }
        while (_client.TryReadEvent(out _)) { }
    }

    private void TransmitGuarded()
    {
        PathChange change = Guard.OnTimeout(Now);
        if (change != PathChange.None) { Changes.Add(change); }
        while (Guard.TryGetProbe(Now, out PathProbe<PlayedPath> probe))
        {
            _server.PathMark = probe.Mark;
            _server.SendRoom = Guard.Room;
            bool isMade = _server.TryProbe(Now, probe.IsAside, probe.Room, _datagram);
            Guard.OnProbed(Now, probe, _datagram.WrittenCount);
            if (isMade) { SendToClient(probe.Path, Take()); }
        }

        while (Guard.HasPath)
        {
            _server.PathMark = Guard.CurrentMark;
            _server.SendRoom = Guard.Room;
            ulong frames = _server.Frames;
            if (!_server.TryTransmit(Now, _datagram)) { break; }
            Guard.OnSent(Now, _datagram.WrittenCount, _server.Frames != frames);
            SendToClient(Guard.Current, Take());
        }
    }

    private byte[] Take()
    {
        byte[] bytes = _datagram.WrittenSpan.ToArray();
        _datagram.ResetWrittenCount();
        return bytes;
    }

    private void SendToServer(byte[] bytes)
    {
        if (Copier is not null) { Enqueue(true, NextCopier?.Invoke() ?? Copier.Value, bytes, Math.Max(0, UplinkDelay - 5)); }
        if (IsUplinkCut || Random.Happens(Loss)) { return; }
        Enqueue(true, ClientAt, bytes, UplinkDelay + Random.Next(Jitter + 1));
    }

    private void SendToClient(PlayedPath path, byte[] bytes)
    {
        SentTo[path] = SentTo.GetValueOrDefault(path) + bytes.Length + path.HeaderLength;
        long allowed = PathGuard<PlayedPath>.BytesPerByte * ReceivedFrom.GetValueOrDefault(path);
        Excess[path] = Math.Max(Excess.GetValueOrDefault(path), SentTo[path] - allowed);
        if (IsDownlinkCut || Random.Happens(Loss)) { return; }
        Enqueue(false, path, bytes, DownlinkDelay + Random.Next(Jitter + 1));
    }

    private void Enqueue(bool toServer, PlayedPath path, byte[] bytes, int delay) => _underWay.Enqueue((toServer, path, bytes), (Now.Milliseconds + delay, _order++));
}
