using System.Numerics;

namespace MoshBroker.Protocol.StateSync;

/// <summary>Counts the datagrams that a peer sent and that never came: numbers still missing when 64 higher ones were seen.</summary>
/// <remarks>Exact, since a sender numbers its datagrams without gaps. A sender that begins a new epoch jumps further than <see cref="LongestGap"/>.</remarks>
internal sealed class UplinkLoss
{
    /// <summary>How far networks reorder; a datagram later than that is lost, whether it comes or not.</summary>
    public const int Window = 64;

    /// <summary>A gap that spans a longer silence, in ms, is an outage: more than two heartbeats in a row are missing.</summary>
    public const long OutageSilence = 6500;

    /// <summary>More numbers than a client uses up in a week of heartbeats were not lost: the sender left them out.</summary>
    public const ulong LongestGap = 1 << 18;

    // Bit i stands for the i-th number below the newest. What is before the first number was never expected.
    private ulong _seen = ulong.MaxValue;
    private ulong _outage;

    /// <summary>Numbers from the first to the newest.</summary>
    public ulong Expected { get; private set; }

    /// <summary>Lost on the way, while others got through.</summary>
    public ulong Lost { get; private set; }

    /// <summary>Missing across a silence: the path, or the peer, was away.</summary>
    public ulong Outage { get; private set; }

    /// <summary>A number above all before came.</summary>
    /// <param name="skipped">How many numbers it left out.</param>
    /// <param name="silence">How long nothing fresh had come, in ms.</param>
    public void OnFresh(ulong skipped, long silence)
    {
        if (skipped > LongestGap)
        {
            Settle();
            Expected++;
            return;
        }

        bool isOutage = silence > OutageSilence;
        Expected += skipped + 1;
        if (skipped + 1 >= Window)
        {
            Settle();

            // All but the newest 63 of the gap fall out of the window at once.
            Count(skipped - (Window - 1), isOutage);
            _seen = 1;
            _outage = isOutage ? ~1UL : 0;
            return;
        }

        int shift = (int)skipped + 1;
        Leave(Window - shift);
        _seen = (_seen << shift) | 1;
        ulong gap = ((1UL << shift) - 1) & ~1UL;
        _outage = (_outage << shift) | (isOutage ? gap : 0);
    }

    /// <summary>A lower number came for the first time.</summary>
    /// <param name="behind">How far below the newest.</param>
    public void OnLate(ulong behind)
    {
        if (behind < Window)
            _seen |= 1UL << (int)behind;
    }

    /// <summary>Nothing more will come: what is missing now is lost.</summary>
    public void Settle()
    {
        Leave(0);
        _seen = ulong.MaxValue;
        _outage = 0;
    }

    /// <summary>Counts the numbers that leave the window: those at this place and above.</summary>
    private void Leave(int from)
    {
        ulong missing = ~_seen & (ulong.MaxValue << from);
        Outage += (ulong)BitOperations.PopCount(missing & _outage);
        Lost += (ulong)BitOperations.PopCount(missing & ~_outage);
    }

    private void Count(ulong numbers, bool isOutage)
    {
        if (isOutage)
            Outage += numbers;
        else
            Lost += numbers;
    }
}
