using System.Buffers;
using System.Buffers.Binary;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Wire;

namespace MoshBroker.Protocol.States;

/// <summary>What a user did since the session began: bytes typed, windows resized and, of a broker that was found to be one, questions asked, in order. States are prefixes of one growing sequence.</summary>
/// <remarks>
/// All states of a connection share one log, so that a state is a position in it. The end that sends keeps the events which the peer may not have; the end that
/// receives keeps only those which <see cref="Drain"/> has not handed on, and recognises the rest by a hash.
/// </remarks>
public sealed class UserInputState : ISyncState<UserInputState>
{
    /// <summary>Windows are not larger than this either way: what a PTY can be told.</summary>
    public const int MaxSize = ushort.MaxValue;

    private const int ContentLength = 2 * sizeof(ulong);
    private const int LogHeaderLength = 3 * sizeof(ulong);

    private readonly UserInputLog _log;
    private ulong _position;
    private ulong _hash;

    // Its diff said something else than the log that all states share; only told apart from a diff that no peer may send.
    private bool _hasDiverged;

    /// <summary>The state before the first event, with a log of its own.</summary>
    public UserInputState()
    {
        _log = new UserInputLog();
        _hash = _log.EndHash;
    }

    internal UserInputState(UserInputLog log, ulong position, ulong hash)
    {
        _log = log;
        Reset(position, hash);
    }

    /// <summary>How many events there were: bytes typed, each one, resizes and questions.</summary>
    public ulong EventCount => _position;

    /// <summary>A number that equal sequences of events share and, but for an accident, no others.</summary>
    public ulong Fingerprint => _hash;

    /// <summary>About how many bytes the log takes for events that must still be kept.</summary>
    public int KeptLength => _log.KeptLength;

    /// <summary>True when <see cref="Drain"/> has something to hand on.</summary>
    public bool HasUndrained => _log.IsReceiving && _log.KeptFrom < _position;

    /// <summary>The user typed; for the sending end's current state.</summary>
    public void Append(ReadOnlySpan<byte> keys)
    {
        RequireCurrent();
        _log.Append(keys);
        _position = _log.End;
        _hash = _log.EndHash;
    }

    /// <summary>The user's window has another size, 1 to 65,535 each way; for the sending end's current state.</summary>
    public void Resize(int columns, int rows)
    {
        RequireCurrent();
        if (!IsSize(columns, rows))
            throw new ArgumentOutOfRangeException(nameof(columns), "A window has 1 to 65,535 columns and rows.");
        _log.Append((ushort)columns, (ushort)rows);
        _position = _log.End;
        _hash = _log.EndHash;
    }

    /// <summary>What the client knows beyond stock's protocol. Said by every diff from state 0, so that a peer which holds any other state has heard it. No event.</summary>
    public PeerExtensions Hello
    {
        get => (PeerExtensions)(int)(_log.Hello & (uint)PeerExtensions.All);
        set => _log.Hello = (uint)value;
    }

    /// <summary>Asks a question; for the sending end's current state, and only of a peer that answers.</summary>
    public void Ask(ushort number)
    {
        RequireCurrent();
        _log.Append(0, number);
        _position = _log.End;
        _hash = _log.EndHash;
    }

    /// <summary>Hands the events of this state that were not handed on before to a sink, and forgets them; for the receiving end.</summary>
    /// <returns>How many events were new; of resizes in a row, which count each, only the last was told.</returns>
    public ulong Drain(IUserInputSink sink)
    {
        ulong from = _log.KeptFrom;
        if (from >= _position)
            return 0;

        ushort columns = 0;
        ushort rows = 0;
        UserInputLog.Walk events = _log.Between(from, _position);
        while (events.TryNext())
        {
            if (events.Keys.IsEmpty)
            {
                if (events.Columns == 0)
                {
                    sink.OnQuestion(events.Rows);
                    continue;
                }

                columns = events.Columns;
                rows = events.Rows;
                continue;
            }

            if (columns != 0)
                sink.OnResize(columns, rows);
            columns = 0;
            sink.OnKeys(events.Keys);
        }

        if (columns != 0)
            sink.OnResize(columns, rows);
        _log.DropBefore(_position);
        return _position - from;
    }

    /// <inheritdoc/>
    public UserInputState Snapshot() => _log.Take(_position, _hash);

    /// <inheritdoc/>
    public void Release() => _log.Give(this);

    /// <inheritdoc/>
    public bool SameAs(UserInputState other) => _position == other._position && _hash == other._hash;

    /// <inheritdoc/>
    public void WriteDiff(UserInputState source, IBufferWriter<byte> diff)
    {
        if (source._position == 0 && _log.Hello != 0)
            UserMessageCodec.WriteHello(diff, _log.Hello);
        if (source._position < _position)
            WriteEvents(source._position, diff);
    }

    /// <inheritdoc/>
    public bool IsWellFormed(ReadOnlySpan<byte> diff)
    {
        UserMessageReader message = new(diff);
        while (message.TryNext())
        {
        }

        return !message.IsMalformed;
    }

    /// <inheritdoc/>
    public bool TryApply(ReadOnlySpan<byte> diff)
    {
        UserMessageReader message = new(diff);
        while (message.TryNext())
        {
            if (message.Kind == UserInstructionKind.Resize && !IsSize(message.Columns, message.Rows))
                return false;
            if (message.Kind == UserInstructionKind.Hello)
                _log.Hello = message.Extensions;
            if (_hasDiverged)
                continue;
            if (message.Kind == UserInstructionKind.Keystroke)
                _hasDiverged = !TryFollow(message.Keys);
            else if (message.Kind == UserInstructionKind.Resize)
                _hasDiverged = !TryFollow((ushort)message.Columns, (ushort)message.Rows);
            else if (message.Kind == UserInstructionKind.Question)
                _hasDiverged = !TryFollow(0, message.Question);
        }

        return !message.IsMalformed;
    }

