namespace MoshBroker.FdStore;

/// <summary>Descriptors by name. Nothing is known of them but that they are open.</summary>
internal sealed class HeldDescriptors
{
    private readonly Dictionary<string, int> _held = new(StringComparer.Ordinal);

    public int Count => _held.Count;

    public IEnumerable<KeyValuePair<string, int>> All => _held;

    /// <summary>Takes the descriptor over; what had the name before is closed.</summary>
    public void Put(string name, int descriptor)
    {
        Drop(name);
        _held[name] = descriptor;
    }

    public void Drop(string name)
    {
        if (_held.Remove(name, out int descriptor)) { _ = StoreNative.Close(descriptor); }
    }
}
