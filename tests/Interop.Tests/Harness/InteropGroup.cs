namespace MoshBroker.Interop.Tests.Harness;

[CollectionDefinition(Name)]
public sealed class InteropGroup : ICollectionFixture<InteropFixture>
{
    public const string Name = "interop";
}
