using MoshBroker.Protocol.Wire;

namespace MoshBroker.Protocol.StateSync;

/// <summary>Decides what to send of the local state, against which earlier one, and when.</summary>
/// <typeparam name="TState">The kind of state.</typeparam>
internal sealed class StateSender<TState>
    where TState : class, ISyncState<TState>
{
    /// <summary>A shutdown that nobody acknowledged is sent this often at most.</summary>
    public const int ShutdownTries = 16;

    /// <summary>A shutdown that nobody acknowledged is given up after this, in ms.</summary>
    public const long ShutdownTime = 10_000;

    // A diff from what the peer is known to have is preferred to one from what it is only taken to have, if it costs no more than this.
    private const int ProspectiveLength = 1000;
    private const int ProspectiveExtra = 100;

    private const int MaxChaffLength = 16;

    private readonly SentStates<TState> _sent;
    private readonly IRandomSource _random;
    private int _assumed;
    private int _shutdownTries;
    private MonoTime _shutdownSince = MonoTime.Forever;
    private ulong _numberFloor;
    private Prepared _prepared;

    // When the newest frame was sent, from which the next one keeps its distance; what changes nothing keeps none.
    private MonoTime _framedAt;

    // Guards against a state that calls itself changed and writes an empty diff: it is asked again one frame later, not at once.
    private MonoTime _emptyUntil = MonoTime.Never;

    public StateSender(MonoTime now, TState local, ulong number, TState acknowledged, MonoTime sentAt, ulong numberFloor, IRandomSource random)
    {
        Local = local;
        Schedule = new SendSchedule(now);
        _sent = new SentStates<TState>(number, acknowledged, sentAt);
        _framedAt = sentAt;
        _numberFloor = numberFloor;
        _random = random;
    }

    private enum Kind
    {
        /// <summary>A state that was not sent before.</summary>
        Anew,

        /// <summary>The newest state once more.</summary>
        Again,

        /// <summary>A new number for the local state, which the peer has.</summary>
        Idle,

        /// <summary>A new number for the state that the peer acknowledged.</summary>
        Back,
    }

    public TState Local { get; }

    public SendSchedule Schedule { get; }

    /// <summary>Newest state of the peer's that is held here.</summary>
    public ulong AckNum { get; set; }

    /// <summary>When the peer last brought a new newest state.</summary>
    public MonoTime Heard { get; set; } = MonoTime.Never;

    public bool IsShuttingDown { get; private set; }

    public bool IsShutdownAcknowledged => _sent.First.Number == InstructionView.ShutdownNum;

    public ulong AcknowledgedNum => _sent.First.Number;

    public TState Acknowledged => _sent.First.State;

    public ulong NewestNum => _sent.Last.Number;

    public int OutstandingCount => _sent.Count - 1;

    /// <summary>When the newest acknowledged state was last sent: the last time that a round trip was proven.</summary>
    public MonoTime AcknowledgedSentAt => _sent.First.SentAt;

    public ulong Retransmissions { get; private set; }

    /// <summary>When there is something to send; never again once a shutdown was sent as often as it may be.</summary>
    public MonoTime Deadline => HasTriesLeft
        ? MonoTime.Max(Schedule.Deadline, MonoTime.Min(_emptyUntil, Schedule.AckDeadline))
        : MonoTime.Forever;

    /// <summary>Instructions that carried a diff: not empty acks.</summary>
    public ulong Frames { get; private set; }

    public void BeginEpoch(ulong numberFloor) => _numberFloor = numberFloor;

    public void StartShutdown(MonoTime now)
    {
        if (IsShuttingDown)
            return;
        IsShuttingDown = true;
        _shutdownSince = now;
    }

    /// <summary>When an unacknowledged shutdown is given up; the last try is given one timeout to be answered.</summary>
    public MonoTime ShutdownDeadline(RoundTripEstimator roundTrip)
    {
        MonoTime limit = _shutdownSince.Plus(ShutdownTime);
        return _shutdownTries < ShutdownTries ? limit : MonoTime.Min(limit, _sent.Last.SentAt.Plus(roundTrip.Timeout));
    }

    public void OnAck(ulong number)
    {
        int count = _sent.Count;
        if (!_sent.TryAcknowledge(number) || _sent.Count == count)
            return;
        _assumed = Math.Max(0, _assumed - (count - _sent.Count));
        Local.ForgetBefore(_sent.First.State);
    }

    /// <summary>Works out when to send next.</summary>
    public void Reckon(MonoTime now, RoundTripEstimator roundTrip)
    {
        MonoTime lostBefore = now.Plus(-(roundTrip.Timeout + SendSchedule.TimeoutSlack));
        _assumed = 0;
        while (_assumed + 1 < _sent.Count && _sent[_assumed + 1].SentAt > lostBefore && !_sent[_assumed + 1].IsAside)
            _assumed++;

        bool isEnding = IsShuttingDown || AckNum == InstructionView.ShutdownNum;
        Schedule.Reckon(now, roundTrip, Heard, _framedAt, Compare(), isEnding);
    }

    /// <summary>
    /// Makes the instruction that is due, if one is, in <see cref="TransportScratch.Instruction"/>. Whoever sends it calls <see cref="Commit"/>, before
    /// anything else changes; whoever does not has changed nothing.
    /// </summary>
    public bool TryPrepare(MonoTime now, RoundTripEstimator roundTrip, TransportScratch scratch, bool force)
    {
        Reckon(now, roundTrip);
        if (!force && now < Deadline)
            return false;

        ReadOnlySpan<byte> diff = ChooseDiff(scratch, out int source);

        // Back to what the peer acknowledged, after something else was sent: an empty diff that is news, and must not wait for a heartbeat.
        bool isNews = !diff.IsEmpty || scratch.Diff.Length > 0 || (Local.SameAs(_sent.First.State) && !Local.SameAs(_sent.Last.State));
        if (!isNews && !force && now < Schedule.AckDeadline)
        {
            Schedule.OnNothingToSend();
            _emptyUntil = now.Plus(roundTrip.FrameInterval);
            return false;
        }

        Prepare(isNews && !IsShuttingDown && Local.SameAs(_sent.Last.State) ? Kind.Again : Kind.Anew, isNews, isProbe: false, isAside: false);
        Write(scratch.Instruction, _sent[source].Number, _prepared.Number, diff);
        return true;
    }

    /// <summary>
    /// Makes an instruction, due or not, that the peer answers within 100 ms: all that it is not known to have; or, when it has all or
    /// <paramref name="isIdle"/>, a diff that changes nothing. False when there is no such instruction. One that goes aside goes where the peer may not be,
    /// and is not taken to arrive.
    /// </summary>
    public bool TryPrepareProbe(TransportScratch scratch, bool isIdle, bool isAside)
    {
        if (IsShuttingDown || AckNum == InstructionView.ShutdownNum)
            return false;

        scratch.Diff.Reset();
        if (!isIdle)
            Local.WriteDiff(_sent.First.State, scratch.Diff);
        Kind kind = Local.SameAs(_sent.Last.State) ? Kind.Again : Kind.Anew;
        if (scratch.Diff.Length == 0)
        {
            // The newest state may be nearer to the local one than what the peer acknowledged; but it may not have arrived.
            _sent.First.State.WriteIdleDiff(scratch.Diff);
            kind = Local.SameAs(_sent.First.State) ? Kind.Idle : Kind.Back;
        }

        if (scratch.Diff.Length == 0)
            return false;
        Prepare(kind, isNews: true, isProbe: true, isAside);
        Write(scratch.Instruction, AcknowledgedNum, _prepared.Number, scratch.Diff.Written);
        return true;
    }

    /// <summary>The instruction just prepared is sent.</summary>
    public void Commit(MonoTime now)
    {
        Prepared prepared = _prepared;
        if (prepared.Kind == Kind.Again)
        {
            Retransmissions++;
            if (!prepared.IsAside)
                _sent.Last.SentAt = now;
        }
        else
        {
            _sent.Append(prepared.Number, (prepared.Kind == Kind.Back ? _sent.First.State : Local).Snapshot(), now, prepared.IsAside);
        }

        bool isFrame = prepared.Kind is Kind.Anew or Kind.Again;
        if (isFrame && prepared.IsNews)
            Frames++;
        if (prepared.IsAside)
            return;
        if (isFrame && prepared.IsNews)
            _assumed = _sent.Count - 1;
        if (!isFrame || (prepared.IsProbe && prepared.Kind == Kind.Again))
        {
            // Nothing new was shown: the next frame need not keep its distance.
            Schedule.OnAcknowledged(now);
            return;
        }

        _framedAt = now;
        if (IsShuttingDown)
            _shutdownTries++;
        Schedule.OnSent(now);
    }

    public void ReleaseAll() => _sent.ReleaseAll();

    private bool HasTriesLeft => _shutdownTries < ShutdownTries;

    private SendSchedule.Difference Compare()
    {
        int last = _sent.Count - 1;
        if (!Local.SameAs(_sent[last].State))
            return SendSchedule.Difference.FromNewestSent;
        if (_assumed != last && !Local.SameAs(_sent[_assumed].State))
            return SendSchedule.Difference.FromAssumed;
        if (last != 0 && _assumed != 0 && !Local.SameAs(_sent.First.State))
            return SendSchedule.Difference.FromAcknowledged;
        return SendSchedule.Difference.None;
    }

    private ReadOnlySpan<byte> ChooseDiff(TransportScratch scratch, out int source)
    {
        source = _assumed;
        scratch.Diff.Reset();
        Local.WriteDiff(_sent[_assumed].State, scratch.Diff);
        if (_assumed == 0)
            return scratch.Diff.Written;

        // What is not acknowledged may be lost; saying it again costs little and saves a round trip.
        scratch.OtherDiff.Reset();
        Local.WriteDiff(_sent.First.State, scratch.OtherDiff);
        int length = scratch.OtherDiff.Length;
        if (length <= scratch.Diff.Length || (length < ProspectiveLength && length - scratch.Diff.Length < ProspectiveExtra))
        {
            source = 0;
            return scratch.OtherDiff.Written;
        }

        return scratch.Diff.Written;
    }

    private void Prepare(Kind kind, bool isNews, bool isProbe, bool isAside)
    {
        ulong number = IsShuttingDown ? InstructionView.ShutdownNum : Math.Max(_sent.Last.Number, _numberFloor) + 1;
        if (kind == Kind.Again || number == _sent.Last.Number)
            (kind, number) = (Kind.Again, _sent.Last.Number);
        _prepared = new Prepared(kind, number, isNews, isProbe, isAside);
    }

    private void Write(GrowingBuffer destination, ulong oldNum, ulong newNum, ReadOnlySpan<byte> diff)
    {
        Span<byte> chance = stackalloc byte[MaxChaffLength + 1];
        _random.Fill(chance);
        InstructionView instruction = new()
        {
            ProtocolVersion = InstructionView.CurrentVersion,
            OldNum = oldNum,
            NewNum = newNum,
            AckNum = AckNum,
            ThrowawayNum = _sent.First.Number,
            Diff = diff,
            Chaff = chance.Slice(1, chance[0] % (MaxChaffLength + 1)),
        };
        destination.Reset();
        InstructionCodec.Write(in instruction, destination);
    }

    private readonly record struct Prepared(Kind Kind, ulong Number, bool IsNews, bool IsProbe, bool IsAside);
}
