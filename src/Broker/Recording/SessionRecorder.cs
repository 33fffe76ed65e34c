using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MoshBroker.Protocol;
using MoshBroker.Telemetry;

namespace MoshBroker.Recording;

/// <summary>One recording: what its session adds on one thread, <see cref="RecordingService"/>'s thread writes, in signed blocks.</summary>
internal sealed class SessionRecorder : ISessionRecorder, IDisposable
{
    /// <summary>A block is closed, signed and synced at this size, or at the next round after <see cref="BlockMaxAgeMs"/>.</summary>
    internal const int BlockLength = 64 * 1024;

    internal const long BlockMaxAgeMs = 2_000;

    private readonly Lock _gate = new();
    private readonly RecordingService _service;
    private readonly RecordingKey _key;
    private readonly AsciicastWriter _cast = new();
    private readonly bool _recordsInput;
    private readonly MonoTime _began; // Of the recording, which another process may have begun.
    private readonly string _file;
    private readonly Action _changed;
    private FileStream? _recording;
    private FileStream? _chain;
    private EventBuffer _filling = new();
    private EventBuffer _writing = new();
    private byte[] _hash;
    private byte[] _pending = new byte[BlockLength * 2];
    private int _pendingLength;
    private long _offset;
    private int _blocks;
    private MonoTime _blockBegan = MonoTime.Forever;
    private MonoTime _brokenSince = MonoTime.Forever;
    private RecordingStage _stage;
    private long _lost;
    private bool _ended;
    private bool _isLeft;
    private volatile bool _keepsUp = true;
    private volatile bool _isBroken;

    internal SessionRecorder(RecordingService service, RecordingKey key, string file, RecordingStart start, Action changed, MonoTime now)
    {
        _service = service;
        _key = key;
        _file = file;
        _changed = changed;
        _recordsInput = start.RecordsInput;
        _began = now;
        Session = start.Session;
        Tenant = start.Tenant;
        _hash = RecordingBlock.Genesis(start.Session, start.StartedAt.ToUnixTimeMilliseconds());
        _recording = Create(file);
        try
        {
            _chain = Create(RecordingCheck.ChainOf(file));
            RecordingHead head = new(RecordingHead.CurrentVersion, start.Session, start.StartedAt.ToUnixTimeMilliseconds(), key.Fingerprint);
            WriteLine(JsonSerializer.SerializeToUtf8Bytes(head, RecordingJson.Default.RecordingHead));
        }
        catch
        {
            _chain?.Dispose();
            _recording.Dispose();
            throw;
        }

        _cast.Header(start.Columns, start.Rows, start.StartedAt, start.Title);
    }

    /// <summary>Goes on with one that a process before this one did not close.</summary>
    internal SessionRecorder(RecordingService service, RecordingKey key, string file, RecordingStart start, Action changed, MonoTime now, TimeSpan age, RecordingEnd end)
    {
        _service = service;
        _key = key;
        _file = file;
        _changed = changed;
        _recordsInput = start.RecordsInput;
        _began = now.Plus(-(long)age.TotalMilliseconds);
        Session = start.Session;
        Tenant = start.Tenant;
        (_hash, _offset, _blocks) = (end.Hash, end.Offset, end.Blocks);
        _recording = Open(file, end.Offset);
        try
        {
            _chain = Open(RecordingCheck.ChainOf(file), end.ChainLength);
        }
        catch
        {
            _recording.Dispose();
            throw;
        }

        // It was killed before its first block: without that one there is no header.
        if (end.Blocks == 0) { _cast.Header(start.Columns, start.Rows, start.StartedAt, start.Title); }
    }

    public string Session { get; }

    public string? Tenant { get; }

    public bool KeepsUp => _keepsUp;

    public bool IsBroken => _isBroken;

    /// <summary>True once the last block is on the disk, or cannot be.</summary>
    internal bool IsClosed { get; private set; }

    /// <summary>Since when events wait that are not durable; <see cref="MonoTime.Forever"/> when none do.</summary>
    internal MonoTime NotDurableSince => _blockBegan;

    public void Output(MonoTime now, ReadOnlySpan<byte> bytes) => Add(EventKind.Output, now, bytes);

    public void Input(MonoTime now, ReadOnlySpan<byte> bytes)
    {
        if (_recordsInput) { Add(EventKind.Input, now, bytes); }
    }

