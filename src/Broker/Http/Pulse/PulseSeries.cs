namespace MoshBroker.Http.Pulse;

/// <summary>Some numbers a second, for the last hour.</summary>
/// <remarks>Written by one thread under the history's lock, read under it.</remarks>
internal sealed class PulseSeries(int columns)
{
    public const int Seconds = 3600;

    private readonly float[] _values = new float[Seconds * columns];

    public int Columns => columns;

    /// <summary>How many seconds there are.</summary>
    public int Count { get; private set; }

    private int _next;

    public void Add(ReadOnlySpan<float> values)
    {
        values.CopyTo(_values.AsSpan(_next * columns, columns));
        _next = (_next + 1) % Seconds;
        Count = Math.Min(Count + 1, Seconds);
    }

    /// <param name="ago">0 for the newest.</param>
    public float At(int ago, int column) => ago < Count ? _values[(((_next - 1 - ago + Seconds) % Seconds) * columns) + column] : float.NaN;
}
