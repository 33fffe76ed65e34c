using System.Runtime.InteropServices;
using MoshBroker.Audit;
using MoshBroker.Configuration;

namespace MoshBroker.Tenants;

/// <summary>The policy that holds, and the file that it comes from: read again when it changes or at SIGHUP, taken as a whole or not at all.</summary>
/// <remarks>
/// The file is looked at twice a second (one open, one fstat), instead of by inotify: what editors, configuration management, symbolic
/// links of mounted volumes and network file systems do to a file all looks the same then, and a file in the midst of being written is
/// left alone until it has been still for one look.
/// </remarks>
internal sealed class PolicyFile : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly string? _path;
    private readonly PolicySurroundings _surroundings;
    private readonly IAuditTrail _audit;
    private readonly PolicyLog _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _nudge = new(0);
    private PosixSignalRegistration? _hangUp;
    private Task _watching = Task.CompletedTask;
    private volatile Policy _current;
    private volatile string? _fault;
    private (DateTime Written, long Length) _taken;

    private PolicyFile(string? path, Policy policy, PolicySurroundings surroundings, IAuditTrail audit, PolicyLog log, TimeProvider time)
    {
        (_path, _current, _surroundings, _audit, _log, _time) = (path, policy, surroundings, audit, log, time);
    }

    /// <summary>Raised after <see cref="Current"/> was replaced, on the watching thread.</summary>
    public event EventHandler? Changed;

    /// <summary>The policy that holds.</summary>
    public Policy Current => _current;

    /// <summary>The text that <see cref="Current"/> was read from; empty without a file.</summary>
    public string CurrentText { get; private set; } = "";

    /// <summary>Why new sessions should go to another node; null while the file on disk is the policy that holds.</summary>
    public string? NotReadyBecause => _fault is { } fault ? $"policy invalid: {fault}" : null;

    /// <summary>Reads the policy; without a file, accounts of this machine open sessions and that is all.</summary>
    /// <exception cref="StartRefusedException">There is no policy to begin with.</exception>
    public static PolicyFile Open(string? path, PolicySurroundings surroundings, IAuditTrail audit, PolicyLog log, TimeProvider time)
    {
        if (path is null) { return new PolicyFile(null, Policy.None, surroundings, audit, log, time); }
        (DateTime, long) stamp = Stamp(path);
        PolicyReading reading = PolicyReading.Of(path, surroundings);
        if (reading.Policy is not { } policy)
        {
            string more = reading.FaultCount > 1 ? $" (and {reading.FaultCount - 1} more: moshbroker policy check {path})" : "";
            throw new StartRefusedException($"--policy {reading.Faults[0]}{more}", exitCode: ExitCodes.Usage);
        }

        PolicyFile file = new(path, policy, surroundings, audit, log, time) { _taken = stamp, CurrentText = reading.Text };
        log.Taken(policy.Digest, path, policy.Tenants.Count, policy.Tenants.Values.Sum(tenant => tenant.Users.Count));
        if (surroundings.IsDevelopment) { log.Development(); }
        return file;
    }

    /// <summary>Begins to look for changes; not before everybody listens to <see cref="Changed"/>.</summary>
    public void Watch()
    {
        if (_path is null) { return; }
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            _nudge.Release();
        });
        _watching = Task.Run(WatchAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _hangUp?.Dispose();
        await _stopping.CancelAsync();
        await _watching;
        _stopping.Dispose();
        _nudge.Dispose();
    }

    /// <summary>What changes when the file does; the link's target, if it is one. Zeros when it cannot be opened.</summary>
    private static (DateTime Written, long Length) Stamp(string path)
    {
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(path);
            return (File.GetLastWriteTimeUtc(handle), RandomAccess.GetLength(handle));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    private async Task WatchAsync()
    {
        (DateTime, long) seen = _taken;
        while (true)
        {
            bool asked;
            try
            {
                asked = await WaitAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }

            (DateTime, long) stamp = Stamp(_path!);
            bool isStill = stamp == seen;
            seen = stamp;
            if (!asked && (stamp == _taken || !isStill)) { continue; }
            _taken = stamp;
            try
            {
                Reload();
            }
            catch (Exception failure)
            {
                _log.Failed(failure);
            }
        }
    }

    /// <summary>True when somebody asked; false when it is time to look.</summary>
    private async Task<bool> WaitAsync()
    {
        using CancellationTokenSource look = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        Task nudged = _nudge.WaitAsync(look.Token);
        Task done = await Task.WhenAny(nudged, Task.Delay(LookEvery, _time, _stopping.Token));
        await look.CancelAsync();
        _stopping.Token.ThrowIfCancellationRequested();
        return done == nudged && nudged.IsCompletedSuccessfully;
    }

    private void Reload()
    {
        PolicyReading reading = PolicyReading.Of(_path!, _surroundings);
        if (reading.Policy is not { } policy)
        {
            string fault = reading.Faults[0].ToString();
            _fault = fault;
            _log.Refused(_current.Digest, reading.FaultCount, fault);
            _audit.Write(new AuditEvent(AuditEventName.PolicyRefused) { Reason = fault });
            return;
        }

        _fault = null;
        if (policy.Digest == _current.Digest) { return; }
        string before = _current.Digest;
        _current = policy;
        CurrentText = reading.Text;
        _log.Taken(policy.Digest, _path!, policy.Tenants.Count, policy.Tenants.Values.Sum(tenant => tenant.Users.Count));
        _audit.Write(new AuditEvent(AuditEventName.PolicyReload)
        {
            More = new Dictionary<string, string>(StringComparer.Ordinal) { ["moshbroker.policy.digest"] = policy.Digest, ["moshbroker.policy.previous"] = before },
        });
        Changed?.Invoke(this, EventArgs.Empty);
    }
}
