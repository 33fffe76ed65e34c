using System.Buffers;
using MoshBroker.Client.Display;
using MoshBroker.Client.Keys;
using MoshBroker.Client.Native;
using MoshBroker.Client.Prediction;
using MoshBroker.Client.Ways;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Client;

/// <summary>The one thread of a session: waits for keys, datagrams, signals and time, steps the machines, writes the screen.</summary>
internal sealed class ClientLoop : IDisposable
{
    private const long ConnectingHintAfter = 250;
    private const long ConnectingLimit = 15_000;
    private const long ConnectingWake = 250;
    private const int ReadLength = 16_384;
    private const int DatagramsPerTurn = 64;
    private const int Fixed = 5; // Descriptors that are waited for besides UDP sockets.

    // An idle client wakes once for the server's heartbeat, which comes every 3 s, and for its own, which goes with it, or a little later by itself.
    private const long HeartbeatAlone = 3300;
    private const long HeartbeatTogether = 2500;

    // A server may make us hold 1,025 of its screens. An honest one has 32 under way; so many screens of the user's window, and then some, are enough.
    private const long MemoryFloor = 64L << 20;
    private const int ScreensHeld = 96;
    private const int BytesPerCell = 16;

    private readonly SessionSettings _settings;
    private readonly Signals _signals;
    private readonly RawTty _tty;
    private readonly EscapeKey _escape;
    private readonly ServerWays _ways;
    private readonly AddressFinder _finder;
    private readonly TransportScratch _scratch = new();
    private readonly Transport<UserInputState, RemoteScreenState> _transport;
    private readonly UserInputState _input = new();
    private readonly PredictionEngine _predictions;
    private readonly NotificationBar _bar;
    private readonly ClientScreen _screen;
    private readonly StatsWriter? _stats;
    private readonly ArrayBufferWriter<byte> _datagram = new(DatagramLimits.MaxReceived);
    private readonly byte[] _received = new byte[DatagramLimits.MaxReceived];
    private readonly byte[] _keys = new byte[ReadLength];
    private readonly byte[] _typed = new byte[2 * ReadLength];
    private FileNative.PollEntry[] _watched = new FileNative.PollEntry[4];
    private readonly MonoTime _start;
    private MonoTime _serverHeard;
    private bool _isServerHeard;
    private MonoTime _sentAt = MonoTime.Never;
    private bool _isHelpShown;
    private bool _isKeyboardGone;
    private bool _isTerminalGone;
    private string? _failure;
    private ServerNotes? _notes;
    private ushort _questions;

    public ClientLoop(SessionSettings settings, SessionKey key, Signals signals, RawTty tty, StatsWriter? stats)
    {
        _settings = settings;
        _signals = signals;
        _tty = tty;
        _stats = stats;
        _start = ClientClock.Now();
        _serverHeard = _start;
        _ways = new ServerWays(_start, new UdpWays(_start, settings.Server, settings.Family), settings.Fallback);
        _finder = new AddressFinder(_start, settings.OtherNames, settings.Port);
        _escape = new EscapeKey(settings.EscapeKey);
        _bar = new NotificationBar(_start, _escape.QuitHint);
        _predictions = new PredictionEngine(settings.Prediction, settings.Overwrites);
        _screen = new ClientScreen(settings.Terminal, _predictions, _bar, settings.HasTitlePrefix) { Window = settings.Window };
        TransportSetup setup = new() { Sends = Direction.ClientToServer, Key = key, Random = new SystemRandom(), Scratch = _scratch };
        _transport = new Transport<UserInputState, RemoteScreenState>(_start, setup, _input, new RemoteScreenState(settings.Window.Columns, settings.Window.Rows))
        {
            PayloadLimit = _ways.Udp.HasIPv6 ? DatagramLimits.IPv6 : DatagramLimits.IPv4,
            HeartbeatInterval = HeartbeatAlone,
        };

        // State 0 of both ends is before the first event: the window's size is one.
        _input.Resize(settings.Window.Columns, settings.Window.Rows);
        _input.Hello = settings.Extensions;
        foreach (string name in settings.OtherNames) { AddAddress(_start, SocketNative.ParseAddress(name, settings.Port, out _)); }
    }

