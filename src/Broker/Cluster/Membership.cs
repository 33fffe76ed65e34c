using System.Security.Cryptography;
using MoshBroker.Cluster.Coordination;
using MoshBroker.Configuration;
using MoshBroker.Native;
using MoshBroker.Protocol;

namespace MoshBroker.Cluster;

/// <summary>This node among the others: joins, renews its lease, and knows who else is there.</summary>
/// <remarks>What the lease permits is <see cref="NodeLease"/>'s to say, by CLOCK_BOOTTIME; here is the loop that steps it.</remarks>
internal sealed class Membership : IAsyncDisposable
{
    private const string InstanceFile = "instance";

    private readonly INodeStore _store;
    private readonly Func<NodeReport> _report;
    private readonly LeaseTerms _terms;
    private readonly MonoClock _clock;
    private readonly StoreLog _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly NodeLease _lease;
    private readonly Task _running;
    private volatile IReadOnlyList<NodeRow> _nodes;
    private bool _isRenewed = true;

    private Membership(INodeStore store, LeaseGrant grant, MonoTime asked, Func<NodeReport> report, LeaseTerms terms, MonoClock clock, StoreLog log)
    {
        _store = store;
        _report = report;
        _terms = terms;
        _clock = clock;
        _log = log;
        _nodes = grant.Nodes;
        Incarnation = grant.Incarnation;
        _lease = new NodeLease(asked, terms);
        lock (_lock)
        {
            _lease.TryTakeRenewal(asked, out MonoTime sentAt);
            Renewed(sentAt, grant);
        }

        _running = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>This node's.</summary>
    public NodeIncarnation Incarnation { get; }

    /// <summary>All nodes, as of the last renewal.</summary>
    public IReadOnlyList<NodeRow> Nodes => _nodes;

    /// <summary>Called once when another process has the name: this one is to send nothing more, and to leave.</summary>
    public Action? Superseded { get; set; }

    /// <summary>True when this node may send at this instant.</summary>
    public bool MaySend
    {
        get
        {
            lock (_lock) { return _lease.MaySend(_clock.Now()); }
        }
    }

    /// <summary>What <c>serve</c> says of its node.</summary>
    public static NewNode NodeOf(ServeOptions options, int capacity)
    {
        string file = Path.Combine(options.DataDirectory, InstanceFile);
        if (!File.Exists(file)) { File.WriteAllText(file, RandomNumberGenerator.GetHexString(32, lowercase: true)); }
        return new NewNode(options.Node, File.ReadAllText(file).Trim(), "", options.ListenHost?.ToString() ?? "", [], new NodeVersions(Commands.CommandLine.Version, 1, 1), capacity);
    }

    /// <summary>Joins; while the name is another's, for as long as a lease lasts that nobody renews.</summary>
    /// <exception cref="StartRefusedException">Another node has the name, or the store is lost.</exception>
    public static async Task<Membership> JoinAsync(
        INodeStore store, NewNode node, Func<NodeReport> report, StoreLog log, CancellationToken stopping, LeaseTerms? terms = null)
    {
        LeaseTerms agreed = terms ?? new LeaseTerms();
        MonoClock clock = new(new BootClock());
        MonoTime began = clock.Now();
        bool isTold = false;
        while (true)
        {
            MonoTime asked = clock.Now();
            LeaseGrant grant;
            try
            {
                grant = await store.RegisterAsync(node, stopping);
            }
            catch (StoreUnavailableException e)
            {
                throw new StartRefusedException(e.Message, e);
            }

            if (grant.Outcome == LeaseOutcome.Granted)
            {
                log.Joined(node.Name, grant.Incarnation.Number, grant.Members.Count());
                return new Membership(store, grant, asked, report, agreed, clock, log);
            }

            NodeRow holder = grant.Nodes.First(row => row.Incarnation == grant.Incarnation);
            if (clock.Now().Since(began) > agreed.Term + agreed.Renewal)
            {
                throw new StartRefusedException(
                    $"node {node.Name} is another broker's name{(holder.ClientAddress.Length > 0 ? $" ({holder.ClientAddress})" : "")}, which is alive: give each node its own by --node");
            }

            if (!isTold) { log.NameTaken(node.Name); }
            isTold = true;
            await Task.Delay(TimeSpan.FromMilliseconds(agreed.Retry), stopping);
        }
    }

    /// <summary>Gives the lease back, if the store is there.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        try
        {
            await _store.ReleaseAsync(Incarnation, CancellationToken.None).WaitAsync(TimeSpan.FromMilliseconds(_terms.AnswerTime));
        }
        catch (Exception e) when (e is StoreUnavailableException or TimeoutException)
        {
            _log.NotRenewed(Incarnation.Name, e.Message);
        }

        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            MonoTime now = _clock.Now();
            bool isDue;
            MonoTime sentAt;
            long wait;
            lock (_lock)
            {
                isDue = _lease.TryTakeRenewal(now, out sentAt);
                _ = _lease.TryTakeQuestion(now, out _); // There are no relay links to ask by yet: a silent member is no promise.
                wait = Math.Clamp(_lease.NextTimeout.Since(now), 1, _terms.Renewal);
            }

            if (isDue)
            {
                if (!await RenewAsync(sentAt)) { return; }
                continue;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(wait), _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>False when the name is another's.</summary>
    private async Task<bool> RenewAsync(MonoTime sentAt)
    {
        try
        {
            LeaseGrant grant = await _store.RenewAsync(Incarnation, _report(), _stopping.Token).WaitAsync(TimeSpan.FromMilliseconds(_terms.AnswerTime), _stopping.Token);
            if (grant.Outcome == LeaseOutcome.Superseded)
            {
                lock (_lock) { _lease.OnSuperseded(); }
                _log.Superseded(Incarnation.Name);
                Superseded?.Invoke();
                return false;
            }

            _nodes = grant.Nodes;
            _isRenewed = true;
            lock (_lock) { Renewed(sentAt, grant); }
        }
        catch (Exception e) when (e is StoreUnavailableException or TimeoutException)
        {
            lock (_lock) { _lease.OnRenewalFailed(_clock.Now(), sentAt); }
            if (_isRenewed) { _log.NotRenewed(Incarnation.Name, e.Message); }
            _isRenewed = false;
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }

        return true;
    }

    private void Renewed(MonoTime sentAt, LeaseGrant grant)
    {
        MonoTime now = _clock.Now();
        // TODO: the store does not say which instance it is, so one that was restored from a copy while this node was silent is believed at once.
        _lease.OnRenewed(now, sentAt, store: "", grant.Members);
        if (_lease.TryTakeReconcile(now, out long contact, out _)) { _lease.OnReconciled(now, contact); }
    }
}
