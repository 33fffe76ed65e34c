namespace MoshBroker.Detection;

/// <summary>The last alarms, newest first; the oldest are forgotten. Written by one thread, read by any.</summary>
internal sealed class AlarmBook
{
    public const int Kept = 256;

    private readonly Lock _lock = new();
    private readonly LinkedList<Alarm> _alarms = new();
    private long _last;

    public IReadOnlyList<Alarm> All
    {
        get { lock (_lock) { return [.. _alarms]; } }
    }

    /// <summary>Sessions that an alarm which goes on is about.</summary>
    public IReadOnlySet<string> TouchedSessions => All.Where(static alarm => alarm.EndedAt is null).SelectMany(static alarm => alarm.Evidence.Sessions).ToHashSet(StringComparer.Ordinal);

    public Alarm Begin(DetectionRule rule, DateTimeOffset at, Evidence evidence)
    {
        lock (_lock)
        {
            Alarm alarm = new(++_last, rule, at, null, evidence, []);
            _alarms.AddFirst(alarm);
            if (_alarms.Count > Kept) { _alarms.RemoveLast(); }
            return alarm;
        }
    }

    /// <summary>Replaces an alarm by what it has become; one that is forgotten stays so.</summary>
    public Alarm Change(Alarm alarm)
    {
        lock (_lock)
        {
            for (LinkedListNode<Alarm>? node = _alarms.First; node is not null; node = node.Next)
            {
                if (node.Value.Number == alarm.Number)
                {
                    node.Value = alarm;
                    break;
                }
            }
        }

        return alarm;
    }
}
