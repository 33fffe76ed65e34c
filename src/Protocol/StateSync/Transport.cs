using System.Buffers;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.Wire;

namespace MoshBroker.Protocol.StateSync;

/// <summary>One end of a connection: keeps the peer's copy of the local state, and ours of the peer's, up to date over a network that loses,
/// repeats and reorders.</summary>
/// <typeparam name="TLocal">The kind of state that this end changes.</typeparam>
/// <typeparam name="TRemote">The kind of state that the peer changes.</typeparam>
/// <remarks>
/// Stepped by hand: say what happened (<see cref="OnDatagram"/>, <see cref="OnTimeout"/>, or a change of <see cref="Local"/>), drain
/// <see cref="TryTransmit"/> and <see cref="TryReadEvent"/> until both are false, then sleep until <see cref="NextTimeout"/>. Nothing a peer sends makes it throw.
/// Not for several threads at once.
/// </remarks>
public sealed partial class Transport<TLocal, TRemote> : IDisposable
    where TLocal : class, ISyncState<TLocal>
    where TRemote : class, ISyncState<TRemote>
{
    /// <summary>How long an ended transport still answers, in ms.</summary>
    public const long LingerTime = 10_000;

    /// <summary>How long a server goes on sending to a client that it does not hear, in ms.</summary>
    public const long PeerSilenceLimit = 40_000;

    /// <summary>A peer that holds the key and sends so many datagrams that make no sense is cut off.</summary>
    public const int MalformedLimit = 1000;

    private const long ServerCollectionDelay = 8;
    private const long ClientCollectionDelay = 1;
    private const ulong EpochWarning = 1UL << 31;

    private readonly bool _isServer;
    private readonly PacketLayer _packets;
    private readonly StateSender<TLocal> _sender;
    private readonly StateReceiver<TRemote> _receiver;
    private readonly FragmentAssembly _assembly = new();
    private readonly Fragmenter _fragmenter = new();
    private readonly ulong _firstOfEpoch;
    private ulong _fragmentId;
    private uint _events;
    private bool _isEpochWarningGiven;
    private bool _isPeerHeard;
    private bool _isAnswerDue;
    private bool _isFirstAnswerUrgent;
    private bool _isPeerShutdownAnswered;
    private bool _isTooLongForUs;
    private bool _isHeld;
    private bool _isBuried;
    private MonoTime _lingerEnd = MonoTime.Forever;
    private MonoTime _next = MonoTime.Forever;
    private ulong _datagramsReceived;
    private ulong _bytesReceived;
    private ulong _authenticReceived;
    private ulong _malformedReceived;
    private ulong _reordered;
    private ulong _duplicates;
    private ulong _old;
    private ulong _skipped;
    private ulong _datagramsSent;
    private ulong _bytesSent;

    /// <summary>A new connection; both states are the number 0 that both ends presume.</summary>
    /// <param name="now">The present.</param>
    /// <param name="setup">Direction, key, epoch, chance and scratch space.</param>
    /// <param name="local">The state that the owner goes on changing; stays the owner's.</param>
    /// <param name="remote">The peer's state before its first; only copied from.</param>
    public Transport(MonoTime now, TransportSetup setup, TLocal local, TRemote remote)
        : this(now, setup, new StateSender<TLocal>(now, local, 0, local.Snapshot(), now, FirstNumber(setup) - 1, setup.Random), remote.Snapshot(), 0)
    {
    }

    private Transport(MonoTime now, TransportSetup setup, StateSender<TLocal> sender, TRemote remote, ulong remoteNumber)
    {
        _isServer = setup.Sends == Direction.ServerToClient;
        _packets = new PacketLayer(now, setup.Sends, setup.Key, setup.Epoch, setup.Random);
        _sender = sender;
        _receiver = new StateReceiver<TRemote>(remoteNumber, remote);
        _firstOfEpoch = FirstNumber(setup);
        _fragmentId = _firstOfEpoch - 1;
        _sender.AckNum = remoteNumber;
        Scratch = setup.Scratch;
        CollectionDelay = _isServer ? ServerCollectionDelay : ClientCollectionDelay;

        // A client knows where its server is; a server waits to be spoken to.
        HasPeer = !_isServer;
    }

    /// <summary>The scratch space of the thread that steps this next.</summary>
    public TransportScratch Scratch { get; set; }

    /// <summary>The state that the owner changes, except once <see cref="StartShutdown"/> was called or <see cref="Phase"/> has left Open.</summary>
    public TLocal Local => _sender.Local;

    /// <summary>The newest of the peer's states; borrowed until the next <see cref="OnDatagram"/>.</summary>
    public TRemote Remote => _receiver.Newest;

    /// <summary>The number of <see cref="Remote"/>; 2^64-1 is the peer's last.</summary>
    public ulong RemoteNumber => _receiver.NewestNumber;

    /// <summary>How many of the peer's states are held.</summary>
    public int RemoteStatesHeld => _receiver.Count;

    /// <summary>The newest own state that the peer acknowledged.</summary>
    public ulong AcknowledgedNumber => _sender.AcknowledgedNum;

    /// <summary>The newest own state that was sent: what changes now travels in a later one.</summary>
    public ulong NewestSentNumber => _sender.NewestNum;

    /// <summary>How many own states were sent and are not acknowledged.</summary>
    public int OutstandingStates => _sender.OutstandingCount;

    /// <summary>How far the connection is.</summary>
    public TransportPhase Phase { get; private set; }

    /// <summary>Why it ended; None while it has not.</summary>
    public EndReason EndReason { get; private set; }

    /// <summary>True when the peer knows that it is over: it said so, or acknowledged it.</summary>
    public bool IsPeerTold => EndReason is EndReason.PeerShutdown or EndReason.LocalShutdown;

    /// <summary>True when datagrams may be sent: always for a client; for a server since a fresh authentic one came, until 40 s of silence.</summary>
    public bool HasPeer { get; private set; }

    /// <summary>True once the peer acknowledged a state of this incarnation: its address is proven, its timestamps answer ours.</summary>
    public bool IsHeardByPeer => _sender.AcknowledgedNum >= _firstOfEpoch;

    /// <summary>When the last fresh datagram came.</summary>
    public MonoTime LastHeard => _packets.LastHeard;

    /// <summary>How many instructions with a change of the local state were made.</summary>
    public ulong Frames => _sender.Frames;

    /// <summary>The epoch in use.</summary>
    public ulong Epoch => _packets.Epoch;

    /// <summary>The sequence number that the next datagram will carry.</summary>
    public ulong NextSequence => _packets.NextSequence;

    /// <summary>One more than the highest sequence number of an authentic datagram of the peer's.</summary>
    public ulong NextExpectedSequence => _packets.NextExpected;

    /// <summary>After how long without anything to say a heartbeat is sent, in ms: 3,000 as in stock, at first.</summary>
    public long HeartbeatInterval
    {
        get => _sender.Schedule.HeartbeatInterval;
        set => _sender.Schedule.HeartbeatInterval = value;
    }

    /// <summary>How long a changed local state waits for further changes, in ms: 8 at first for a server, 1 for a client.</summary>
    public long CollectionDelay
    {
        get => _sender.Schedule.CollectionDelay;
        set => _sender.Schedule.CollectionDelay = value;
    }

    /// <summary>
    /// False makes the transport ignore states of the peer's, as if they had been lost: it will send them again. Acks in the same datagrams still count.
    /// For an owner whose consumer is stuck.
    /// </summary>
    public bool AcceptsRemoteStates { get; set; } = true;

    /// <summary>The longest UDP payload that is sent; at first that of IPv4. Set it when the peer's family is known; EMSGSIZE lowers it for good.</summary>
    public int PayloadLimit
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, DatagramLimits.AfterTooLong);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, DatagramLimits.MaxReceived);
            field = _isTooLongForUs ? DatagramLimits.AfterTooLong : value;
        }
    } = DatagramLimits.IPv4;

    /// <summary>
    /// The path that datagrams leave on from now, by a number of the owner's choice that it never used for another; 0 at first. Timestamps tell it:
    /// <see cref="DatagramVerdict.EchoedMark"/>.
    /// </summary>
    public ulong PathMark
    {
        get => _packets.PathMark;
        set => _packets.PathMark = value;
    }

    /// <summary>
    /// The longest UDP payload that may be sent before this is set again; <see cref="int.MaxValue"/>, as it is at first, for no bound. While there is one, an
    /// instruction goes in one datagram; one that is too long waits until there is none, and an idle one takes its place.
    /// </summary>
    public int SendRoom
    {
        get;
        set
        {
            field = value;
            if (value == int.MaxValue)
                _isHeld = false;
            else
                _fragmenter.Clear();
        }
    } = int.MaxValue;

    /// <summary>Smoothed round-trip time and what follows from it.</summary>
    public RoundTripEstimator RoundTrip => _packets.RoundTrip;

    /// <summary>When to call <see cref="OnTimeout"/> if nothing happens before; null when nothing is to be done. Right once TryTransmit was drained.</summary>
    public MonoTime? NextTimeout => _next >= MonoTime.Forever ? null : _next;

    /// <summary>Counts and estimates.</summary>
    public TransportStatistics Statistics => new()
    {
        DatagramsReceived = _datagramsReceived,
        BytesReceived = _bytesReceived,
        AuthenticReceived = _authenticReceived,
        MalformedReceived = _malformedReceived,
        Reordered = _reordered,
        Duplicates = _duplicates,
        Old = _old,
        Skipped = _skipped,
        UplinkExpected = _packets.Uplink.Expected,
        UplinkLost = _packets.Uplink.Lost,
        UplinkOutage = _packets.Uplink.Outage,
        DatagramsSent = _datagramsSent,
        BytesSent = _bytesSent,
        Frames = _sender.Frames,
        Retransmissions = _sender.Retransmissions,
        BlocksSealed = _packets.BlocksSealed,
        SmoothedRtt = _packets.RoundTrip.SmoothedRtt,
        RttVariation = _packets.RoundTrip.RttVariation,
        HasRttSample = _packets.RoundTrip.HasSample,
        RttSamples = _packets.RoundTrip.Samples,
        Jitter = _packets.Jitter.Value,
        LastHeard = _packets.LastHeard,
        LastRoundTripSentAt = _sender.AcknowledgedSentAt,
    };

    /// <summary>Takes a UDP payload, from anybody: what is not the peer's is refused without a trace.</summary>
    /// <param name="now">The present.</param>
    /// <param name="datagram">The whole payload.</param>
    /// <param name="congestionExperienced">True when the IP header carried the ECN mark CE.</param>
    /// <remarks>Only when the verdict says <see cref="DatagramVerdict.IsFresh"/> may the owner send to where the datagram came from.</remarks>
    public DatagramVerdict OnDatagram(MonoTime now, ReadOnlySpan<byte> datagram, bool congestionExperienced)
    {
        _datagramsReceived++;
        _bytesReceived += (ulong)datagram.Length;
        Advance(now);
        if (Phase == TransportPhase.Closed)
            return DatagramVerdict.Refused(DropReason.Tombstone);

        ReadOnlySpan<byte> payload = _packets.Open(now, datagram, congestionExperienced, Scratch.Plaintext, out DatagramVerdict verdict);
        if (!verdict.IsAuthentic)
            return verdict;

        Count(verdict);
        if (verdict.IsFresh)
            OnFresh(now);
        DropReason reason = verdict.Reason;
        if (reason == DropReason.None)
        {
            ulong before = RemoteNumber;
            reason = OnFragment(now, payload);
            verdict = verdict with { Reason = reason, RemoteAdvanced = RemoteNumber != before };
        }

        if (reason != DropReason.None && ++_malformedReceived >= MalformedLimit)
            End(now, EndReason.TooManyMalformed);
        return verdict;
    }

    /// <summary>True when the datagram was made by the peer; nothing is changed or counted. For finding out whose a datagram is.</summary>
    public bool IsAuthentic(ReadOnlySpan<byte> datagram) => _packets.IsAuthentic(datagram, Scratch.Plaintext);

    /// <summary>Time has passed.</summary>
    public void OnTimeout(MonoTime now) => Advance(now);

    /// <summary>Appends the next datagram that is due; false when none is.</summary>
    /// <remarks>Its sequence number is spent, whether it is then sent or not. A send that fails needs no answer but <see cref="OnSendTooLong"/>.</remarks>
    public bool TryTransmit(MonoTime now, IBufferWriter<byte> datagram)
    {
        Advance(now);
        bool isSent = Phase != TransportPhase.Closed && HasPeer && TryCompose(now, datagram);
        Reckon(now);
        return isSent;
    }

    /// <summary>
    /// Appends one datagram, due or not, that the peer answers within 100 ms, with a timestamp: all that it lacks if that fits, else what changes nothing.
    /// False when there is no room for any, or a longer instruction is on its way in pieces, or the end has begun.
    /// </summary>
    /// <param name="now">The present.</param>
    /// <param name="isAside">It goes where the peer may not be any more: nothing is taken to arrive.</param>
    /// <param name="room">The longest UDP payload that it may have.</param>
    /// <param name="datagram">Gets the UDP payload.</param>
    public bool TryProbe(MonoTime now, bool isAside, int room, IBufferWriter<byte> datagram)
    {
        if (Phase != TransportPhase.Open || !HasPeer || !_packets.CanSeal || _fragmenter.HasMore)
            return false;
        if (!TryMakeProbe(isIdle: false, isAside, room, out ReadOnlySpan<byte> piece))
        {
            if (!TryMakeProbe(isIdle: true, isAside, room, out piece))
                return false;
            _isHeld |= !isAside && SendRoom != int.MaxValue;
        }

        _sender.Commit(now);
        _fragmentId++;
        Emit(now, 0, isFinal: true, piece, datagram);
        Reckon(now);
        return true;
    }

    /// <summary>Takes the next event; false when there is none.</summary>
    public bool TryReadEvent(out TransportEvent happened)
    {
        if (_events == 0)
        {
            happened = default;
            return false;
        }

        TransportEventKind kind = (TransportEventKind)System.Numerics.BitOperations.TrailingZeroCount(_events);
        _events &= _events - 1;
        happened = new TransportEvent(kind, kind == TransportEventKind.Ended ? EndReason : EndReason.None);
        return true;
    }

    /// <summary>Ends the connection: the local state is frozen as it is and sent, as the last, until the peer acknowledges it.</summary>
    public void StartShutdown(MonoTime now)
    {
        if (Phase != TransportPhase.Open)
            return;
        Phase = TransportPhase.ShuttingDown;
        _sender.StartShutdown(now);
        Reckon(now);
    }

    /// <summary>The kernel called the last datagram too long (EMSGSIZE): from now on they are short.</summary>
    public void OnSendTooLong()
    {
        _isTooLongForUs = true;
        PayloadLimit = DatagramLimits.AfterTooLong;

        // The rest of the instruction is as long; it will be sent again, in shorter pieces, when it is found missing.
        _fragmenter.Clear();
    }

    /// <summary>What made the local state change has gone quiet: the present change need not wait for <see cref="CollectionDelay"/>.</summary>
    public void LocalSettled(MonoTime now) => _sender.Schedule.Settle(now);

    /// <summary>Acknowledges, with whatever else there is to say, at the next <see cref="TryTransmit"/>.</summary>
    public void AcknowledgeNow(MonoTime now) => _sender.Schedule.AckNow(now);

    /// <summary>Goes on with the numbers of a newer epoch, which must have been committed to the store.</summary>
    public void BeginEpoch(ulong epoch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(epoch, Epoch);
        _packets.BeginEpoch(epoch);
        _sender.BeginEpoch(epoch << PacketLayer.EpochBits);
        _isEpochWarningGiven = false;
    }

    /// <summary>
    /// Goes on as a tombstone, with the key and the numbers as they are now; nothing else may be called afterwards but <see cref="Dispose"/>, which leaves these to
    /// the tombstone.
    /// </summary>
    public Tombstone Bury()
    {
        _isBuried = true;
        Phase = TransportPhase.Closed;
        return new Tombstone(_packets, _fragmentId, Scratch);
    }

    /// <summary>Gives all states back and frees the cipher, which wipes the key.</summary>
    public void Dispose()
    {
        Phase = TransportPhase.Closed;
        _sender.ReleaseAll();
        _receiver.ReleaseAll();
        _assembly.Dispose();
        _fragmenter.Dispose();
        if (!_isBuried)
            _packets.Dispose();
    }

    private static ulong FirstNumber(TransportSetup setup) => (setup.Epoch << PacketLayer.EpochBits) + 1;

    private void Count(in DatagramVerdict verdict)
    {
        _authenticReceived++;
        switch (verdict.Replay)
        {
            case ReplayKind.None:
                _skipped += verdict.Distance;
                break;
            case ReplayKind.Reordered:
                _reordered++;
                break;
            case ReplayKind.Duplicate:
                _duplicates++;
                break;
            case ReplayKind.Old:
                _old++;
                break;
        }
    }

    private void OnFresh(MonoTime now)
    {
        _isHeld = false;
        if (!HasPeer || !_isPeerHeard)
            Raise(TransportEventKind.PeerAttached);
        HasPeer = true;
        _isPeerHeard = true;
        if (Phase == TransportPhase.Lingering)
            _isAnswerDue = true;
        if (_isFirstAnswerUrgent)
        {
            // After a gap the client says "Last reply … ago" over its first row until it is answered.
            _isFirstAnswerUrgent = false;
            AcknowledgeNow(now);
        }
    }

    private DropReason OnFragment(MonoTime now, ReadOnlySpan<byte> payload)
    {
        if (!FragmentView.TryParse(payload, out FragmentView fragment))
            return DropReason.Short;

        switch (_assembly.Add(fragment, out ReadOnlySpan<byte> compressed))
        {
            case FragmentOutcome.Incomplete:
                return DropReason.None;
            case FragmentOutcome.Conflict:
                return DropReason.BadInstruction;
            case FragmentOutcome.TooLong:
                _assembly.Clear();
                return DropReason.InflateLimit;
        }

        bool isInflated = Scratch.Zlib.TryInflate(compressed, out ReadOnlySpan<byte> message, out DropReason reason);
        _assembly.Clear();
        if (!isInflated)
            return reason;
        if (!InstructionCodec.TryParse(message, out InstructionView instruction))
            return DropReason.BadInstruction;
        return instruction.ProtocolVersion == InstructionView.CurrentVersion
            ? OnInstruction(now, in instruction)
            : DropReason.ProtocolVersion;
    }

    private DropReason OnInstruction(MonoTime now, in InstructionView instruction)
    {
        _sender.OnAck(instruction.AckNum);
        if (!_packets.BelievesReplies && IsHeardByPeer)
            _packets.BelievesReplies = true;
        if (Phase == TransportPhase.ShuttingDown && _sender.IsShutdownAcknowledged)
            End(now, EndReason.LocalShutdown);

        if (Phase == TransportPhase.Lingering)
        {
            // Nobody reads the peer's states any more, but its last one must be acknowledged, or it will ask for 10 s.
            if (instruction.NewNum == InstructionView.ShutdownNum)
                _sender.AckNum = InstructionView.ShutdownNum;
            return DropReason.None;
        }

        if (!AcceptsRemoteStates)
            return DropReason.None;

        switch (_receiver.Receive(now, in instruction))
        {
            case ReceiveOutcome.Newest:
                OnNewest(now, hasDiff: !instruction.Diff.IsEmpty);
                break;
            case ReceiveOutcome.Malformed:
                return DropReason.BadInstruction;
            case ReceiveOutcome.ThrowawayBeyondHeld:
                End(now, EndReason.ThrowawayBeyondHeld);
                return DropReason.BadInstruction;
            case ReceiveOutcome.InvalidDiff:
                End(now, EndReason.InvalidDiff);
                return DropReason.BadInstruction;
            case ReceiveOutcome.NotExtending:
                End(now, EndReason.StateNotExtending);
                return DropReason.BadInstruction;
        }

        return DropReason.None;
    }

    private void OnNewest(MonoTime now, bool hasDiff)
    {
        _sender.AckNum = _receiver.NewestNumber;
        _sender.Heard = now;
        if (hasDiff)
            _sender.Schedule.IsDataAckPending = true;
        Raise(TransportEventKind.RemoteChanged);
        if (_receiver.NewestNumber == InstructionView.ShutdownNum)
            Raise(TransportEventKind.PeerShutdown);
    }

    /// <summary>Ends what is over by now.</summary>
    private void Advance(MonoTime now)
    {
        if (Phase == TransportPhase.ShuttingDown && now >= _sender.ShutdownDeadline(_packets.RoundTrip))
            End(now, _isPeerShutdownAnswered ? EndReason.PeerShutdown : EndReason.ShutdownUnanswered);
        if (Phase == TransportPhase.Lingering && now >= _lingerEnd)
            Close();
    }

    private bool TryCompose(MonoTime now, IBufferWriter<byte> datagram)
    {
        if (!_packets.CanSeal)
        {
            if (_packets.IsBlockLimitReached || _packets.IsNonceSpent)
            {
                End(now, _packets.IsNonceSpent ? EndReason.NonceReuse : EndReason.CryptoLimit);
                Close();
            }

            return false;
        }

        if (!_fragmenter.TryNext(out ReadOnlySpan<byte> piece, out bool isFinal) && !TryBeginInstruction(now, out piece, out isFinal))
            return false;

        // The one instruction of a single piece was never given to the fragmenter.
        int number = _fragmenter.Id == _fragmentId ? _fragmenter.Number : 0;
        Emit(now, number, isFinal, piece, datagram);
        return true;
    }

    private void Emit(MonoTime now, int number, bool isFinal, ReadOnlySpan<byte> piece, IBufferWriter<byte> datagram)
    {
        int length = piece.Length + DatagramLimits.Overhead;
        _packets.Seal(now, _fragmentId, number, isFinal, piece, datagram);
        _datagramsSent++;
        _bytesSent += (ulong)length;
        AfterSend(now, isFinal);
    }

    private bool TryBeginInstruction(MonoTime now, out ReadOnlySpan<byte> piece, out bool isFinal)
    {
        piece = default;
        isFinal = true;
        bool isLingering = Phase == TransportPhase.Lingering;
        if (isLingering && !_isAnswerDue)
            return false;
        _isAnswerDue = false;
        if (_isHeld || !_sender.TryPrepare(now, _packets.RoundTrip, Scratch, force: isLingering))
            return false;

        if (!Scratch.Zlib.TryDeflate(Scratch.Instruction.Written, out ReadOnlySpan<byte> compressed))
            return false;

        if (SendRoom != int.MaxValue && !Fits(compressed, SendRoom))
        {
            // What the peer sent is acknowledged all the same, once for each fresh datagram of its.
            _isHeld = true;
            if (!TryMakeProbe(isIdle: true, isAside: false, SendRoom, out compressed))
                return false;
        }

        _sender.Commit(now);
        _fragmentId++;
        int pieceLength = PayloadLimit - DatagramLimits.Overhead;
        if (compressed.Length <= pieceLength)
        {
            piece = compressed;
            return true;
        }

        return _fragmenter.TryBegin(_fragmentId, compressed, pieceLength) && _fragmenter.TryNext(out piece, out isFinal);
    }

    /// <summary>False when there is none, or it does not fit into one datagram.</summary>
    private bool TryMakeProbe(bool isIdle, bool isAside, int room, out ReadOnlySpan<byte> piece)
    {
        piece = default;
        return _sender.TryPrepareProbe(Scratch, isIdle, isAside)
            && Scratch.Zlib.TryDeflate(Scratch.Instruction.Written, out piece)
            && Fits(piece, room);
    }

    private bool Fits(ReadOnlySpan<byte> piece, int room) => piece.Length + DatagramLimits.Overhead <= Math.Min(room, PayloadLimit);

    private void AfterSend(MonoTime now, bool isFinal)
    {
        if (!_isEpochWarningGiven && _packets.SpentInEpoch >= EpochWarning)
        {
            _isEpochWarningGiven = true;
            Raise(TransportEventKind.EpochNearlySpent);
        }

        if (_isServer && now.Since(_packets.LastHeard) > PeerSilenceLimit)
        {
            HasPeer = false;
            _fragmenter.Clear();
            Raise(TransportEventKind.PeerForgotten);
        }

        if (isFinal && _sender.AckNum == InstructionView.ShutdownNum)
        {
            _isPeerShutdownAnswered = true;
            if (Phase == TransportPhase.Open)
                End(now, EndReason.PeerShutdown);
        }
    }

    private void End(MonoTime now, EndReason reason)
    {
        if (Phase is TransportPhase.Lingering or TransportPhase.Closed)
            return;
        Phase = TransportPhase.Lingering;
        EndReason = reason;
        _packets.Uplink.Settle();
        _lingerEnd = now.Plus(LingerTime);
        _sender.StartShutdown(now);
        _fragmenter.Clear();

        // A peer that broke the protocol is told at once that it is over.
        _isAnswerDue = reason is EndReason.ThrowawayBeyondHeld or EndReason.StateNotExtending or EndReason.InvalidDiff or EndReason.TooManyMalformed;
        Raise(TransportEventKind.Ended);
        Reckon(now);
    }

    private void Close()
    {
        Phase = TransportPhase.Closed;
        _fragmenter.Clear();
        _assembly.Clear();
        Raise(TransportEventKind.Closed);
    }

    private void Raise(TransportEventKind kind) => _events |= 1u << (int)kind;

    private void Reckon(MonoTime now)
    {
        bool canSend = HasPeer && _packets.CanSeal;
        _next = MonoTime.Forever;
        switch (Phase)
        {
            case TransportPhase.Lingering:
                _next = canSend && (_isAnswerDue || _fragmenter.HasMore) ? now : _lingerEnd;
                break;
            case TransportPhase.Open or TransportPhase.ShuttingDown:
                if (canSend && _fragmenter.HasMore)
                {
                    _next = now;
                }
                else if (canSend && !_isHeld)
                {
                    _sender.Reckon(now, _packets.RoundTrip);
                    _next = _sender.Deadline;
                }

                if (Phase == TransportPhase.ShuttingDown)
                    _next = MonoTime.Min(_next, _sender.ShutdownDeadline(_packets.RoundTrip));
                break;
        }
    }
}
