namespace MoshBroker.Telemetry;

/// <summary>Tenants by number, in the order in which they became known; the last place is for all beyond the limit.</summary>
internal sealed class TenantTable
{
    /// <summary>As many have series of their own.</summary>
    public const int Limit = 50;

    /// <summary>The name under which the rest is counted.</summary>
    public const string Other = "_other";

    private readonly Lock _lock = new();
    private string[] _names = [];

    /// <summary>Named tenants, then <see cref="Other"/> once it was needed.</summary>
    public IReadOnlyList<string> Names => Volatile.Read(ref _names);

    /// <summary>The number of a tenant; a new one gets the next, or shares the last.</summary>
    /// <param name="overflowed">True when it shares.</param>
    public int IndexOf(string name, out bool overflowed)
    {
        lock (_lock)
        {
            overflowed = false;
            int index = Array.IndexOf(_names, name);
            if (index >= 0) { return index; }
            overflowed = _names.Length >= Limit;
            if (_names.Length > Limit) { return Limit; }
            Volatile.Write(ref _names, [.. _names, overflowed ? Other : name]);
            return _names.Length - 1;
        }
    }
}
