namespace MoshBroker.Tenants;

/// <summary>A program on the broker's own machine, as another account than the broker's.</summary>
internal sealed record CommandTarget : Target
{
    /// <summary>Program and arguments; never a shell's line.</summary>
    public required IReadOnlyList<string> Run { get; init; }

    public required string Account { get; init; }

    public required uint Uid { get; init; }

    public required Launcher Via { get; init; }

    /// <summary>Null is the account's home.</summary>
    public string? Directory { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