    /// <summary>Nothing at the receiving end, which keeps only what it has not handed on.</summary>
    /// <param name="oldest">The oldest state that can still be named.</param>
    public void ForgetBefore(UserInputState oldest)
    {
        if (!_log.IsReceiving)
            _log.DropBefore(oldest._position);
    }

    /// <inheritdoc/>
    public bool CanFollow(UserInputState older) =>
        !_hasDiverged && _position >= older._position && (_position != older._position || _hash == older._hash);

    /// <inheritdoc/>
    public void WriteContent(IBufferWriter<byte> content)
    {
        Span<byte> to = content.GetSpan(ContentLength);
        BinaryPrimitives.WriteUInt64BigEndian(to, _position);
        BinaryPrimitives.WriteUInt64BigEndian(to[sizeof(ulong)..], _hash);
        content.Advance(ContentLength);
    }

    /// <inheritdoc/>
    public bool TryReadContent(ReadOnlySpan<byte> content)
    {
        if (content.Length != ContentLength)
            return false;
        Reset(BinaryPrimitives.ReadUInt64BigEndian(content), BinaryPrimitives.ReadUInt64BigEndian(content[sizeof(ulong)..]));

        // At the end that receives, the newest state restored is where the log goes on.
        if (_position > _log.End)
            _log.Restart(_position, _hash);
        return true;
    }

    /// <summary>Appends the events that must still be kept: what the owner of a sending end's current state saves beside the transport's snapshot.</summary>
    public void WriteLog(IBufferWriter<byte> destination)
    {
        RequireCurrent();
        Span<byte> to = destination.GetSpan(LogHeaderLength);
        BinaryPrimitives.WriteUInt64BigEndian(to, _log.KeptFrom);
        BinaryPrimitives.WriteUInt64BigEndian(to[sizeof(ulong)..], _position);
        BinaryPrimitives.WriteUInt64BigEndian(to[(2 * sizeof(ulong))..], _hash);
        destination.Advance(LogHeaderLength);
        WriteEvents(_log.KeptFrom, destination);
    }

    /// <summary>The current state whose events <see cref="WriteLog"/> wrote; null when it did not.</summary>
    public static UserInputState? TryReadLog(ReadOnlySpan<byte> saved)
    {
        if (saved.Length < LogHeaderLength)
            return null;
        ulong keptFrom = BinaryPrimitives.ReadUInt64BigEndian(saved);
        ulong position = BinaryPrimitives.ReadUInt64BigEndian(saved[sizeof(ulong)..]);
        ulong hash = BinaryPrimitives.ReadUInt64BigEndian(saved[(2 * sizeof(ulong))..]);
        UserInputState state = new();
        state._log.Restart(keptFrom, hash);
        state.Reset(keptFrom, hash);
        bool isWhole = state.TryApply(saved[LogHeaderLength..]) && !state._hasDiverged && state._position == position;
        state._log.IsReceiving = false;
        state._log.Restore(hash);
        state.Reset(position, hash);
        return isWhole ? state : null;
    }

    internal void Reset(ulong position, ulong hash)
    {
        _hasDiverged = false;
        _position = position;
        _hash = hash;
    }

    private static bool IsSize(int columns, int rows) => columns is >= 1 and <= MaxSize && rows is >= 1 and <= MaxSize;

    /// <summary>The diff goes on with keys: they are those that follow in the log, as far as it goes, and extend it beyond.</summary>
    private bool TryFollow(ReadOnlySpan<byte> keys)
    {
        _log.IsReceiving = true;
        int known = (int)Math.Min(_log.End - _position, (ulong)keys.Length);
        if (known > 0)
        {
            _hash = UserInputLog.HashOf(_hash, keys[..known]);
            _position += (ulong)known;
            if (_position == _log.End && _hash != _log.EndHash)
                return false;
        }

        if (known < keys.Length)
        {
            _log.Append(keys[known..]);
            _position = _log.End;
            _hash = _log.EndHash;
        }

        return true;
    }

    private bool TryFollow(ushort columns, ushort rows)
    {
        _log.IsReceiving = true;
        if (_position == _log.End)
        {
            _log.Append(columns, rows);
            _position = _log.End;
            _hash = _log.EndHash;
            return true;
        }

        _hash = UserInputLog.HashOf(_hash, columns, rows);
        _position++;
        return _position != _log.End || _hash == _log.EndHash;
    }

    private void WriteEvents(ulong from, IBufferWriter<byte> diff)
    {
        UserInputLog.Walk events = _log.Between(from, _position);
        while (events.TryNext())
        {
            if (events.Keys.IsEmpty && events.Columns == 0)
                UserMessageCodec.WriteQuestion(diff, events.Rows);
            else if (events.Keys.IsEmpty)
                UserMessageCodec.WriteResize(diff, events.Columns, events.Rows);
            else
                UserMessageCodec.WriteKeys(diff, events.Keys);
        }
    }

    private void RequireCurrent()
    {
        if (_position != _log.End)
            throw new InvalidOperationException("Only the current state can grow.");
    }
}
