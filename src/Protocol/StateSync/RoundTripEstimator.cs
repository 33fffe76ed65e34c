namespace MoshBroker.Protocol.StateSync;

/// <summary>Smoothed round-trip time and what follows from it, in milliseconds.</summary>
/// <remarks>RFC 6298, section 2, with Mosh's tighter bounds.</remarks>
public sealed class RoundTripEstimator
{
    // A longer sample is a clock's fault, not the path's.
    private const long LongestSample = 5000;

    /// <summary>1,000 before the first sample.</summary>
    public double SmoothedRtt { get; private set; } = 1000;

    /// <summary>500 before the first sample.</summary>
    public double RttVariation { get; private set; } = 500;

    /// <summary>How many round trips were measured.</summary>
    public ulong Samples { get; private set; }

    /// <summary>False until the first sample.</summary>
    public bool HasSample { get; private set; }

    /// <summary>How long to wait for an ack before sending again: 50 to 1,000 ms, 1,000 before the first sample.</summary>
    public long Timeout => Math.Clamp((long)Math.Ceiling(SmoothedRtt + (4 * RttVariation)), 50, 1000);

    /// <summary>How long to wait between frames: 20 to 250 ms, 250 before the first sample.</summary>
    public long FrameInterval => Math.Clamp((long)Math.Ceiling(SmoothedRtt / 2), 20, 250);

    /// <summary>Takes one measured round trip; 5 s and more is ignored.</summary>
    public void Add(long sample)
    {
        if (sample is < 0 or >= LongestSample)
            return;

        Samples++;
        if (HasSample)
        {
            RttVariation = (0.75 * RttVariation) + (0.25 * Math.Abs(SmoothedRtt - sample));
            SmoothedRtt = (0.875 * SmoothedRtt) + (0.125 * sample);
            return;
        }

        HasSample = true;
        SmoothedRtt = sample;
        RttVariation = sample / 2.0;
    }

    /// <summary>Goes on from what an earlier incarnation measured.</summary>
    internal void Restore(double smoothedRtt, double rttVariation)
    {
        HasSample = true;
        SmoothedRtt = smoothedRtt;
        RttVariation = rttVariation;
    }
}