    public void Resize(MonoTime now, int columns, int rows) =>
        Add(EventKind.Resize, now, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{columns}x{rows}")));

    public void Mark(MonoTime now, string label) => Add(EventKind.Marker, now, Encoding.UTF8.GetBytes(label));

    public void End(MonoTime now)
    {
        lock (_gate) { _ended = true; }
        _service.Wake();
    }

    /// <summary>Another process goes on with it: what has come in is written, and it stays open.</summary>
    internal void Leave()
    {
        lock (_gate) { _ended = _isLeft = true; }
    }

    /// <summary>Writes what has come in; on the service's thread. False when the disk refused: it is tried again, in the next round.</summary>
    internal bool Write(MonoTime now)
    {
        if (IsClosed) { return true; }
        bool ended;
        lock (_gate)
        {
            // While the disk refuses, what it has refused waits as lines, and events behind that in their buffer: both are bounded.
            if (_pendingLength < EventBuffer.Limit) { (_filling, _writing) = (_writing, _filling); }
            ended = _ended && _filling.Length == 0;
        }

        try
        {
            Encode();
            while (_pendingLength >= BlockLength) { CloseBlock(BlockLength, isLast: false); }
            if (ended && !(_isLeft && _pendingLength == 0)) { CloseBlock(_pendingLength, isLast: !_isLeft); }
            else if (_pendingLength > 0 && now.Since(_blockBegan) >= BlockMaxAgeMs) { CloseBlock(_pendingLength, isLast: false); }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Break(now, e.Message);
            if (ended) { Dispose(); }
            return false;
        }

        Mend(now);
        if (ended) { Dispose(); }
        return true;
    }

    public void Dispose()
    {
        IsClosed = true;
        _recording?.Dispose();
        _chain?.Dispose();
        _recording = _chain = null;
        _cast.Dispose();
        CryptographicOperations.ZeroMemory(_pending);
        lock (_gate)
        {
            _filling.Dispose();
            _writing.Dispose();
        }
    }

    private static FileStream Create(string file) => new(file, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        Share = FileShare.Read,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    /// <summary>What lies behind that was not vouched for.</summary>
    private static FileStream Open(string file, long length)
    {
        FileStream stream = new(file, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 });
        stream.SetLength(length);
        stream.Position = length;
        return stream;
    }

    private void Add(EventKind kind, MonoTime now, ReadOnlySpan<byte> bytes)
    {
        bool isFirst;
        lock (_gate)
        {
            if (_ended || IsClosed) { return; }
            isFirst = _filling.Length == 0;
            if (!_filling.TryAdd(kind, now, bytes))
            {
                _lost += bytes.Length;
                _keepsUp = false;
                return;
            }

            // Half full: whoever must not lose anything stops here, and goes on when it is written.
            if (_filling.Length > EventBuffer.Limit / 2) { _keepsUp = false; }
        }

        if (isFirst) { _service.Wake(); }
    }

    private void Encode()
    {
        int at = 0;
        while (at < _writing.Length)
        {
            ReadOnlySpan<byte> bytes = _writing.Read(ref at, out EventKind kind, out MonoTime time);
            long ms = Math.Max(0, time.Since(_began));
            switch (kind)
            {
                case EventKind.Output: _cast.Output(ms, bytes); break;
                case EventKind.Input: _cast.Input(ms, bytes); break;
                case EventKind.Marker: _cast.Marker(ms, Encoding.UTF8.GetString(bytes)); break;
                case EventKind.Resize:
                    string[] size = Encoding.ASCII.GetString(bytes).Split('x');
                    _cast.Resize(ms, int.Parse(size[0], CultureInfo.InvariantCulture), int.Parse(size[1], CultureInfo.InvariantCulture));
                    break;
            }

            if (_blockBegan == MonoTime.Forever) { _blockBegan = time; }
        }

        _writing.Clear();
        ReadOnlySpan<byte> lines = _cast.Written.Span;
        if (_pending.Length < _pendingLength + lines.Length) { Array.Resize(ref _pending, (_pendingLength + lines.Length) * 2); }
        lines.CopyTo(_pending.AsSpan(_pendingLength));
        _pendingLength += lines.Length;
        _cast.Clear();
    }

    /// <summary>Puts bytes and the line that covers them on the disk, the bytes first; nothing is forgotten before both are there.</summary>
    private void CloseBlock(int length, bool isLast)
    {
        ReadOnlySpan<byte> bytes = _pending.AsSpan(0, length);
        FileStream recording = _recording!;
        FileStream chain = _chain!;
        long chained = chain.Length;
        int number = _blocks + 1;
        _stage = RecordingStage.Write;
        try
        {
            recording.Write(bytes);
            recording.Flush(flushToDisk: true);
            _stage = RecordingStage.Seal;
            using IncrementalHash hash = RecordingBlock.BeginHash(_hash, number, _offset, length, isLast);
            hash.AppendData(bytes);
            byte[] digest = hash.GetHashAndReset();
            RecordingBlock block = new(number, _offset, length, isLast, Convert.ToHexStringLower(digest), _key.Sign(digest));
            WriteLine(JsonSerializer.SerializeToUtf8Bytes(block, RecordingJson.Default.RecordingBlock));
            chain.Flush(flushToDisk: true);
            _hash = digest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A block is there as a whole, or not at all.
            recording.SetLength(_offset);
            recording.Position = _offset;
            chain.SetLength(chained);
            chain.Position = chained;
            throw;
        }

        _blocks = number;
        _offset += length;
        _service.CountWritten(this, length);
        _pending.AsSpan(length, _pendingLength - length).CopyTo(_pending);
        _pendingLength -= length;
        if (_pendingLength == 0) { _blockBegan = MonoTime.Forever; }
    }

    private void WriteLine(byte[] json)
    {
        byte[] line = [.. json, (byte)'\n'];
        _chain!.Write(line);
    }

    private void Break(MonoTime now, string reason)
    {
        _keepsUp = false;
        if (_brokenSince != MonoTime.Forever) { return; }
        _brokenSince = now;
        _isBroken = true;
        _service.OnBroken(this, _stage, $"{_file}: {reason}");
        _changed();
    }

    private void Mend(MonoTime now)
    {
        if (_keepsUp) { return; }
        long lost;
        lock (_gate)
        {
            if (_filling.Length > EventBuffer.Limit / 2) { return; }
            lost = _lost;
            _lost = 0;
            _keepsUp = true;
        }


        if (lost > 0) { Mark(now, $"{lost} bytes of output are missing here: the disk was behind"); }
        if (_brokenSince != MonoTime.Forever)
        {
            _brokenSince = MonoTime.Forever;
            _isBroken = false;
            _service.OnMended(this);
        }

        _changed();
    }
}
