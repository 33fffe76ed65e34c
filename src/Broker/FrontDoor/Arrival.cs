using System.Diagnostics;
using System.Net;
using System.Text;
using MoshBroker.Actors;
using MoshBroker.Configuration;
using MoshBroker.Native;
using MoshBroker.Protocol;

namespace MoshBroker.FrontDoor;

/// <summary>One TCP connection to the front door: ours until it has said that it speaks SSH, then its own sshd's, whose log we read.</summary>
/// <remarks>Everything belongs to the reception's thread but <see cref="Client"/>, <see cref="Server"/> and <see cref="Id"/>, which stand from the start of sshd on.</remarks>
internal sealed class Arrival : IReadyHandler, IScheduled
{
    private const int MaxLine = 1024; // sshd cuts its own lines at that.
    private const int LinesPerTurn = 32;

    private readonly Reception _reception;
    private readonly ActorTimer _timer;
    private readonly MonoTime _deadline;
    private readonly MonoTime _headerDue;
    private readonly byte[] _line = new byte[MaxLine];
    private FileDescriptor? _socket;
    private FileDescriptor? _log;
    private EpollLoop.Watch? _watch;
    private int _lineLength;
    private bool _looksAgain;
    private bool _hasHandshake;
    private bool _isExplained;
    private long _loginBegan = Stopwatch.GetTimestamp();

    public Arrival(Reception reception, long id, FileDescriptor socket, IPEndPoint client, IPEndPoint server, bool isProxied, MonoTime now)
    {
        _reception = reception;
        _socket = socket;
        _timer = new ActorTimer(this);
        Id = id;
        Client = client;
        Server = server;
        Stage = isProxied ? ArrivalStage.Announced : ArrivalStage.Silent;
        _deadline = now.Plus((long)reception.Limits.Grace.TotalMilliseconds);
        _headerDue = now.Plus((long)reception.Limits.ProxyPatience.TotalMilliseconds);
    }

    public long Id { get; }

    /// <summary>Where the client is; behind a trusted load balancer, where that one says.</summary>
    public IPEndPoint Client { get; private set; }

    /// <summary>The address of ours that was connected to.</summary>
    public IPEndPoint Server { get; }

    public ArrivalStage Stage { get; private set; }

    /// <summary>Of its sshd; 0 without one.</summary>
    public int Pid { get; private set; }

    /// <summary>The part of its address that counts for limits.</summary>
    public UInt128 Source => Reception.SourceOf(Client.Address);

    public bool IsBeforeLogin => Stage < ArrivalStage.LoggedIn;

    /// <summary>Stopwatch's reading when it came.</summary>
    public long Began { get; } = Stopwatch.GetTimestamp();

    /// <summary>It tried to log in, and may not.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>What came of it is known: its user asked for something, or it has been told why he could not. From any thread.</summary>
    public bool HasOutcome { get; set; }

    /// <summary>When the login of this request's user began: the connection's first request is what it was made for. From any thread.</summary>
    public long TakeLogin()
    {
        long began = Interlocked.Exchange(ref _loginBegan, 0);
        return began != 0 ? began : Stopwatch.GetTimestamp();
    }

    /// <summary>Begins to listen to it.</summary>
    public void Begin(MonoTime now)
    {
        _watch = _reception.Loop.Add(_socket!, EpollNative.In, this);
        _reception.Loop.Arm(_timer, Stage == ArrivalStage.Announced ? _headerDue : now.Plus((long)_reception.Limits.Silence.TotalMilliseconds));
    }

    public void OnReady(MonoTime now, uint events)
    {
        if (Stage == ArrivalStage.Announced) { ReadHeader(now); }
        else if (Stage == ArrivalStage.Silent) { HearFirstWord(now); }
        else if (_log is not null) { ReadLog(); }
    }

    public void OnFault(Exception failure) => _reception.OnFault(this, failure);

    public void OnTimer(MonoTime now)
    {
        try
        {
            if (_looksAgain && now < (Stage == ArrivalStage.Announced ? _headerDue : _deadline))
            {
                _looksAgain = false;
                _reception.Loop.Change(_watch!, EpollNative.In);
                _reception.Loop.Arm(_timer, Stage == ArrivalStage.Announced ? _headerDue : _deadline);
            }
            else if (Stage == ArrivalStage.Announced) { _reception.TurnAway(this, "no_proxy_header"); }
            else if (Stage is ArrivalStage.Silent or ArrivalStage.Waiting && now >= _deadline) { _reception.TurnAway(this, "timeout"); }
            else if (Stage == ArrivalStage.Silent)
            {
                if (!_reception.TryServeSilent(this)) { _reception.Loop.Arm(_timer, MonoTime.Min(_deadline, now.Plus((long)_reception.Limits.Silence.TotalMilliseconds))); }
            }
        }
        catch (Exception failure)
        {
            _reception.OnFault(this, failure);
        }
    }

    public void Run(MonoTime now)
    {
        // Nothing is ever scheduled but the timer.
    }