    /// <summary>True once a state of the server's has come.</summary>
    public bool IsServerHeard => _isServerHeard;

    /// <summary>What went wrong, for the user; null when nothing did.</summary>
    public string? Failure => _failure;

    /// <summary>Runs the session to its end, and gives the terminal back whatever happens.</summary>
    /// <returns>An exit status.</returns>
    public int Run()
    {
        if (!_tty.MakeRaw())
        {
            _failure = "the terminal's settings can't be changed";
            return ExitStatus.Unusable;
        }

        try
        {
            Write(_screen.Enter());

            // While ssh ran nobody heard of a new size.
            OnResized();
            Draw(_start);
            while (_transport.Phase is TransportPhase.Open or TransportPhase.ShuttingDown && _failure is null) { Turn(); }
            return Finish();
        }
        finally
        {
            Write(_screen.Leave());
            _tty.Restore();
        }
    }

    public void Dispose()
    {
        _transport.Dispose();
        _scratch.Dispose();
        _ways.Dispose();
    }

    private int Finish()
    {
        MonoTime now = ClientClock.Now();
        Write(_screen.Draw(now, _transport.Remote.Frame, _transport.Remote.EchoAck, isLast: true));
        if (_failure is not null) { return ExitStatus.Protocol; }
        switch (_transport.EndReason)
        {
            case EndReason.LocalShutdown or EndReason.PeerShutdown:
                return ExitStatus.Clean;
            case EndReason.ShutdownUnanswered when !_isServerHeard:
                _failure = $"nothing came from {_settings.ServerText} (UDP). Is that port open in the firewalls? Mosh uses UDP ports 60000-61000 unless told otherwise";
                return ExitStatus.Unreachable;
            case EndReason.ShutdownUnanswered:
                _failure = "the server did not confirm the end of the session: it may still be running there";
                return ExitStatus.Unclean;
            default:
                _failure = $"the server broke the protocol ({_transport.EndReason}): the session can't go on";
                return ExitStatus.Protocol;
        }
    }

    private void Turn()
    {
        Wait();
        MonoTime now = ClientClock.Now();
        TakeSignals(now);
        TakeDatagrams(now);
        TakeStream(now);
        if (_watched[0].Happened != 0 && !_isKeyboardGone) { TakeKeys(now); }
        Watch(now);
        _transport.OnTimeout(now);
        Transmit(now);
        Fall(now);
        TakeEvents(now);
        Draw(now);
        if (_stats is not null && now >= _stats.Next)
        {
            _stats.Write(now, _transport.Statistics, _predictions, _serverHeard, _ways);
        }
    }

    private unsafe void Wait()
    {
        MonoTime now = ClientClock.Now();
        MonoTime next = MonoTime.Min(_transport.NextTimeout ?? MonoTime.Forever, MonoTime.Min(_predictions.NextLook(now), _bar.NextChange(now)));
        if (!_isServerHeard) { next = MonoTime.Min(next, now.Plus(ConnectingWake)); }
        if (_stats is not null) { next = MonoTime.Min(next, _stats.Next); }
        next = MonoTime.Min(next, _ways.NextStep);
        if (IsSilent(now)) { next = MonoTime.Min(next, _finder.Next); }
        int timeout = (int)Math.Clamp(next.Since(now), 0, 60_000);
        _ways.Udp.Refresh();
        IReadOnlyList<int> sockets = _ways.Udp.Sockets;
        int count = Fixed + sockets.Count;
        if (_watched.Length < count) { _watched = new FileNative.PollEntry[count + 4]; }
        // A negative descriptor is one that poll(2) leaves out.
        _watched[0] = new FileNative.PollEntry { Descriptor = _isKeyboardGone ? -1 : 0, Events = FileNative.PollIn };
        _watched[1] = new FileNative.PollEntry { Descriptor = _signals.WakeDescriptor, Events = FileNative.PollIn };
        _watched[2] = new FileNative.PollEntry { Descriptor = _settings.Bootstrap?.Descriptor ?? -1, Events = FileNative.PollIn };
        _watched[3] = new FileNative.PollEntry { Descriptor = _ways.Stream?.Output ?? -1, Events = FileNative.PollIn };
        _watched[4] = new FileNative.PollEntry { Descriptor = _ways.Stream is { HasPending: true, IsGone: false } stream ? stream.Input : -1, Events = FileNative.PollOut };
        for (int i = Fixed; i < count; i++) { _watched[i] = new FileNative.PollEntry { Descriptor = sockets[i - Fixed], Events = FileNative.PollIn }; }
        fixed (FileNative.PollEntry* entries = _watched) { _ = FileNative.Poll(entries, (nuint)count, timeout); }
        if (_watched[1].Happened != 0) { _signals.Clear(); }
        if (_watched[2].Happened != 0) { _settings.Bootstrap?.Drain(); }
    }

