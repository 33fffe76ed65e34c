using Xunit;

namespace MoshBroker.Protocol.Tests.Fuzz;

/// <summary>One after the other and beside no other test: they measure the process's memory and time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FuzzGroup
{
    public const string Name = "fuzz";
}
