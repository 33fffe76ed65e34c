using MoshBroker.Protocol;

namespace MoshBroker.Detection.Rules;

/// <summary>A client that jumps to and fro: more than four returns within a minute. A walk through two networks and back makes three at most.</summary>
internal sealed class RoamFlapping : IDetector
{
    private const int Returns = 5;
    private const long MinuteMs = 60_000;

    // More sessions than these do not flap at once, unless it is an attack on all; then these are evidence enough.
    private readonly Flapper[] _flappers = [.. Enumerable.Range(0, 64).Select(_ => new Flapper())];

    public DetectionRule Rule => DetectionRule.RoamFlapping;

    public Evidence? Look(MonoTime now, Tally seen)
    {
        foreach (CountOf<string> flap in seen.Flaps)
        {
            Flapper flapper = Array.Find(_flappers, known => known.Session == flap.Item) ?? _flappers.MinBy(known => known.Newest)!;
            flapper.Note(now, flap.Item, flap.Count);
        }

        string[] flapping = [.. _flappers.Where(flapper => now.Since(flapper.Oldest) <= MinuteMs).Select(flapper => flapper.Session!).Take(16)];
        return flapping.Length == 0 ? null : Evidence.Of(("sessions", flapping.Length)) with { Sessions = flapping };
    }

    private sealed class Flapper
    {
        private readonly MonoTime[] _times = new MonoTime[Returns];
        private int _next;

        public string? Session { get; private set; }

        public MonoTime Newest { get; private set; } = MonoTime.Never;

        /// <summary>When the fifth last return was.</summary>
        public MonoTime Oldest => Session is null ? MonoTime.Never : _times[_next];

        public void Note(MonoTime now, string session, long count)
        {
            if (Session != session)
            {
                Array.Fill(_times, MonoTime.Never);
                Session = session;
            }

            for (long i = Math.Min(count, Returns); i > 0; i--)
            {
                _times[_next] = now;
                _next = (_next + 1) % Returns;
            }

            Newest = now;
        }
    }
}
