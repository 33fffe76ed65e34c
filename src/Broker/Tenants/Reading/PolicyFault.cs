namespace MoshBroker.Tenants.Reading;

/// <summary>What is wrong with a policy, where, and how to put it right.</summary>
/// <param name="Key">The place in the tree; empty for the whole file.</param>
internal sealed record PolicyFault(string File, int Line, int Column, string Key, string Message)
{
    public override string ToString() => $"{File} line {Line}, column {Column}: {(Key.Length > 0 ? $"{Key}: " : "")}{Message}";
}
