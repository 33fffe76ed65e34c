namespace MoshBroker.Detection;

/// <summary>Who was seen most, in 32 places: Space-Saving (Metwally, Agrawal, El Abbadi, 2005). Not for several threads at once.</summary>
/// <remarks>
/// Whoever made more than a 32nd of all is in here for certain, and nobody's count is less than the truth. A newcomer takes the place, and the count, of
/// the one seen least: a flood of invented names turns over the last places and never grows the table. <see cref="Fade"/> lets the past weigh less.
/// </remarks>
internal sealed class TopTalkers<T>
    where T : IEquatable<T>
{
    public const int Places = 32;

    private readonly T[] _items = new T[Places];
    private readonly long[] _counts = new long[Places];
    private readonly long[] _inherited = new long[Places];
    private int _used;

    public void Add(T item, long count = 1)
    {
        int place = Array.IndexOf(_items, item, 0, _used);
        if (place < 0)
        {
            place = _used < Places ? _used++ : Least();
            _items[place] = item;
            _inherited[place] = _counts[place];
        }

        _counts[place] += count;
    }

    /// <summary>Those of whom it is certain that they were there, the most seen first, with what is certain of their count.</summary>
    public IReadOnlyList<CountOf<T>> Top(int most)
    {
        List<CountOf<T>> top = [];
        for (int place = 0; place < _used; place++)
        {
            if (_counts[place] - _inherited[place] > 0) { top.Add(new CountOf<T>(_items[place], _counts[place] - _inherited[place])); }
        }

        top.Sort(static (a, b) => b.Count.CompareTo(a.Count));
        return top.Count <= most ? top : top.GetRange(0, most);
    }

    /// <summary>Halves everything; who comes to nothing is forgotten.</summary>
    public void Fade()
    {
        int kept = 0;
        for (int place = 0; place < _used; place++)
        {
            if (_counts[place] / 2 == 0) { continue; }
            (_items[kept], _counts[kept], _inherited[kept]) = (_items[place], _counts[place] / 2, _inherited[place] / 2);
            kept++;
        }

        Forget(kept);
    }

    public void Clear() => Forget(0);

    private void Forget(int from)
    {
        Array.Clear(_items, from, _used - from);
        Array.Clear(_counts, from, _used - from);
        Array.Clear(_inherited, from, _used - from);
        _used = from;
    }

    private int Least()
    {
        int least = 0;
        for (int place = 1; place < Places; place++)
        {
            if (_counts[place] < _counts[least]) { least = place; }
        }

        return least;
    }
}
