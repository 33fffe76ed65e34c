using System.Collections.Concurrent;
using System.Globalization;
using MoshBroker.Audit;
using MoshBroker.Configuration;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.Recording;

/// <summary>All recordings of this node: makes them, and writes them by one thread of its own, so that a slow disk delays no session.</summary>
internal sealed class RecordingService : IDisposable
{
    private const int RoundMs = 500;

    private readonly string _folder;
    private readonly RecordingKey _key;
    private readonly RecordingLog _log;
    private readonly IAuditTrail _audit;
    private readonly MonoClock _clock;
    private readonly ConcurrentDictionary<string, SessionRecorder> _recorders = new(StringComparer.Ordinal);
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Thread _thread;
    private volatile bool _stopping;
    private long _failures;

    public RecordingService(string folder, RecordingKey key, RecordingLog log, IAuditTrail audit, MonoClock clock)
    {
        _folder = folder;
        _key = key;
        _log = log;
        _audit = audit;
        _clock = clock;
        _thread = new Thread(Run) { IsBackground = true, Name = "recorder" };
        _thread.Start();
    }

    /// <summary>Where it is counted; null for nowhere.</summary>
    public BrokerMetrics? Metrics { get; init; }

    /// <summary>How often a recording could not be written.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Age of the oldest event that is not on the disk; 0 when there is none.</summary>
    public double LagSeconds
    {
        get
        {
            MonoTime now = _clock.Now();
            long oldest = 0;
            foreach (SessionRecorder recorder in _recorders.Values)
            {
                if (recorder.NotDurableSince is var since && since < MonoTime.Forever) { oldest = Math.Max(oldest, now.Since(since)); }
            }

            return oldest / 1000.0;
        }
    }

    /// <summary>Begins a recording; null with the reason when the disk refuses.</summary>
    /// <param name="changed">Called, on the recorder's thread, when the disk refuses, and when the recording keeps up again.</param>
    public ISessionRecorder? TryStart(RecordingStart start, Action changed, out string? refusal)
    {
        (string folder, string file) = PlaceOf(start);
        try
        {
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            SessionRecorder recorder = new(this, _key, file, start, changed, _clock.Now());
            _recorders[start.Session] = recorder;
            Wake();
            refusal = null;
            return recorder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Interlocked.Increment(ref _failures);
            Metrics?.Recordings.Failed(RecordingStage.Write);
            refusal = $"{file}: {OneLine.Of(e)}";
            _log.Broken(start.Session, refusal);
            _audit.Write(new AuditEvent(AuditEventName.RecordingFailed) { Session = start.Session, Tenant = start.Tenant, Reason = "start" });
            return null;
        }
    }

    /// <summary>Goes on with a recording that a process before this one did not close; null when there is none, or it cannot be gone on with.</summary>
    /// <param name="start">As it was begun.</param>
    /// <param name="utcNow">The present.</param>
    /// <param name="changed">As for <see cref="TryStart"/>.</param>
    public ISessionRecorder? TryResume(RecordingStart start, DateTimeOffset utcNow, Action changed)
    {
        (_, string file) = PlaceOf(start);
        try
        {
            if (!File.Exists(file) || RecordingEnd.Of(file, start.Session, _key) is not { } end) { return null; }
            SessionRecorder recorder = new(this, _key, file, start, changed, _clock.Now(), utcNow - start.StartedAt, end);
            _recorders[start.Session] = recorder;
            Wake();
            return recorder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A further file then; what is wrong with the disk shows there.
            return null;
        }
    }

    /// <summary>Another process goes on with the sessions: writes what came in, and leaves every recording open. Instead of ending them; <see cref="Dispose"/> follows.</summary>
    public void Leave()
    {
        foreach (SessionRecorder recorder in _recorders.Values) { recorder.Leave(); }
    }

    /// <summary>Closes what has ended and what has not, each with its last block.</summary>
    public void Dispose()
    {
        foreach (SessionRecorder recorder in _recorders.Values) { recorder.End(_clock.Now()); }
        _stopping = true;
        Wake();
        _thread.Join();
        _wake.Dispose();
        _key.Dispose();
    }

    internal void Wake() => _wake.Set();

    internal void CountWritten(SessionRecorder recorder, int bytes) => Metrics?.Recordings.Written(Metrics.Tenant(recorder.Tenant ?? Policy.DropInTenant), bytes);

    internal void OnBroken(SessionRecorder recorder, RecordingStage stage, string reason)
    {
        Interlocked.Increment(ref _failures);
        Metrics?.Recordings.Failed(stage);
        _log.Broken(recorder.Session, reason);
        _audit.Write(new AuditEvent(AuditEventName.RecordingFailed) { Session = recorder.Session, Tenant = recorder.Tenant, Reason = stage == RecordingStage.Write ? "write" : "seal" });
    }

    internal void OnMended(SessionRecorder recorder) => _log.Mended(recorder.Session);

    private (string Folder, string File) PlaceOf(RecordingStart start)
    {
        string folder = Path.Combine(_folder, start.Tenant ?? "default");
        return (folder, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{start.StartedAt.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{start.Session}.cast")));
    }

    private void Run()
    {
        while (true)
        {
            bool last = _stopping;
            MonoTime now = _clock.Now();
            bool refused = false;
            foreach ((string session, SessionRecorder recorder) in _recorders)
            {
                refused |= !recorder.Write(now);
                if (recorder.IsClosed) { _recorders.TryRemove(session, out _); }
            }

            // A disk that refused is asked again in the next round; at the end, that was it.
            if (last && (_recorders.IsEmpty || refused)) { break; }
            _wake.WaitOne(RoundMs);
        }

        foreach (SessionRecorder recorder in _recorders.Values) { recorder.Dispose(); }
    }
}
