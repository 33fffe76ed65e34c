namespace MoshBroker.Protocol.StateSync;

/// <summary>
/// Tells when a program has said what it had to say for now, so that the screen need not wait for the whole of
/// <see cref="CollectionTime"/>; see <see cref="Transport{TLocal, TRemote}.LocalSettled"/>.
/// </summary>
/// <remarks>
/// Quiet is a time without output that is longer than the pauses which the program made in its last bursts: 1 ms for the echo of a key, more for one that
/// draws in several steps, so that its frames are not cut in two. One that never pauses for long enough is waited for as stock does.
/// </remarks>
public sealed class QuietClock
{
    /// <summary>How long a stock server collects output for one frame, in ms; one burst.</summary>
    public const long CollectionTime = 8;

    private const long ShortestQuiet = 1;

    private MonoTime _burstSince = MonoTime.Never;
    private MonoTime _lastOutput;
    private MonoTime _due = MonoTime.Forever;
    private long _longestPause;

    /// <summary>How long the program must be quiet at present, in ms.</summary>
    public long QuietTime { get; private set; } = ShortestQuiet;

    /// <summary>When to call <see cref="Advance"/>; null when nothing is awaited.</summary>
    public MonoTime? NextTimeout => _due == MonoTime.Forever ? null : _due;

    /// <summary>The program wrote.</summary>
    public void OnOutput(MonoTime now)
    {
        if (now.Since(_burstSince) < CollectionTime)
        {
            _longestPause = Math.Max(_longestPause, now.Since(_lastOutput));
        }
        else
        {
            // A pause is forgotten by halves: a burst without one is no proof that there will be none.
            QuietTime = Math.Clamp(Math.Max(_longestPause + 1, QuietTime / 2), ShortestQuiet, CollectionTime);
            _longestPause = 0;
            _burstSince = now;
        }

        _lastOutput = now;
        _due = QuietTime < CollectionTime ? now.Plus(QuietTime) : MonoTime.Forever;
    }

    /// <summary>True, once, when the program has become quiet.</summary>
    public bool Advance(MonoTime now)
    {
        if (now < _due)
            return false;
        _due = MonoTime.Forever;
        return true;
    }
}
