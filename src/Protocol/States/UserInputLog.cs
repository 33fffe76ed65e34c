namespace MoshBroker.Protocol.States;

/// <summary>The one sequence of events that all states of a connection are prefixes of, as far as it must still be kept.</summary>
internal sealed class UserInputLog
{
    private const int MaxPooled = 64;

    // What grew beyond this for a large paste is given up when it is empty again.
    private const int KeptKeys = 4096;
    private const int KeptResizes = 64;

    private const ulong HashStart = 14695981039346656037;
    private const ulong HashPrime = 1099511628211;

    private readonly Stack<UserInputState> _pool = new();
    private byte[] _keys = [];
    private int _keysFrom;
    private int _keysTo;
    private SizeEvent[] _sizes = [];
    private int _sizesFrom;
    private int _sizesTo;

    /// <summary>How many events there are in all.</summary>
    public ulong End { get; private set; }

    /// <summary>Identifies the events before <see cref="End"/>, as far as an accident can tell.</summary>
    public ulong EndHash { get; private set; } = HashStart;

    /// <summary>The first event that is still kept.</summary>
    public ulong KeptFrom { get; private set; }

    /// <summary>What the sending end said that it knows beyond stock's protocol, as it came or goes.</summary>
    public uint Hello { get; set; }

    /// <summary>True at the end that receives: events are kept until they are handed on.</summary>
    public bool IsReceiving { get; set; }

    /// <summary>Bytes that the kept events take.</summary>
    public int KeptLength => _keysTo - _keysFrom + ((_sizesTo - _sizesFrom) * 16);

    public static ulong HashOf(ulong before, ReadOnlySpan<byte> keys)
    {
        ulong hash = before;
        foreach (byte key in keys)
            hash = (hash ^ key) * HashPrime;
        return hash;
    }

    public static ulong HashOf(ulong before, ushort columns, ushort rows) => (before ^ (0x100u | ((ulong)columns << 16) | ((ulong)rows << 32))) * HashPrime;

    public UserInputState Take(ulong position, ulong hash)
    {
        if (!_pool.TryPop(out UserInputState? state))
            return new UserInputState(this, position, hash);
        state.Reset(position, hash);
        return state;
    }

    public void Give(UserInputState state)
    {
        if (_pool.Count < MaxPooled)
            _pool.Push(state);
    }

    public void Append(ReadOnlySpan<byte> keys)
    {
        MakeRoom(ref _keys, ref _keysFrom, ref _keysTo, keys.Length, 64);
        keys.CopyTo(_keys.AsSpan(_keysTo));
        _keysTo += keys.Length;
        End += (ulong)keys.Length;
        EndHash = HashOf(EndHash, keys);
    }

    public void Append(ushort columns, ushort rows)
    {
        MakeRoom(ref _sizes, ref _sizesFrom, ref _sizesTo, 1, 4);
        _sizes[_sizesTo++] = new SizeEvent(End++, columns, rows);
        EndHash = HashOf(EndHash, columns, rows);
    }

    /// <summary>Begins anew at a position whose events nobody needs any more.</summary>
    public void Restart(ulong position, ulong hash)
    {
        Forget();
        End = position;
        EndHash = hash;
        KeptFrom = position;
    }

    /// <summary>Takes the hash that a saved log had at its end.</summary>
    public void Restore(ulong endHash) => EndHash = endHash;

    /// <summary>Drops the events before a position.</summary>
    public void DropBefore(ulong position)
    {
        if (position <= KeptFrom)
            return;
        if (position >= End)
        {
            Forget();
            KeptFrom = End;
            return;
        }

        int sizes = 0;
        while (_sizesFrom + sizes < _sizesTo && _sizes[_sizesFrom + sizes].Position < position)
            sizes++;
        _sizesFrom += sizes;
        _keysFrom += (int)(position - KeptFrom) - sizes;
        KeptFrom = position;
    }

    /// <summary>A walk over the kept events of a range.</summary>
    public Walk Between(ulong from, ulong to)
    {
        if (from < KeptFrom)
            throw new InvalidOperationException("These events are not kept any more.");
        return new Walk(this, from, to);
    }

    private void Forget()
    {
        _keysFrom = 0;
        _keysTo = 0;
        _sizesFrom = 0;
        _sizesTo = 0;
        if (_keys.Length > KeptKeys)
            _keys = [];
        if (_sizes.Length > KeptResizes)
            _sizes = [];
    }

    private static void MakeRoom<T>(ref T[] items, ref int from, ref int to, int count, int least)
    {
        if (to + count <= items.Length)
            return;
        int length = to - from;
        T[] target = items;

        // Moving down is enough when at least half is free then, which keeps the cost of an event constant.
        if (2 * (length + count) > items.Length)
            target = new T[Math.Max(2 * (length + count), least)];
        Array.Copy(items, from, target, 0, length);
        items = target;
        from = 0;
        to = length;
    }

    /// <summary>Steps over runs of keys and single resizes and questions, in order.</summary>
    public ref struct Walk
    {
        private readonly UserInputLog _log;
        private readonly ulong _to;
        private ulong _at;
        private int _size;

        internal Walk(UserInputLog log, ulong from, ulong to)
        {
            _log = log;
            _at = from;
            _to = to;
            _size = log._sizesFrom;
            while (_size < log._sizesTo && log._sizes[_size].Position < from)
                _size++;
        }

        /// <summary>Keys typed one after the other; empty when the present event is a resize.</summary>
        public ReadOnlySpan<byte> Keys { get; private set; }

        /// <summary>0 for a question, which has its number in <see cref="Rows"/>.</summary>
        public ushort Columns { get; private set; }

        public ushort Rows { get; private set; }

        public bool TryNext()
        {
            if (_at >= _to)
                return false;

            ulong nextSize = _size < _log._sizesTo ? _log._sizes[_size].Position : ulong.MaxValue;
            if (nextSize == _at)
            {
                Keys = default;
                Columns = _log._sizes[_size].Columns;
                Rows = _log._sizes[_size].Rows;
                _size++;
                _at++;
                return true;
            }

            ulong end = Math.Min(nextSize, _to);
            int offset = _log._keysFrom + (int)(_at - _log.KeptFrom) - (_size - _log._sizesFrom);
            Keys = _log._keys.AsSpan(offset, (int)(end - _at));
            _at = end;
            return true;
        }
    }

    private readonly record struct SizeEvent(ulong Position, ushort Columns, ushort Rows);
}