    private void TakeSignals(MonoTime now)
    {
        if (_signals.TakeEnded()) { Shutdown(now, "Signal received, shutting down..."); }
        if (_signals.TakeSuspended()) { Suspend(); }
        else if (_signals.TakeContinued()) { Resume(); }
        if (_signals.TakeResized()) { OnResized(); }
    }

    private void OnResized()
    {
        (int columns, int rows) = RawTty.Size;
        if (columns < 1 || rows < 1 || (columns, rows) == _screen.Window) { return; }
        _screen.Window = (columns, rows);
        _screen.Lose();
        _predictions.Reset();
        if (_transport.Phase == TransportPhase.Open) { _input.Resize(columns, rows); }
    }

    private void TakeDatagrams(MonoTime now)
    {
        for (int i = 0; i < _ways.Udp.Sockets.Count; i++)
        {
            for (int count = 0; count < DatagramsPerTurn && _failure is null; count++)
            {
                int length = SocketNative.Receive(_ways.Udp.Sockets[i], _received, out bool congestionExperienced);
                if (length < 0) { break; }
                if (TakeDatagram(now, _received.AsSpan(0, length), congestionExperienced)) { _ways.OnUdpHeard(now, i, _transport.Statistics.LastRoundTripSentAt); }
            }
        }
    }

    private void TakeStream(MonoTime now)
    {
        if (_watched[4].Happened != 0) { _ways.Stream?.Flush(); }
        if (_watched[3].Happened == 0) { return; }
        _ways.Fill(now);
        while (_failure is null && _ways.Stream is { } stream && stream.TryTake(out ReadOnlySpan<byte> datagram)) { TakeDatagram(now, datagram, congestionExperienced: false); }
    }

    /// <summary>True when it is authentic.</summary>
    private bool TakeDatagram(MonoTime now, ReadOnlySpan<byte> datagram, bool congestionExperienced)
    {
        DatagramVerdict verdict = _transport.OnDatagram(now, datagram, congestionExperienced);
        if (verdict.RemoteAdvanced)
        {
            _serverHeard = now;
            _bar.OnServerHeard(now);

            // Before it knows the round trip a server sends a frame each 250 ms: it learns it from our first answer.
            if (!_isServerHeard || now.Since(_sentAt) >= HeartbeatTogether) { _transport.AcknowledgeNow(now); }
            if (!_isServerHeard) { _bar.Clear(); }
            _isServerHeard = true;
        }
        else if (!verdict.IsAuthentic && !_isServerHeard)
        {
            _bar.Show(now, "What comes from the server can't be decrypted: is the key right?");
        }
        else if (verdict.Reason == DropReason.ProtocolVersion)
        {
            _bar.Show(now, "The server speaks another version of the protocol.", life: 3000);
        }

        CheckMemory();
        return verdict.IsAuthentic;
    }

    /// <summary>The server may be reached otherwise too: by names, which may lead elsewhere by now, and by what it told itself.</summary>
    private void FindAddresses(MonoTime now)
    {
        _finder.Step(now, IsSilent(now));
        if (_finder.Take() is not { } found) { return; }
        foreach (byte[] address in found) { AddAddress(now, address); }
    }

    private bool IsSilent(MonoTime now) => !_isServerHeard || now.Since(_serverHeard) > UdpWays.RaceAfter || now.Since(_transport.Statistics.LastRoundTripSentAt) > UdpWays.UnansweredAfter;