    /// <summary>Hands the connection to an sshd of its own; null, or what went wrong.</summary>
    public string? Serve(ChildProgram sshd)
    {
        Unwatch();
        if (!PipeNative.TryMake(out FileDescriptor read, out FileDescriptor write)) { return Errno.Text(Errno.Last); }
        using (write)
        {
            int error = sshd.StartWith(_socket!.Number, _socket.Number, write.Number, out int pid);
            if (error != 0)
            {
                read.Dispose();
                return Errno.Text(error);
            }

            Pid = pid;
        }

        _socket.Dispose();
        _socket = null;
        _log = read;
        PtyNative.Adopt(read);
        Stage = ArrivalStage.Served;
        _watch = _reception.Loop.Add(read, EpollNative.In, this);
        return null;
    }

    /// <summary>Lets go of what it holds; its sshd, if there is one, is not touched.</summary>
    public void End()
    {
        if (Stage == ArrivalStage.Gone) { return; }
        Stage = ArrivalStage.Gone;
        _reception.Loop.Arm(_timer, MonoTime.Forever);
        Unwatch();
        Close();
    }

    /// <summary>The same once the loop has ended, which watches nothing any more.</summary>
    public void Close()
    {
        _socket?.Dispose();
        _log?.Dispose();
        _socket = _log = null;
    }

    private void Unwatch()
    {
        if (_watch is not null) { _reception.Loop.Remove(_watch); }
        _watch = null;
    }

    private void ReadHeader(MonoTime now)
    {
        Span<byte> received = stackalloc byte[ProxyHeader.MaxLength];
        int count = TcpNative.Look(_socket!, received);
        if (count <= 0)
        {
            if (count == 0 || Errno.Last != Errno.Again) { _reception.TurnAway(this, "hung_up"); }
            return;
        }

        switch (ProxyHeader.Read(received[..count], out int length, out IPEndPoint? client))
        {
            case ProxyOutcome.Incomplete:
                Pause(now);
                return;
            case ProxyOutcome.Malformed:
                _reception.TurnAway(this, "bad_proxy_header");
                return;
        }

        TcpNative.Skip(_socket!, length);
        UInt128 before = Source;
        Client = client ?? Client;
        Stage = ArrivalStage.Silent;
        _reception.Loop.Arm(_timer, now.Plus((long)_reception.Limits.Silence.TotalMilliseconds));
        if (_reception.Readmit(this, before)) { HearFirstWord(now); }
    }

    private void HearFirstWord(MonoTime now)
    {
        Span<byte> received = stackalloc byte[4];
        int count = TcpNative.Look(_socket!, received);
        if (count < 0 && Errno.Last == Errno.Again) { return; }
        if (count <= 0) { _reception.TurnAway(this, "hung_up"); }
        else if (!"SSH-"u8.StartsWith(received[..count])) { _reception.TurnAway(this, "not_ssh"); }
        else if (count < 4) { Pause(now); }
        else
        {
            Stage = ArrivalStage.Waiting;
            Unwatch();
            _reception.Loop.Arm(_timer, _deadline);
            _reception.Queue(this);
        }
    }

    /// <summary>Some of it has come and stays in the socket, which would wake us at once and for nothing: the rest is looked for later.</summary>
    private void Pause(MonoTime now)
    {
        _looksAgain = true;
        _reception.Loop.Change(_watch!, 0);
        _reception.Loop.Arm(_timer, now.Plus(20));
    }

    private unsafe void ReadLog()
    {
        Span<byte> buffer = stackalloc byte[MaxLine];
        for (int turn = 0; turn < LinesPerTurn; turn++)
        {
            nint count;
            fixed (byte* at = buffer) { count = PtyNative.Read(_log!, at, buffer.Length); }
            if (count < 0 && Errno.Last is Errno.Again or Errno.Interrupted) { return; }
            if (count <= 0)
            {
                // Every process that had it has ended.
                _reception.OnLeft(this);
                return;
            }

            foreach (byte b in buffer[..(int)count])
            {
                if (b == (byte)'\n') { TakeLine(); }
                else if (_lineLength < MaxLine) { _line[_lineLength++] = b; }
            }

            if (_log is null) { return; }
        }
    }

    private void TakeLine()
    {
        string line = OneLine.Of(Encoding.UTF8.GetString(_line, 0, _lineLength).TrimEnd('\r'));
        _lineLength = 0;
        SshdEvent happened = Understand(SshdLogLine.Read(line));
        if (happened.Kind == SshdEventKind.Accepted && Stage == ArrivalStage.Served) { Stage = ArrivalStage.LoggedIn; }
        _reception.OnLine(this, line, happened);
    }

    /// <summary>One event for one thing: sshd says why a key fails, and then that it failed; and keys are exchanged anew now and then.</summary>
    private SshdEvent Understand(SshdEvent happened)
    {
        if (happened.Kind == SshdEventKind.Handshake)
        {
            (bool again, _hasHandshake) = (_hasHandshake, true);
            return again ? default : happened;
        }

        if (happened.Kind != SshdEventKind.Failed) { return happened; }
        HasFailed = true;
        (bool wasExplained, _isExplained) = (_isExplained, happened.Reason != SshdLogLine.KeyNotAccepted);
        return wasExplained && !_isExplained ? default : happened;
    }
}
