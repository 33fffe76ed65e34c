namespace MoshBroker.FrontDoor.Tests;

[CollectionDefinition(Name)]
public sealed class FrontDoorGroup : ICollectionFixture<FrontDoorFixture>
{
    public const string Name = "front door";
}
