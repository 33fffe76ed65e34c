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

    // Guards against a state that calls itself changed and writes an empty diff: it is asked again one frame later, not at once.
    private MonoTime _emptyUntil = MonoTime.Never;

    public StateSender(MonoTime now, TState local, ulong number, TState acknowledged, MonoTime sentAt, ulong numberFloor, IRandomSource random)
    {
        Local = local;
        Schedule = new SendSchedule(now);
        _sent = new SentStates<TState>(number, acknowledged, sentAt);
        _numberFloor = numberFloor;
        _random = random;
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
        while (_assumed + 1 < _sent.Count && _sent[_assumed + 1].SentAt > lostBefore)
            _assumed++;

        bool isEnding = IsShuttingDown || AckNum == InstructionView.ShutdownNum;
        Schedule.Reckon(now, roundTrip, Heard, _sent.Last.SentAt, Compare(), isEnding);
    }

    /// <summary>Makes the instruction that is due, if one is, in <see cref="TransportScratch.Instruction"/>.</summary>
    public bool TryCompose(MonoTime now, RoundTripEstimator roundTrip, TransportScratch scratch, bool force)
    {
        Reckon(now, roundTrip);
        if (!force && now < Deadline)
            return false;

        ReadOnlySpan<byte> diff = ChooseDiff(scratch, out int source);
        ulong oldNum = _sent[source].Number;
        ulong newNum;

        // Back to what the peer acknowledged, after something else was sent: an empty diff that is news, and must not wait for a heartbeat.
        bool isNews = !diff.IsEmpty || scratch.Diff.Length > 0 || (Local.SameAs(_sent.First.State) && !Local.SameAs(_sent.Last.State));
        if (!isNews)
        {
            if (!force && now < Schedule.AckDeadline)
            {
                Schedule.OnNothingToSend();
                _emptyUntil = now.Plus(roundTrip.FrameInterval);
                return false;
            }

            newNum = SendAnew(now);
        }
        else
        {
            Frames++;
            newNum = !IsShuttingDown && Local.SameAs(_sent.Last.State) ? SendAgain(now) : SendAnew(now);
            _assumed = _sent.Count - 1;
        }

        if (IsShuttingDown)
            _shutdownTries++;
        Schedule.OnSent(now);
        Write(scratch.Instruction, oldNum, newNum, diff);
        return true;
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

    private ulong SendAnew(MonoTime now)
    {
        ulong number = IsShuttingDown ? InstructionView.ShutdownNum : Math.Max(_sent.Last.Number, _numberFloor) + 1;
        if (number == _sent.Last.Number)
            return SendAgain(now);
        _sent.Append(number, Local.Snapshot(), now);
        return number;
    }

    private ulong SendAgain(MonoTime now)
    {
        Retransmissions++;
        _sent.Last.SentAt = now;
        return _sent.Last.Number;
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
}