    private void AddAddress(MonoTime now, byte[] address)
    {
        if (address.Length > 0 && _ways.Udp.Add(now, address, SocketNative.FamilyOf(address)) && _ways.Udp.HasIPv6) { _transport.PayloadLimit = DatagramLimits.IPv6; }
    }

    /// <summary>UDP may be blocked, or be free again.</summary>
    private void Fall(MonoTime now)
    {
        _ways.Step(now);
        FindAddresses(now);
        if (!_ways.HasChanged) { return; }
        _ways.HasChanged = false;
        if (_ways.UsesStream)
        {
            _bar.Show(now, $"UDP port {_settings.Port} does not answer: going through ssh.", hidesHint: true, life: 4000);
            // What went by UDP is lost: all of it goes again, at once.
            _datagram.ResetWrittenCount();
            if (_transport.TryProbe(now, isAside: false, _transport.PayloadLimit, _datagram)) { _ = _ways.Send(now, _datagram.WrittenSpan); }
        }
        else { _bar.Show(now, "UDP answers again.", hidesHint: true, life: 2000); }
    }

    /// <summary>A server that holds the key but never lets go of its states must not fill our memory.</summary>
    private void CheckMemory()
    {
        long limit = MemoryFloor + ((long)ScreensHeld * BytesPerCell * _screen.Window.Columns * _screen.Window.Rows);
        if (_transport.Remote.ByteSize > limit) { _failure = $"the server makes us keep more screens than fit into {limit >> 20} MB: the session can't go on"; }
    }

    private void TakeKeys(MonoTime now)
    {
        int length = FileNative.TryRead(0, _keys);
        if (length <= 0)
        {
            _isKeyboardGone = true;
            Shutdown(now, "Exiting...");
            return;
        }

        if (_transport.Phase != TransportPhase.Open) { return; }
        Predict(now, _keys.AsSpan(0, length));
        if (_isHelpShown)
        {
            _bar.Clear();
            _isHelpShown = false;
        }

        int count = 0;
        for (int i = 0; i < length; i++)
        {
            KeyCommand command = _escape.Take(_keys[i], _typed.AsSpan(count), out int added);
            count += added;
            if (command == KeyCommand.None) { continue; }
            Send(ref count);
            if (!Obey(now, command)) { return; }
        }

        Send(ref count);
    }

    private void Predict(MonoTime now, ReadOnlySpan<byte> keys)
    {
        _predictions.OnLink(_transport.NewestSentNumber, FrameInterval);
        if (_screen.View is { } view) { _predictions.Type(now, keys, view); }
    }

    private long FrameInterval => Math.Clamp((long)Math.Ceiling(_transport.Statistics.SmoothedRtt / 2), 20, 250);

    private void Send(ref int count)
    {
        if (count > 0) { _input.Append(_typed.AsSpan(0, count)); }
        count = 0;
    }

    /// <summary>False when no more keys are taken.</summary>
    private bool Obey(MonoTime now, KeyCommand command)
    {
        switch (command)
        {
            case KeyCommand.ShowHelp:
                _bar.Show(now, _escape.Help, isPermanent: true, hidesHint: true);
                _isHelpShown = true;
                return true;
            case KeyCommand.Quit:
                _bar.Clear();
                Shutdown(now, "Exiting on user request...");
                return false;
            case KeyCommand.Suspend:
                _bar.Clear();
                Suspend();
                return true;
            case KeyCommand.ShowConnection:
                _isHelpShown = false;
                _bar.Show(now, DescribeConnection(now), hidesHint: true, life: 4000);
                if (IsGranted(PeerExtensions.Health)) { _input.Ask(++_questions); }
                return true;
            default:
                _screen.Lose();
                return true;
        }
    }

    private bool IsGranted(PeerExtensions extension) => ((_notes?.Granted ?? PeerExtensions.None) & extension) != 0;

    private string DescribeConnection(MonoTime now, LinkHealth? health = null)
    {
        TransportStatistics link = _transport.Statistics;
        double lost = link.UplinkExpected > 0 ? 100.0 * (link.UplinkLost + link.UplinkOutage) / link.UplinkExpected : 0;
        if (health is not null) { return Both(link, lost, health); }
        string rtt = link.HasRttSample ? $"round trip {link.SmoothedRtt:0} ms (± {link.RttVariation:0})" : "no round trip yet";
        PredictionCounts counts = _predictions.Counts;
        return $"{rtt}, {lost:0.0} % lost from there, heard {now.Since(_serverHeard) / 1000.0:0.0} s ago, {counts.Shown} keys echoed ahead, {counts.WrongShown} wrongly";
    }

