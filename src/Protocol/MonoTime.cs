namespace MoshBroker.Protocol;

/// <summary>A moment of a monotonic clock, in milliseconds from an arbitrary origin.</summary>
/// <remarks>The only time there is in Protocol; it comes in as an argument. The default value is the origin.</remarks>
public readonly record struct MonoTime(long Milliseconds) : IComparable<MonoTime>
{
    /// <summary>Earlier than every reading of a clock: "never happened".</summary>
    public static MonoTime Never => new(long.MinValue / 4);

    /// <summary>Later than every reading of a clock: "no deadline".</summary>
    public static MonoTime Forever => new(long.MaxValue / 4);

    /// <summary>This moment, <paramref name="milliseconds"/> later.</summary>
    public MonoTime Plus(long milliseconds) => new(Milliseconds + milliseconds);

    /// <summary>Milliseconds from <paramref name="earlier"/> to this moment; negative when it is the later one.</summary>
    public long Since(MonoTime earlier) => Milliseconds - earlier.Milliseconds;

    /// <summary>The earlier of two moments.</summary>
    public static MonoTime Min(MonoTime a, MonoTime b) => a <= b ? a : b;

    /// <summary>The later of two moments.</summary>
    public static MonoTime Max(MonoTime a, MonoTime b) => a >= b ? a : b;

    /// <inheritdoc/>
    public int CompareTo(MonoTime other) => Milliseconds.CompareTo(other.Milliseconds);

    /// <summary>Earlier than.</summary>
    public static bool operator <(MonoTime left, MonoTime right) => left.Milliseconds < right.Milliseconds;

    /// <summary>Earlier than or the same.</summary>
    public static bool operator <=(MonoTime left, MonoTime right) => left.Milliseconds <= right.Milliseconds;

    /// <summary>Later than.</summary>
    public static bool operator >(MonoTime left, MonoTime right) => left.Milliseconds > right.Milliseconds;

    /// <summary>Later than or the same.</summary>
    public static bool operator >=(MonoTime left, MonoTime right) => left.Milliseconds >= right.Milliseconds;
}
