namespace MoshBroker.Tenants.Reading;

/// <summary>Collects what is wrong with one file, in the order of discovery, up to a number that a person reads.</summary>
internal sealed class PolicyFaults(string file)
{
    private const int Kept = 50;
    private readonly List<PolicyFault> _faults = [];

    /// <summary>All faults, those beyond the kept ones too.</summary>
    public int Count { get; private set; }

    /// <summary>By line.</summary>
    public IReadOnlyList<PolicyFault> Found => [.. _faults.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column)];

    public void Add(PolicyNode node, string message) => Add(node.Line, node.Column, node.Path, message);

    /// <summary>A fault of the key, not of what stands under it.</summary>
    public void AddToKey(PolicyNode node, string message) => Add(node.NameLine, node.NameColumn, node.Path, message);

    public void Add(long line, long column, string key, string message)
    {
        Count++;
        if (_faults.Count < Kept) { _faults.Add(new PolicyFault(file, (int)line, (int)column, key, message)); }
    }
}
