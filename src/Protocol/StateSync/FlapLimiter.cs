namespace MoshBroker.Protocol.StateSync;

/// <summary>Counts moves back to a network that was left less than a minute before; more than four in a minute are too many for one person.</summary>
internal sealed class FlapLimiter
{
    /// <summary>More flaps than this in <see cref="Window"/> are no roaming.</summary>
    public const int MostFlaps = 4;

    /// <summary>In ms.</summary>
    public const long Window = 60_000;

    private const int Remembered = 8;

    private readonly (ulong Network, MonoTime LeftAt)[] _left = new (ulong, MonoTime)[Remembered];
    private readonly MonoTime[] _flaps = new MonoTime[MostFlaps + 1];
    private int _nextLeft;
    private int _nextFlap;

    public FlapLimiter()
    {
        Array.Fill(_left, (0UL, MonoTime.Never));
        Array.Fill(_flaps, MonoTime.Never);
    }

    /// <summary>The peer went from one network to another; true when it had left that one within the last minute.</summary>
    public bool IsFlap(MonoTime now, ulong from, ulong to)
    {
        if (from == to)
            return false;
        bool isBack = false;
        foreach ((ulong network, MonoTime leftAt) in _left)
            isBack |= network == to && now.Since(leftAt) <= Window;
        _left[_nextLeft] = (from, now);
        _nextLeft = (_nextLeft + 1) % Remembered;
        if (!isBack)
            return false;
        _flaps[_nextFlap] = now;
        _nextFlap = (_nextFlap + 1) % _flaps.Length;
        return true;
    }

    /// <summary>True when the last minute had more flaps than it may.</summary>
    public bool IsTooMuch(MonoTime now) => now.Since(_flaps[_nextFlap]) <= Window;

    /// <summary>They have had their consequence.</summary>
    public void Forgive() => Array.Fill(_flaps, MonoTime.Never);
}
