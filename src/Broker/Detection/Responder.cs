using MoshBroker.Protocol;
using MoshBroker.Sessions;
using MoshBroker.Tenants;

namespace MoshBroker.Detection;

/// <summary>Does about a detection what policy wants done. On the watchman's thread.</summary>
internal sealed class Responder(Func<Policy> policy, SourceFilter filter, ISessionActions sessions, Func<IReadOnlySet<ulong>> liveNetworks, IFirewallSet firewall, INotifier notifier)
{
    /// <summary>More than these are done and not listed.</summary>
    public const int MostTold = 32;

    private const string By = "detection";

    // Of what was seen, a network's share from which it is a culprit and not a bystander.
    private const double CulpritShare = 0.1;
    private const long CulpritLeast = 20;

    // A block is renewed while it goes on, well before it ends.
    private readonly Dictionary<ulong, MonoTime> _renewAt = [];
    private readonly HashSet<(long Alarm, string Session)> _locked = [];
    private readonly HashSet<long> _sampling = [];
    private readonly HashSet<long> _told = [];

    /// <summary>What was done just now, in words; called while it goes on.</summary>
    public IReadOnlyList<string> Respond(MonoTime now, Alarm alarm)
    {
        Policy rules = policy();
        ForgetEnded(now);
        if (!rules.Detections.Responses.TryGetValue(alarm.Rule, out DetectionResponse? response)) { return []; }
        List<string> done = [];
        if (response.SampleOneIn is { } oneIn && _sampling.Add(alarm.Number))
        {
            filter.Sample(oneIn);
            done.Add($"of strangers' datagrams one in {oneIn} is looked at");
        }

        if (response.Block is { } time) { Block(now, alarm, time, rules, done); }
        if (response.Locks)
        {
            foreach (string session in alarm.Evidence.Sessions)
            {
                if (_locked.Add((alarm.Number, session)) && sessions.Lock(session, $"{By} {alarm.Rule.ToName()}")) { done.Add($"session {session} locked"); }
            }
        }

        if (response.Notifies && _told.Add(alarm.Number)) { Tell(alarm, rules.Detections); }
        return done;
    }

    public void OnEnd(Alarm alarm)
    {
        if (_sampling.Remove(alarm.Number) && _sampling.Count == 0) { filter.Sample(1); }
        _locked.RemoveWhere(locked => locked.Alarm == alarm.Number);
        if (_told.Remove(alarm.Number)) { Tell(alarm, policy().Detections); }
    }

    private void Block(MonoTime now, Alarm alarm, TimeSpan time, Policy rules, List<string> done)
    {
        if (!alarm.Rule.NamesCulprits()) { return; }
        long all = alarm.Evidence.Networks.Sum(network => network.Count);
        IReadOnlySet<ulong>? live = null;
        foreach (CountOf<ulong> network in alarm.Evidence.Networks)
        {
            if (network.Count < CulpritLeast || network.Count < CulpritShare * all) { continue; }
            if (_renewAt.TryGetValue(network.Item, out MonoTime renewAt) && now < renewAt) { continue; }
            live ??= liveNetworks();
            if (live.Contains(network.Item) || !rules.TrustedScanners.Intersect(NetworkSet.Of([NetworkText.RangeOf(network.Item)])).IsEmpty) { continue; }
            bool isNew = !filter.IsBlocked(now, network.Item);
            filter.Block(now, network.Item, time);
            _renewAt[network.Item] = now.Plus((long)time.TotalMilliseconds / 2);
            if (rules.Detections.UsesNftables) { firewall.Block(NetworkText.Of(network.Item), NetworkText.IsIPv4(network.Item), time); }
            if (isNew) { done.Add($"{NetworkText.Of(network.Item)} blocked for {time}"); }
        }
    }

    private void ForgetEnded(MonoTime now)
    {
        foreach (ulong network in _renewAt.Keys.Where(network => !filter.IsBlocked(now, network)).ToList()) { _renewAt.Remove(network); }
    }

    private void Tell(Alarm alarm, DetectionPolicy rules)
    {
        if (rules.Notify.Count > 0) { notifier.Tell(rules.Notify, alarm); }
    }
}
