namespace MoshBroker.Configuration;

/// <summary>One <c>--store</c>: where session rows live.</summary>
internal abstract record StoreAddress
{
    /// <summary>A file on this machine; absolute.</summary>
    internal sealed record Sqlite(string File) : StoreAddress
    {
        public override string ToString() => $"sqlite:{File}";
    }
}