    /// <summary>What both ends know: each sees the loss of what comes to it.</summary>
    private static string Both(TransportStatistics link, double lost, LinkHealth health) =>
        $"round trip {link.SmoothedRtt:0} ms here, {health.RoundTripMs} there; lost {lost:0.0} % from there, {health.UplinkLoss / 10.0:0.0} % to there; {health.Verdict}";

    private void TakeNotes(MonoTime now)
    {
        ServerNotes? notes = _transport.Remote.Notes;
        if (ReferenceEquals(notes, _notes) || notes is null) { return; }
        bool isAnswer = notes.Health is { } health && health.Question == _questions && health.Question != _notes?.Health?.Question;
        _notes = notes;
        foreach (string address in IsGranted(PeerExtensions.Addresses) ? notes.Addresses : []) { AddAddress(now, SocketNative.ParseAddress(address, _settings.Port, out _)); }
        if (isAnswer && !_isHelpShown) { _bar.Show(now, DescribeConnection(now, notes.Health), hidesHint: true, life: 4000); }
    }

    private void Shutdown(MonoTime now, string message)
    {
        if (_transport.Phase != TransportPhase.Open) { return; }
        _bar.Show(now, message, isPermanent: true);
        _transport.StartShutdown(now);
    }

    private void Suspend()
    {
        Write(_screen.Leave());
        _tty.Restore();
        _ = FileNative.TryWriteAll(1, "\r\n\e[37;44m[moshbroker connect is suspended.]\e[0m\r\n"u8);
        // The whole job: a script that started us must stop too, or it would read the terminal meanwhile.
        _ = ProcessNative.Kill(0, ProcessNative.SignalStop);
        _ = _signals.TakeContinued();
        Resume();
    }

    private void Resume()
    {
        _tty.MakeRawAgain();
        Write(_screen.Enter());
        OnResized();
    }

    /// <summary>What the passing of time shows: a server that never answered.</summary>
    private void Watch(MonoTime now)
    {
        if (_isServerHeard || _transport.Phase != TransportPhase.Open) { return; }
        long age = now.Since(_start);
        if (age > ConnectingLimit) { Shutdown(now, "Timed out waiting for server..."); }
        else if (age > ConnectingHintAfter && !_isHelpShown && _bar.TextAt(now).Length == 0)
        {
            _bar.Show(now, $"Nothing received from server on UDP port {_settings.Port}.");
        }
    }

    private void Transmit(MonoTime now)
    {
        while (true)
        {
            _datagram.ResetWrittenCount();
            if (!_transport.TryTransmit(now, _datagram)) { break; }
            int error = _ways.Send(now, _datagram.WrittenSpan);
            _sentAt = now;
            if (error == 0) { _bar.OnNetworkWell(now); }
            else if (error == SocketNative.MessageTooLong) { _transport.OnSendTooLong(); }
            else if (error != 11) { _bar.ShowNetworkError(now, "sendto: " + FileNative.DescribeError(error)); } // EAGAIN is loss like any other.
            _ways.AfterSend(now, _transport.Statistics.LastRoundTripSentAt);
        }
    }

    private void TakeEvents(MonoTime now)
    {
        while (_transport.TryReadEvent(out _))
        {
            // The phases say all that the loop must know.
        }

        TakeNotes(now);
        _bar.OnReply(_transport.Statistics.LastRoundTripSentAt);
        _predictions.OnLink(_transport.NewestSentNumber, FrameInterval);
        if (_isTerminalGone) { Shutdown(now, "Exiting..."); }
    }

    private void Draw(MonoTime now)
    {
        RemoteScreenState server = _transport.Remote;
        Write(_screen.Draw(now, server.Frame, server.EchoAck));
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || _isTerminalGone) { return; }
        _isTerminalGone = !FileNative.TryWriteAll(1, bytes);
    }
}
