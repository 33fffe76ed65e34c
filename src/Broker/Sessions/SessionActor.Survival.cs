using System.Buffers;
using MoshBroker.Backends;
using MoshBroker.Cluster;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Snapshots;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Survival;

namespace MoshBroker.Sessions;

/// <summary>Outliving the process.</summary>
internal sealed partial class SessionActor
{
    private const long ScrollbackIntervalMs = 1_000; // It is most of a screen's bytes; a flood need not write it each time.

    private RestoredSession? _restored; // Until it has gone on.
    private SessionRecord? _record;
    private byte[] _recordBytes = [];
    private ChannelEnd[] _saved = [];
    private bool _isUnsaved = true;
    private bool _isScreenUnsaved = true;
    private MonoTime _scrollbackSavedAt = MonoTime.Never;
    private bool _owesScrollback;

    /// <summary>What outlives this process; null when nothing does.</summary>
    public Lifeline? Lifeline { get; }

    /// <summary>Facts, as the next process reads them; set with <see cref="Lifeline"/>. On the loop.</summary>
    public SessionRecord? Record
    {
        get => _record;
        set => (_record, _recordBytes) = (value, value?.ToBytes() ?? []);
    }

    public void OnProgram(SavedProgram program)
    {
        if (Record is null) { return; }
        Record = Record with { Program = program };
        SaveScreen();
    }

    /// <summary>The terminal was changed by something else than output: that cannot be replayed.</summary>
    private void SaveScreen() => _isScreenUnsaved = true;

    private void GoOn(MonoTime now, RestoredSession restored)
    {
        _phase = restored.IsLive ? Phase.Live : Phase.Waiting;
        Stats.LastNewState = now.Milliseconds;
        Recording?.GoOn(now, _terminal.Frame);
        if (restored.IsLocked) { _terms.Lock("it was locked before the broker was started again"); }
        TransportSetup? SetupOf(int index, ReadOnlySpan<byte> owner) =>
            ChannelPeer.TryRead(owner, out ChannelPeer peer) && restored.Seeds.TryGetValue(peer.Id, out ChannelSeed? seed)
                ? new TransportSetup { Sends = Direction.ServerToClient, Key = seed.Key, Epoch = (ulong)seed.Epoch, Random = _host.Random, Scratch = _host.Scratch }
                : null;
        IReadOnlyList<ChannelEnd> channels = SessionSnapshot.TryRestoreChannels(now, restored.Channels.Span, _terminal, SetupOf)
            ?? throw new InvalidOperationException("The checkpoint's numbers make no sense.");
        HashSet<int> taken = [];
        foreach (ChannelEnd saved in channels)
        {
            _ = ChannelPeer.TryRead(saved.Owner.Span, out ChannelPeer peer);
            Channel channel = new(now, saved, peer, restored.Seeds[peer.Id].Expecting(saved.Transport.NextExpectedSequence), this, _host);
            taken.Add(peer.Id);
            Show(now, channel);
        }

        foreach ((int id, ChannelSeed seed) in restored.Seeds)
        {
            // Its client had not come, or was on its way out.
            if (taken.Contains(id)) { continue; }
            if (_phase == Phase.Waiting) { Add(now, seed.Expecting(0)); }
            else { seed.Dispose(); }
        }

        if (!restored.Replies.AsSpan().IsEmpty)
        {
            _backend?.Send(now, restored.Replies);
            Lifeline!.OnReplies(restored.Replies.Length);
        }

        // Killed in the midst of a change of size, the terminal may have another one than its window.
        if (_channels is [{ HasClient: true } only]) { Fit(only); }
        if (_phase == Phase.Live) { _backend?.Release(now); } // What had not begun yet, or begins again.
        if (!restored.HasProgram) { BeginEnd(now, SessionEndReason.BackendLost); }
    }

    private void HasGoneOn()
    {
        _restored!.Began.TrySetResult(null);
        _restored = null;
    }

    /// <summary>Before anything leaves that follows from this turn, it is where the next process finds it; then the program gets its input.</summary>
    private void Commit(MonoTime now)
    {
        if (Lifeline is { IsBroken: false } lifeline && _phase <= Phase.Live)
        {
            // In this order: what a screen's output made the terminal answer must be in the journal before it is that screen's past.
            if (_isUnsaved || lifeline.Journal.HasUncommitted || HasUnsavedChannel()) { CommitNumbers(lifeline); }
            if (_isScreenUnsaved || lifeline.WantsScreen || now >= ScrollbackDue) { CommitScreen(now, lifeline); }
        }

        _backend?.Push(now);
    }

    private MonoTime ScrollbackDue => _owesScrollback ? _scrollbackSavedAt.Plus(ScrollbackIntervalMs) : MonoTime.Forever;

    private void CommitScreen(MonoTime now, Lifeline lifeline)
    {
        bool withScrollback = now.Since(_scrollbackSavedAt) >= ScrollbackIntervalMs;
        ArrayBufferWriter<byte> screen = _host.SaveBuffer;
        screen.ResetWrittenCount();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(screen.GetSpan(sizeof(int)), _recordBytes.Length);
        screen.Advance(sizeof(int));
        screen.Write(_recordBytes);
        _terminal.WriteSnapshot(screen, withScrollback);
        lifeline.CommitScreen(screen.WrittenSpan);
        _owesScrollback = !withScrollback;
        if (withScrollback) { _scrollbackSavedAt = now; }
        _isScreenUnsaved = false;
        if (lifeline.IsBroken) { _log.WouldNotSurvive(Facts.Id); }
    }

    private bool HasUnsavedChannel()
    {
        foreach (Channel channel in _channels)
        {
            if (channel.IsUnsaved) { return true; }
        }

        return false;
    }

    private void CommitNumbers(Lifeline lifeline)
    {
        int count = 0;
        foreach (Channel channel in _channels)
        {
            if (!channel.IsOpen) { continue; }
            channel.Note();
            if (count == _saved.Length) { Array.Resize(ref _saved, count + 1); }
            _saved[count++] = channel.Saved;
        }

        ArrayBufferWriter<byte> numbers = _host.SaveBuffer;
        numbers.ResetWrittenCount();
        lifeline.BeginNumbers(numbers, _phase == Phase.Live, _terms.IsLockedForGood);
        SessionSnapshot.WriteChannels(numbers, _saved.AsSpan(0, count));
        lifeline.CommitNumbers(numbers.WrittenSpan);
        _isUnsaved = false;
    }
}
